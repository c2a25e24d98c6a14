//! The course of a call: sending, then receiving, each of which may have to wait.

use mos_abi::message::{ANY, FOREVER, at};
use mos_abi::trapframe::reg;
use mos_abi::{EnvId, EnvStatus, Error};

use super::Talk;
use super::parcel::Parcel;
use crate::env::rule::Rule;
use crate::env::shortcut::all_count;
use crate::env::{Platform, Wait};
use crate::kernel::Kernel;
use crate::slot::Slot;

/// What a call is to send, and how it receives.
pub(super) struct Call {
    /// The wait in which it receives.
    pub how: Wait,
    /// To whom, if it is not 0.
    pub to: u32,
    /// From whom it receives, if it is not 0.
    pub from: u32,
    /// It answers: what nobody waits for is dropped.
    pub answers: bool,
    pub parcel: Parcel,
}

impl<M: Platform> Kernel<M> {
    /// A call of `caller`, which runs.
    #[optimize(size)]
    pub(super) fn converse(&mut self, caller: Slot, which: Talk) -> Result<(), Error> {
        let how = Wait::HEAR.marked(which == Talk::General);
        let regs = &self.tf(caller).regs;
        let to = regs[at::TO];
        let from = match which {
            Talk::Call if to == 0 => return Err(Error::Inval),
            Talk::Call => to,
            Talk::ReplyWait => ANY,
            Talk::General if regs[at::RESERVED] != 0 => return Err(Error::Inval),
            Talk::General => regs[at::FROM],
        };
        let call = Call {
            how,
            to,
            from,
            answers: which == Talk::ReplyWait,
            parcel: self.parcel(caller, how),
        };
        let receiver = self.send(caller, &call)?;
        if receiver.is_none() {
            if self.envs.at(caller).wait.is_in_line() {
                return Ok(());
            }
            self.tf(caller).regs[at::TO] = 0;
        }
        // Nobody else has run since `send` has looked.
        if self.begin_to_receive(caller, how, from, Ok(())) {
            self.receive(caller, receiver);
        } else if let Some(receiver) = receiver {
            self.awaken(receiver);
        }
        Ok(())
    }

    /// `caller`, which runs, sends, when all has been looked at that can be wrong with the call. Returns who has the message and
    /// stands nowhere yet; there is none, too, when the caller waits in line.
    #[optimize(size)]
    #[inline(never)]
    pub(super) fn send(&mut self, caller: Slot, call: &Call) -> Result<Option<Slot>, Error> {
        let is_old = call.how.is_for_word();
        self.may_receive(caller, call.how, call.from)?;
        if call.to == 0 {
            return Ok(None);
        }
        let receiver = match self.another(caller, call.to) {
            Ok(receiver) => receiver,
            // A server must not fail with its clients.
            Err(Error::BadEnv) if call.answers => return Ok(None),
            Err(Error::Inval) if is_old => return Err(Error::IpcNotRecv),
            Err(error) => return Err(error),
        };
        let hears = self.hears(receiver, caller);
        if !hears && is_old {
            return Err(Error::IpcNotRecv);
        }
        // One page comes or does not; of several, none may have come when one may not.
        if !hears || call.parcel.count > 1 {
            self.map_pages(caller, &call.parcel, None, false)?;
        }
        if hears {
            self.bring(caller, &call.parcel, receiver, is_old)?;
            Ok(Some(receiver))
        } else if call.answers {
            Ok(None)
        } else {
            self.stand_in_line(caller, call.how, receiver)
        }
    }

    /// `caller` runs and is to receive; `receiver` has what it has sent, and stands nowhere yet. If the caller has to wait it
    /// gets the CPU, for what is left of the turn.
    #[optimize(size)]
    #[inline(never)]
    pub(super) fn receive(&mut self, caller: Slot, receiver: Option<Slot>) {
        if let Some(receiver) = receiver {
            let ticks = self.ticks(caller, self.envs.at(caller).wait, at::RECEIVE_TICKS);
            // Amid its pages it may have lost the CPU.
            let runs = self.cpu().current.is_some();
            let may_go_on = runs && M::Rule::may_go_first(self, receiver);
            if ticks != 0 && may_go_on && self.first_in_line(caller).is_none() {
                self.arm(caller, ticks);
                self.view(caller).env_status = EnvStatus::NotRunnable as u32;
                let view = self.view(receiver);
                view.env_status = EnvStatus::Runnable as u32;
                view.env_runs = view.env_runs.wrapping_add(1);
                return self.go_on(receiver);
            }
            self.awaken(receiver);
        }
        self.take(caller);
    }

