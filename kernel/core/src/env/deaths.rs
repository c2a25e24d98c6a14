//! When those are gone that had ended at some moment, however many end meanwhile.
//!
//! Who has ended and is not cleared away yet belongs to one of two groups. When nobody is left of the elder one, the
//! younger takes its place, and whoever ends then founds a new one. So to wait for two changes at most is to wait for all
//! that were there.

/// Those that have ended and are not cleared away yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deaths {
    /// How many are left of the elder group. 0: nobody is left at all.
    elder: usize,
    /// How many are in the younger one.
    younger: usize,
    /// How many elder groups there have been.
    past: u32,
}

/// What an environment tries, for lack of which it may have to come back.
// Any bits are a value of it, as of all that the table of environments holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Whose it is.
    pub id: u32,
    /// Where it lacks a page, or [`Attempt::IN_A_CALL`].
    pub place: u32,
    /// In which of its turns.
    pub turn: u32,
}

impl Attempt {
    /// It is a call. No page comes on demand there.
    pub const IN_A_CALL: u32 = 0;
}

/// What is to be tried again.
// Likewise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lack {
    /// The attempt that will be made.
    next: Attempt,
    /// How many groups will be past when there is no hope any more.
    until: u32,
}

impl Lack {
    /// Nothing.
    pub const NONE: Self = Self {
        next: Attempt {
            id: 0,
            place: 0,
            turn: 0,
        },
        until: 0,
    };
}

impl Deaths {
    /// None yet.
    pub const fn new() -> Self {
        Self {
            elder: 0,
            younger: 0,
            past: 0,
        }
    }

    /// Whether somebody is left.
    #[inline(always)]
    pub fn any(&self) -> bool {
        self.elder != 0
    }

    /// Somebody has ended. Returns the number of its group, of which the low bits tell one from the other.
    pub fn add(&mut self) -> u8 {
        if self.elder == 0 {
            self.elder = 1;
            self.past as u8
        } else {
            self.younger = self.younger.saturating_add(1);
            self.past.wrapping_add(1) as u8
        }
    }

    /// Somebody of the group with this number is cleared away.
    pub fn remove(&mut self, group: u8) {
        if group != self.past as u8 {
            self.younger = self.younger.saturating_sub(1);
            return;
        }
        self.elder = self.elder.saturating_sub(1);
        if self.elder == 0 {
            self.elder = core::mem::take(&mut self.younger);
            self.past = self.past.wrapping_add(1);
        }
    }

    /// Whether what failed in `attempt` is to be tried again in the next turn, as somebody is left that had ended when it
    /// was tried first. `lack` is what there was to try again, and will be.
    pub fn give_hope(&self, lack: &mut Lack, attempt: Attempt) -> bool {
        let groups = u32::from(self.elder != 0).wrapping_add(u32::from(self.younger != 0));
        let until = if lack.next == attempt {
            lack.until
        } else {
            self.past.wrapping_add(groups)
        };
        let next = Attempt {
            turn: attempt.turn.wrapping_add(1),
            ..attempt
        };
        *lack = Lack { next, until };
        self.any() && until.wrapping_sub(self.past) as i32 > 0
    }
}

impl Default for Deaths {
    fn default() -> Self {
        Self::new()
    }
}
