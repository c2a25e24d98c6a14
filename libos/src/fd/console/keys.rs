//! Where keys come from: from the kernel, or from the console's master.
//!
//! A shell waits for the programs that it has started, and they read what is typed meanwhile. But one key is not for them: with
//! Ctrl-C the user ends them. So while there is a master it alone asks the kernel, and passes on what is not for it; who
//! reads sleeps until it does.

use mos_abi::EnvId;

use super::{KEYS, ROOM, page_of, word};
use crate::fd::Fd;
use crate::fd::bell::Bell;
use crate::io::Error;
use crate::msg::Timeout;
use crate::{Window, console, copy, env};

/// The key that is not passed on: Ctrl-C.
pub const INTERRUPT: u8 = 0x03;

/// How long who reads sleeps until it looks again. It is woken, unless somebody else has begun to wait after it.
const SLEEP: Timeout = Timeout::ticks(64);

/// Being the console's master, until it is dropped.
#[derive(Debug)]
pub struct Master {
    page: Window,
    /// Who was it before.
    before: u32,
}

impl Master {
    /// Makes this environment the master of the console that `fd` is.
    ///
    /// # Errors
    /// It is not the console.
    pub fn new(fd: Fd) -> Result<Self, Error> {
        let page = page_of(fd)?;
        let before = page.read(word::MASTER);
        page.write(word::MASTER, env::id().0);
        Ok(Self { page, before })
    }

    /// Passes on what was typed. Returns whether [`INTERRUPT`] was: what was typed before is dropped then. To be called now
    /// and then while others may read. Where there is another master meanwhile, it does nothing.
    pub fn pass_on(&self) -> bool {
        let page = self.page;
        match master(page) {
            Some(master) if master != env::id() => return false,
            // One that was it in between has ended without saying so.
            _ => page.write(word::MASTER, env::id().0),
        }
        let (mut interrupted, mut passed) = (false, false);
        while filled(page) < ROOM {
            match console::getchar_now() {
                None => break,
                Some(INTERRUPT) => {
                    interrupted = true;
                    page.write(word::TAKEN, page.read(word::PUT));
                }
                Some(key) => {
                    put(page, key);
                    passed = true;
                }
            }
        }
        if passed {
            bell(page).ring();
        }
        interrupted
    }
}

impl Drop for Master {
    fn drop(&mut self) {
        // A child has a copy of this, but is not what it says.
        if self.page.flags().is_some() && self.page.read(word::MASTER) == env::id().0 {
            self.page.write(word::MASTER, self.before);
        }
    }
}

/// The master, if it lives.
fn master(page: Window) -> Option<EnvId> {
    let master = EnvId(page.read(word::MASTER));
    env::slot_of(master).is(master).then_some(master)
}

fn bell(page: Window) -> Bell {
    Bell::new(page, word::BELL)
}

/// How many keys were passed on and not taken, whatever the page says.
fn filled(page: Window) -> u32 {
    let put = page.read(word::PUT);
    put.wrapping_sub(page.read(word::TAKEN)).min(ROOM)
}

fn place(page: Window, n: u32) -> u32 {
    page.address() + KEYS + n % ROOM
}

fn put(page: Window, key: u8) {
    let n = page.read(word::PUT);
    // SAFETY: within the page, where there is room for keys.
    unsafe { copy::store(place(page, n), &[key]) };
    page.write(word::PUT, n.wrapping_add(1));
}

fn take(page: Window) -> Option<u8> {
    if filled(page) == 0 {
        return None;
    }
    let n = page.read(word::TAKEN);
    let mut key = [0];
    // SAFETY: likewise.
    unsafe { copy::load(&mut key, place(page, n)) };
    page.write(word::TAKEN, n.wrapping_add(1));
    Some(key[0])
}

/// A key, if there is one.
pub fn now(page: Window) -> Option<u8> {
    take(page).or_else(|| match master(page) {
        Some(master) if master != env::id() => None,
        _ => console::getchar_now(),
    })
}

/// Waits for a key.
pub fn wait(page: Window) -> u8 {
    loop {
        if let Some(key) = take(page) {
            return key;
        }
        match master(page) {
            Some(master) if master != env::id() => {
                bell(page).wait(master, || (filled(page) == 0).then_some(SLEEP));
            }
            _ => return console::getchar(),
        }
    }
}