    /// Lets `slot`, which is to receive, have the first message of its line, or wait. Whoever sent that receives in turn,
    /// perhaps from its own line, and so on.
    #[optimize(size)]
    #[inline(never)]
    pub(super) fn take(&mut self, mut slot: Slot) {
        while let Some(sender) = self.next_in_line(slot) {
            let wait = self.envs.at(sender).wait.to_hear();
            let parcel = self.parcel(sender, wait);
            // It is to send no more, whatever tick comes amid the pages.
            self.leave_line(sender);
            self.envs.at_mut(sender).wait = wait;
            // Without the pages for which there is no memory.
            _ = self.bring(sender, &parcel, slot, false);
            self.awaken(slot);
            let from = if wait.is_general() {
                self.tf(sender).regs[at::FROM]
            } else {
                self.envs.at(sender).partner
            };
            let may = self.may_receive(sender, wait, from);
            if !self.begin_to_receive(sender, wait, from, may) {
                return;
            }
            if self.first_in_line(sender).is_some() {
                self.breathe();
            }
            slot = sender;
        }
        let wait = self.envs.at(slot).wait;
        match self.ticks(slot, wait, at::RECEIVE_TICKS) {
            0 => self.fail(slot, Error::Timeout),
            ticks => {
                self.block(slot, wait);
                self.arm(slot, ticks);
            }
        }
    }

    /// What `slot` had to send is sent, and it is to receive from `from`, if it `may`, though it has not been seen whether somebody
    /// is there. Returns `false` if its call is over.
    #[optimize(size)]
    #[inline(never)]
    fn begin_to_receive(
        &mut self,
        slot: Slot,
        how: Wait,
        from: u32,
        may: Result<(), Error>,
    ) -> bool {
        self.envs.at_mut(slot).wait = how;
        if from == 0 || may.is_err() {
            self.end_call(slot, may.map_or_else(Error::code, |()| 0) as u32);
            self.awaken(slot);
            return false;
        }
        let env = self.envs.at_mut(slot);
        if how.is_general() {
            env.partner = from;
        } else {
            env.wait = Wait::short(from);
        }
        let named = if from == ANY {
            self.view(slot).env_ipc_recving = 1;
            // So that assembly need not name it when somebody is answered by it, or it waits again.
            slot
        } else {
            Slot::new(EnvId(from).index())
        };
        self.name(named);
        true
    }

    /// Whether `slot` may wait as `how` says for a message of `from`, and have it where it wants it. `-E_INVAL`, `-E_BAD_ENV`.
    #[optimize(size)]
    #[inline(never)]
    fn may_receive(&mut self, slot: Slot, how: Wait, from: u32) -> Result<(), Error> {
        if from == 0 {
            return Ok(());
        }
        if from != ANY {
            self.another(slot, from)?;
        }
        self.window(slot, how).map(drop)
    }

    /// How many ticks a call of `slot` may wait that receives as `how` says, as the register does.
    #[optimize(size)]
    #[inline(never)]
    pub(super) fn ticks(&mut self, slot: Slot, how: Wait, register: usize) -> u32 {
        if how.is_general() {
            self.tf(slot).regs.get(register).copied().unwrap_or(FOREVER)
        } else {
            FOREVER
        }
    }

    /// The call of `slot` fails, whether it waits or runs.
    #[optimize(size)]
    #[inline(never)]
    pub(super) fn fail(&mut self, slot: Slot, error: Error) {
        self.end_call(slot, error.code() as u32);
        self.awaken(slot);
    }

    /// The call of `slot` is over, and returns `v0`, and whom it has sent something to; it stays stopped if it waits.
    #[optimize(size)]
    #[inline(never)]
    pub(crate) fn end_call(&mut self, slot: Slot, v0: u32) {
        self.leave_line(slot);
        self.view(slot).env_ipc_recving = 0;
        let env = self.envs.at_mut(slot);
        all_count(&mut env.tf);
        let regs = &mut env.tf.regs;
        regs[reg::V0] = v0;
        if env.wait.is_to_hear() {
            regs[at::SENDER] = regs[at::TO];
        } else if !env.wait.is_for_word() {
            regs[at::SENDER] = 0;
        }
        env.wait = Wait::NONE;
    }

    /// Makes `slot` runnable, unless it is.
    #[optimize(size)]
    #[inline(never)]
    pub(super) fn awaken(&mut self, slot: Slot) {
        if self.view(slot).env_status != EnvStatus::Runnable as u32 {
            self.make_runnable(slot);
        }
    }
}
