//! Those who wait for one that ends: in its line, or to hear it alone.

use mos_abi::message::ANY;
use mos_abi::{EnvId, Error};

use super::PIECE;
use super::line::Named;
use crate::env::Platform;
use crate::kernel::Kernel;
use crate::slot::Slot;

impl<M: Platform> Kernel<M> {
    /// The environment that was in `slot` has ended. If anybody has ever waited for it, those who do are told so.
    #[inline(always)]
    pub(crate) fn part(&mut self, slot: Slot) {
        if self.envs.at(slot).named != Named::NEVER {
            self.tell_partners(slot);
        }
    }

    #[optimize(size)]
    #[cold]
    #[inline(never)]
    fn tell_partners(&mut self, slot: Slot) {
        if slot.index() >= self.known_lines {
            return;
        }
        // Nobody can name it any more, so its line gets no longer.
        while let Some(sender) = self.line(slot).first() {
            self.fail(sender, Error::BadEnv);
            self.breathe();
        }
        // The id of a slot shows for as long as it has no other.
        let id = self.view(slot).env_id;
        self.end_waits(id, Error::BadEnv);
        self.envs.at_mut(slot).named = Named::NEVER;
    }

    /// Has the waits fail that are to hear `partner` alone; or, if that is 0, those whose time is over.
    #[optimize(size)]
    #[inline(never)]
    pub(super) fn end_waits(&mut self, partner: u32, error: Error) {
        self.timeouts.begin_look();
        for index in 0..self.fresh_envs {
            let slot = Slot::new(index);
            let env = self.envs.at(slot);
            let (wait, deadline) = (env.wait, env.deadline);
            let ends = if partner != 0 {
                env.hears() == partner
            } else {
                wait.is_timed() && self.timeouts.left(deadline) <= 0
            };
            if ends {
                self.fail(slot, error);
            } else if wait.is_timed() {
                self.timeouts.expect(deadline);
            }
            if ends || index % PIECE == PIECE - 1 {
                self.breathe();
            }
        }
        self.timeouts.end_look();
    }

    /// Prints whom `slot` waits for, if it is in a call for four words.
    #[optimize(size)]
    pub(crate) fn print_partner(&mut self, slot: Slot) {
        match self.partner(slot) {
            _ if !self.envs.at(slot).wait.is_in_a_call() => {}
            ANY => self.print(format_args!(" anybody")),
            id => self.print(format_args!(" {}", EnvId(id))),
        }
    }
}
