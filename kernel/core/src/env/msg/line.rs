//! Who hears whom, and the lines in which senders wait, first come, first served.
//!
//! A sender waits in the line of its receiver. A receiver waits in no line: whoever sends to it knows its id. Only who may hear
//! nobody but one, which may end, must be found then; whether anybody has ever waited for an environment is in a mark of
//! its own, so that most can end without a look.

use mos_abi::message::{ANY, at};
use mos_abi::{EnvId, Error};

use super::Wait;
use crate::env::list::Ring;
use crate::env::{Env, Platform};
use crate::kernel::Kernel;
use crate::slot::Slot;

/// Whether anybody has waited for an environment alone, or in its line.
// Not a `bool`: see [`Wait`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named(u8);

impl Named {
    /// Nobody has.
    pub const NEVER: Self = Self(0);
    /// Somebody has.
    const ONCE: Self = Self(1);
}

impl<M: Platform> Kernel<M> {
    /// Whether `receiver` waits for a message that may come from `sender`.
    #[optimize(size)]
    pub(super) fn hears(&self, receiver: Slot, sender: Slot) -> bool {
        let env = self.envs.at(receiver);
        [ANY, self.id(sender).0].contains(&env.hears())
    }

    /// `sender`, which runs, waits at the end of the line of `receiver`, and then to receive as `how` says.
    /// `-E_IPC_NOT_RECV`: it has no time for that.
    #[optimize(size)]
    pub(super) fn stand_in_line(
        &mut self,
        sender: Slot,
        how: Wait,
        receiver: Slot,
    ) -> Result<Option<Slot>, Error> {
        let ticks = self.ticks(sender, how, at::SEND_TICKS);
        if ticks == 0 {
            return Err(Error::IpcNotRecv);
        }
        self.name(receiver);
        self.block(sender, how.to_send());
        self.arm(sender, ticks);
        self.envs.at_mut(sender).partner = self.id(receiver).0;
        self.with_line(receiver, |line, envs| line.push(envs, sender));
        Ok(None)
    }

    /// Ends what `slot` is in because it waits: a line, be it the console's, the time it has, or the place that it keeps for
    /// who runs in its turn.
    #[optimize(size)]
    #[inline(never)]
    pub(crate) fn leave_line(&mut self, slot: Slot) {
        if self.cpu().run_queue.first() == Some(slot) {
            self.settle();
        }
        let Env { wait, partner, .. } = *self.envs.at(slot);
        let receiver = Slot::new(EnvId(partner).index());
        if wait.is_in_line() {
            // A copy of it, as it lies among those who stand in it.
            let mut line = self.line(receiver);
            line.remove(&mut self.envs, slot);
            self.envs.at_mut(receiver).line = line;
        } else if wait == Wait::CONSOLE {
            self.readers.remove(&mut self.envs, slot);
        }
        if wait.is_timed() {
            self.timeouts.remove();
        }
    }

    /// Who is the first to send to `slot`, of those whom it is to hear.
    #[optimize(size)]
    #[inline(never)]
    pub(super) fn first_in_line(&self, slot: Slot) -> Option<Slot> {
        let env = self.envs.at(slot);
        let from = env.hears();
        if from == ANY {
            return self.line(slot).first();
        }
        let sender = Slot::new(EnvId(from).index());
        let other = self.envs.at(sender);
        (other.wait.is_in_line() && other.partner == env.id).then_some(sender)
    }

    /// The first in the line of `slot` that may send what it wants to send. To the others `-E_INVAL` is said.
    #[optimize(size)]
    pub(super) fn next_in_line(&mut self, slot: Slot) -> Option<Slot> {
        loop {
            let sender = self.first_in_line(slot)?;
            let parcel = self.parcel(sender, self.envs.at(sender).wait);
            match self.map_pages(sender, &parcel, None, false) {
                Ok(_) => return Some(sender),
                Err(error) => {
                    self.fail(sender, error);
                    self.breathe();
                }
            }
        }
    }

    /// The line of the environment in `slot`.
    #[optimize(size)]
    #[inline(never)]
    pub(crate) fn line(&self, slot: Slot) -> Ring {
        if slot.index() < self.known_lines {
            self.envs.at(slot).line.clone()
        } else {
            Ring::new()
        }
    }

    /// Whether somebody stands in the line of `caller`, as far as can be told at once.
    #[inline(always)]
    pub(crate) fn may_have_line(&self, caller: Slot) -> bool {
        self.envs.at(caller).line.first().is_some()
    }

    #[inline(always)]
    fn with_line(
        &mut self,
        slot: Slot,
        change: impl FnOnce(&mut Ring, &mut crate::slot::Table<Env>),
    ) {
        let mut line = self.line(slot);
        change(&mut line, &mut self.envs);
        self.envs.at_mut(slot).line = line;
    }

    /// Somebody waits for the environment in `slot`. Nothing of lines is ever written before.
    #[optimize(size)]
    #[inline(never)]
    pub(super) fn name(&mut self, slot: Slot) {
        while self.known_lines <= slot.index() {
            let env = self.envs.at_mut(Slot::new(self.known_lines));
            env.line = Ring::new();
            env.named = Named::NEVER;
            self.known_lines = self.known_lines.saturating_add(1);
        }
        self.envs.at_mut(slot).named = Named::ONCE;
    }
}
