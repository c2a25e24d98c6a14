//! How a program has ended, in a page that it shares with its parent.
//!
//! The program has it at one place, from where all that it makes by fork have it too; so the page says whose it is, and nobody
//! else says anything. The parent has it read-only, at a place for each child.

use mos_abi::layout::PAGE_SIZE;
use mos_abi::{EnvId, Error, PteFlags};

use super::ExitStatus;
use crate::window::{READ_ONLY, SHARED};
use crate::{Window, env};

/// Where parents have those of their children: a page table of its own, whose last pages are for other things.
const CHILDREN: u32 = 0x5f80_0000;
const MOST: u32 = 1021;
/// A page for whoever starts a program.
pub(super) const SCRATCH: Window = Window::at(CHILDREN + MOST * PAGE_SIZE);
/// Where a program has its own.
const OWN: Window = Window::at(CHILDREN + (MOST + 1) * PAGE_SIZE);
/// Where programs have their names.
pub(super) const NAMES: Window = Window::at(CHILDREN + (MOST + 2) * PAGE_SIZE);

/// Words of the page.
const WHOSE: usize = 0;
const STATUS: usize = 1;

/// The page of a child.
#[derive(Debug)]
pub(super) struct Record(Window);

impl Record {
    /// A new one, which all who are made by fork have too until it is [given](Self::give).
    ///
    /// # Errors
    /// `NoMem`, `NoFreeEnv`: there is no room.
    #[inline(never)]
    pub fn new() -> Result<Self, Error> {
        let mut places = (0..MOST).map(|n| Window::at(CHILDREN + n * PAGE_SIZE));
        let free = places.find(|place| place.flags().is_none());
        let place = free.ok_or(Error::NoFreeEnv)?;
        place.alloc(SHARED)?;
        Ok(Self(place))
    }

    /// Gives it to `child`. From now on it is read-only here.
    ///
    /// # Errors
    /// `NoMem`, `BadEnv`.
    pub fn give(&self, child: EnvId) -> Result<(), Error> {
        self.0.write(WHOSE, child.0);
        self.0.map_at(child, OWN, SHARED)?;
        self.keep()
    }

    /// Has it read-only here.
    ///
    /// # Errors
    /// None that there can be.
    pub fn keep(&self) -> Result<(), Error> {
        self.0.map(EnvId::SELF, READ_ONLY)
    }

    /// Makes it that of this environment, a child by fork.
    ///
    /// # Errors
    /// `NoMem`.
    pub fn take(self) -> Result<(), Error> {
        self.0.map_at(EnvId::SELF, OWN, SHARED)?;
        OWN.write(WHOSE, env::id().0);
        say(ExitStatus::ENDED);
        Ok(())
    }

    /// What it says.
    pub fn status(&self) -> ExitStatus {
        ExitStatus(self.0.read(STATUS))
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        self.0.unmap();
    }
}

/// Says how this program has ended, if somebody wants to know.
pub(super) fn say(status: ExitStatus) {
    // exercise 6.8 begin
    // otherwise: let _ = (status, WHOSE, STATUS);
    let shared = OWN.flags().is_some_and(|flags| flags.contains(PteFlags::R));
    if shared && OWN.read(WHOSE) == env::id().0 {
        OWN.write(STATUS, status.0);
    }
    // exercise 6.8 end
}
