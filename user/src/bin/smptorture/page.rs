//! Pages whose contents are known: if anybody sees another's, some TLB was not told, or a frame is used twice.

use libos::{Error, Window, println, window};

use crate::chance::Chance;

/// How many each environment has for itself.
pub const PRIVATE: usize = 8;
/// Those that it shares with its children, and where pages come that were sent.
pub const SHARED: usize = PRIVATE;
pub const SENT: usize = SHARED + 1;
/// Where pages come to children that nobody looks at, and where children touch some themselves.
pub const OTHERS: usize = SENT + 1;
pub const TOUCHED: usize = OTHERS + 1;

/// What an environment has in its private pages.
#[derive(Clone, Copy, Debug)]
pub struct Pages {
    stamps: [u32; PRIVATE],
}

impl Pages {
    /// None yet.
    pub const NONE: Self = Self {
        stamps: [0; PRIVATE],
    };

    /// Has one with something else in it: by a first touch, a copy of what a child shares, or a page that is new.
    pub fn change(&mut self, chance: &mut Chance) -> Result<(), Error> {
        let n = chance.below(PRIVATE as u32) as usize;
        if chance.below(4) == 0 {
            Window::new(n).alloc(window::PRIVATE)?;
        }
        let stamp = chance.any();
        Window::new(n).write(n, stamp);
        Window::new(n).write(Window::WORDS - 1, !stamp);
        self.stamps[n] = stamp;
        Ok(())
    }

    /// Has one no more.
    pub fn drop_one(&mut self, chance: &mut Chance) {
        let n = chance.below(PRIVATE as u32) as usize;
        Window::new(n).unmap();
        self.stamps[n] = 0;
    }

    /// Looks at all of them.
    pub fn check(&self, who: &str) -> Result<(), Error> {
        for (n, &stamp) in self
            .stamps
            .iter()
            .enumerate()
            .filter(|(_, stamp)| **stamp != 0)
        {
            let page = Window::new(n);
            let seen = [page.read(n), !page.read(Window::WORDS - 1)];
            if seen != [stamp; 2] {
                println!(
                    "smptorture: wrong: a {who} sees {seen:x?} in its page {n}, not {stamp:x}"
                );
                return Err(Error::Unspecified);
            }
        }
        Ok(())
    }
}
