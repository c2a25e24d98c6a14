//! How one environment waits for another that has the same page, without a loop.
//!
//! Who waits says so in the page, and for whom, looks once more whether there is still a reason, and receives: from that one
//! alone, so that nobody else's message is heard here. The other one, when it has changed something, finds the word and
//! sends. It may do so before the first one receives: so it stands in its line for as long as the page says that there is
//! somebody on the way.

use mos_abi::{EnvId, Error, NENV};

use crate::env;
use crate::msg::{self, Parcel, Room, Sender, Timeout};
use crate::window::Window;

/// Some words of a page that several environments have.
#[derive(Clone, Copy)]
pub(super) struct Bell {
    page: Window,
    first: usize,
}

/// Who waits, until somebody is about to wake it.
const WHO: usize = 0;
/// Whom it hears.
const HEARS: usize = 1;
/// Who waits, until it does no more.
const STAYS: usize = 2;

/// What is sent. Nobody reads it.
const WAKE: Parcel = Parcel::words([0; 4]);

/// Ticks for which who wakes somebody waits at first until that receives, and at last.
const PATIENCE: [u32; 2] = [1, 64];

impl Bell {
    /// How many words it takes.
    pub const WORDS: usize = 3;

    /// Those of `page` from word `first` on.
    pub const fn new(page: Window, first: usize) -> Self {
        Self { page, first }
    }

    fn read(self, word: usize) -> u32 {
        self.page.read(self.first + word)
    }

    fn write(self, word: usize, value: u32) {
        self.page.write(self.first + word, value);
    }

    /// Waits until `ringer` rings or ends, or the time is over. How long is asked when everybody can see who waits; `None`: there
    /// is a reason not to. Returns whether `ringer` lives.
    pub fn wait(self, ringer: EnvId, how_long: impl FnOnce() -> Option<Timeout>) -> bool {
        let me = env::id().0;
        self.write(HEARS, ringer.0);
        self.write(STAYS, me);
        self.write(WHO, me);
        let lives = how_long().is_none_or(|timeout| {
            let heard = msg::receive(Sender::Only(ringer), Room::NONE, timeout);
            heard != Err(Error::BadEnv)
        });
        if self.read(WHO) == me {
            self.write(WHO, 0);
        }
        self.write(STAYS, 0);
        lives
    }

    /// Whether somebody waits for us.
    #[inline(always)]
    pub fn is_awaited(self) -> bool {
        self.read(WHO) != 0
    }

    /// Wakes who waits for us, if somebody does.
    pub fn ring(self) {
        let who = self.read(WHO);
        if who == 0 || self.read(HEARS) != env::id().0 {
            return;
        }
        self.write(WHO, 0);
        let [mut patience, most] = PATIENCE;
        let mut timeout = Timeout::AT_ONCE;
        while patience <= most {
            match msg::send(EnvId(who), &WAKE, timeout) {
                Err(Error::IpcNotRecv | Error::Timeout) if self.read(STAYS) == who => {}
                // It is awake, or will never be again.
                _ => return,
            }
            timeout = Timeout::ticks(patience);
            patience *= 2;
        }
    }
}

/// Does nothing for so many ticks.
pub(crate) fn pause(ticks: u32) {
    let me = env::id();
    let other = (0..NENV)
        .map(env::slot)
        .find(|slot| slot.id() != me && slot.is(slot.id()));
    // Somebody who is not asked for anything. Where there is nobody else, nobody sends anything either.
    let from = other.map_or(Sender::Anybody, |slot| Sender::Only(slot.id()));
    // It is over, or broken off from outside.
    let _ = msg::receive(from, Room::NONE, Timeout::ticks(ticks));
}
