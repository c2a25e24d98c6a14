//! The calls for messages of four words.

use mos_abi::Error::{self, BadEnv, Inval, IpcNotRecv, Timeout};
use mos_abi::layout::{PAGE_SIZE, UTOP, page_down};
use mos_abi::trapframe::reg::{A0, A1, A2, A3, V0, V1};
use mos_abi::{EnvId, Sysno};

use super::calls::Reply;
use super::{Model, Moment, State};

const FOREVER: u32 = u32::MAX;
const ANYBODY: u32 = u32::MAX;
const T0: usize = 8;
const T8: usize = 24;

/// Which call it is: its arguments are in registers of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// `msg_call` or `msg_reply_wait`.
    Short,
    /// `msg`.
    General,
}

/// How somebody receives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    /// In `ipc_recv`.
    Public,
    /// In `ipc_call`.
    Value,
    Words(Call),
}

impl Model {
    /// One of the three calls.
    pub(super) fn message(&mut self, me: u32, number: Sysno) -> Reply {
        let result = match number {
            Sysno::MsgCall => self.msg_call(me),
            Sysno::MsgReplyWait => self.msg_reply_wait(me),
            _ => self.msg(me),
        };
        if result.is_err() {
            self.env(me).tf.regs[A0] = 0;
        }
        result
    }

    fn register(&mut self, id: u32, register: usize) -> u32 {
        self.env(id).tf.regs[register]
    }

    fn msg_call(&mut self, me: u32) -> Reply {
        let to = self.register(me, A1);
        self.other(me, to)?;
        self.send_and_receive(me, Call::Short, Some(to), Some(Some(to)))
    }

    fn msg_reply_wait(&mut self, me: u32) -> Reply {
        let to = self.register(me, A1);
        if to == me {
            return Err(Inval);
        }
        let waits = self.envs.contains_key(&to) && self.hears(to, me);
        if !waits {
            self.env(me).tf.regs[A1] = 0;
        }
        self.send_and_receive(me, Call::Short, waits.then_some(to), Some(None))
    }

    fn msg(&mut self, me: u32) -> Reply {
        let [to, from, zero] = [A1, A2, A3].map(|register| self.register(me, register));
        if zero != 0 {
            return Err(Inval);
        }
        let from = (from != 0).then(|| (from != ANYBODY).then_some(from));
        if let Some(from) = from {
            self.may_receive(me, from)?;
        }
        let to = (to != 0).then_some(to);
        if let Some(to) = to {
            self.other(me, to)?;
        }
        if to.is_some() {
            self.parcel(me, Call::General)?;
        }
        self.send_and_receive(me, Call::General, to, from)
    }

    /// `id`, which is another one than `me`.
    fn other(&self, me: u32, id: u32) -> Result<(), Error> {
        match id {
            _ if id == me || id == 0 => Err(Inval),
            _ if self.envs.contains_key(&id) => Ok(()),
            _ => Err(BadEnv),
        }
    }

    fn may_receive(&mut self, id: u32, from: Option<u32>) -> Result<(), Error> {
        if let Some(from) = from {
            self.other(id, from)?;
        }
        self.room(id).ok_or(Inval).map(drop)
    }

    /// Where `msg` of `id` wants pages, and how many.
    fn room(&mut self, id: u32) -> Option<(u32, u32)> {
        let va = page_down(self.register(id, T8));
        let pages = self.register(id, T8 + 1).min(64);
        let fits = pages == 0 || u64::from(va) + u64::from(pages) * 4096 <= u64::from(UTOP);
        fits.then_some((va, pages))
    }

    /// The addresses of the pages that `id` sends, and how they are to be mapped.
    fn parcel(&mut self, id: u32, call: Call) -> Result<(Vec<u32>, u32), Error> {
        let [va, pages] = [14, 15].map(|register| self.register(id, register));
        let (count, perm) = (pages / 4096, pages % 4096);
        if call == Call::Short || count == 0 {
            return Ok((Vec::new(), 0));
        }
        if count > 64 || u64::from(page_down(va)) + u64::from(count) * 4096 > u64::from(UTOP) {
            return Err(Inval);
        }
        let all: Vec<u32> = (0..count).map(|n| page_down(va) + n * PAGE_SIZE).collect();
        for &va in &all {
            self.share(id, va, perm)?;
        }
        Ok((all, perm))
    }

    /// Whether `id` waits for a message and `sender` may be who sends it.
    pub(super) fn hears(&self, id: u32, sender: u32) -> bool {
        match self.envs[&id].state {
            State::Receiving | State::Calling => true,
            State::Hearing(_, from) => from.is_none_or(|from| from == sender),
            _ => false,
        }
    }

    fn ticks(&mut self, id: u32, call: Call, register: usize) -> u32 {
        match call {
            Call::Short => FOREVER,
            Call::General => self.register(id, register),
        }
    }

    /// The wait that `id` has begun ends by itself.
    fn wait_for(&mut self, id: u32, ticks: u32) {
        let deadline = self.now + u64::from(ticks.min(i32::MAX as u32));
        self.env(id).deadline = (ticks != FOREVER).then_some(deadline);
    }

    fn send_and_receive(
        &mut self,
        me: u32,
        call: Call,
        to: Option<u32>,
        from: Option<Option<u32>>,
    ) -> Reply {
        if let Some(to) = to {
            if !self.hears(to, me) {
                let ticks = self.ticks(me, call, 12);
                if ticks == 0 {
                    return Err(IpcNotRecv);
                }
                self.suspend(me, State::Sending(call, to));
                self.env(to).line.push_back(me);
                self.wait_for(me, ticks);
                return Ok(None);
            }
            self.carry(me, call, to, self.how(to));
        }
        let Some(from) = from else {
            self.done(me);
            return Ok(None);
        };
        let ticks = self.ticks(me, call, 13);
        let stands = self.first_for(me, from).is_some();
        if stands && self.take(me, How::Words(call), from) {
            return Ok(None);
        }
        if ticks == 0 {
            self.has_failed(me, Timeout);
            return Ok(None);
        }
        self.suspend(me, State::Hearing(call, from));
        self.wait_for(me, ticks);
        if let Some(to) = to.filter(|_| !stands) {
            self.next_is(to);
        }
        Ok(None)
    }

    fn how(&self, id: u32) -> How {
        match self.envs[&id].state {
            State::Receiving => How::Public,
            State::Calling => How::Value,
            State::Hearing(call, _) => How::Words(call),
            other => panic!("{other:?} does not receive"),
        }
    }

    /// Who is the first in the line of `id`, of those that it wants to hear.
    fn first_for(&self, id: u32, from: Option<u32>) -> Option<u32> {
        let mut line = self.envs[&id].line.iter().copied();
        line.find(|&sender| from.is_none_or(|from| from == sender))
    }

    /// `id` takes a message from its line, if one is there.
    fn take(&mut self, id: u32, how: How, from: Option<u32>) -> bool {
        while let Some(sender) = self.first_for(id, from) {
            let State::Sending(call, _) = self.envs[&sender].state else {
                panic!("{sender:x} stands in a line and does not send");
            };
            if self.parcel(sender, call).is_err() {
                self.fail(sender, Inval);
                continue;
            }
            self.leave_queues(sender);
            self.carry(sender, call, id, how);
            self.has_sent(sender, call, id);
            return true;
        }
        false
    }

    /// `id` was in line, and its message has gone to `to`.
    fn has_sent(&mut self, id: u32, call: Call, to: u32) {
        let from = match (call, self.register(id, A2)) {
            (Call::Short, _) => Some(to),
            (Call::General, 0) => {
                self.done(id);
                return self.make_runnable(id);
            }
            (Call::General, ANYBODY) => None,
            (Call::General, from) => Some(from),
        };
        self.env(id).state = State::Hearing(call, from);
        if call == Call::General
            && let Err(error) = self.may_receive(id, from)
        {
            return self.fail(id, error);
        }
        if self.first_for(id, from).is_some() && self.take(id, How::Words(call), from) {
            return;
        }
        match self.ticks(id, call, 13) {
            0 => self.fail(id, Timeout),
            ticks => self.wait_for(id, ticks),
        }
    }

    /// Whom `ipc_recv` or `ipc_call` of `me` hears at once. Returns whether there was anybody.
    pub(super) fn take_value(&mut self, me: u32, public: bool) -> bool {
        let how = if public { How::Public } else { How::Value };
        self.take(me, how, None)
    }

    /// A word, and perhaps a page, of one that knows no more, for `id`, which waits.
    pub(super) fn old_message(
        &mut self,
        id: u32,
        value: u32,
        from: u32,
        page: Option<(u32, u32)>,
    ) -> Result<(), Error> {
        if let State::Receiving | State::Calling = self.envs[&id].state {
            return self.old_to_old(id, value, from, page);
        }
        let how = self.how(id);
        let mut came = 0;
        if let Some((va, perm)) = page {
            let shared = self.share(from, va, perm)?;
            if let Some((to, _)) = self.room_for(id, how).filter(|&(_, pages)| pages > 0) {
                self.map(id, to, Some(shared.page), shared.flags)?;
                came = 1 << 12 | perm;
            }
        }
        self.hand_in(id, how, [value, 0, 0, 0], from, came);
        self.make_runnable(id);
        Ok(())
    }

    fn old_to_old(
        &mut self,
        id: u32,
        value: u32,
        from: u32,
        page: Option<(u32, u32)>,
    ) -> Result<(), Error> {
        let dstva = self.env(id).view.env_ipc_dstva;
        let mut received = 0;
        if let Some((va, perm)) = page {
            let shared = self.share(from, va, perm)?;
            if dstva != 0 {
                self.map(id, dstva, Some(shared.page), shared.flags)?;
                received = shared.flags.bits();
            }
        }
        self.deliver(id, value, from, received);
        Ok(())
    }

    fn room_for(&mut self, id: u32, how: How) -> Option<(u32, u32)> {
        match how {
            How::Words(Call::Short) => None,
            How::Words(Call::General) => self.room(id),
            _ => {
                let va = self.env(id).view.env_ipc_dstva;
                Some((page_down(va), u32::from(va != 0)))
            }
        }
    }

    /// The message of `from` gets to `id`, which goes on if it waits.
    fn carry(&mut self, from: u32, call: Call, id: u32, how: How) {
        let words = match call {
            Call::Short => [A2, A3, T0, T0 + 1],
            Call::General => [T0, T0 + 1, T0 + 2, T0 + 3],
        };
        let words = words.map(|register| self.register(from, register));
        let (pages, perm) = self.parcel(from, call).expect("looked at");
        let (window, room) = self.room_for(id, how).unwrap_or((0, 0));
        let mut came = 0;
        for (srcva, n) in pages.into_iter().zip(0..room) {
            let shared = self.share(from, srcva, perm).expect("looked at");
            let dstva = window + n * PAGE_SIZE;
            if self
                .map(id, dstva, Some(shared.page), shared.flags)
                .is_err()
            {
                break;
            }
            came = ((n + 1) * 4096) | perm;
        }
        self.hand_in(id, how, words, from, came);
        if self.envs[&id].state != State::Runnable {
            self.make_runnable(id);
        }
    }

    fn hand_in(&mut self, id: u32, how: How, words: [u32; 4], from: u32, came: u32) {
        let came = match how {
            How::Words(_) => came,
            _ => came % 4096,
        };
        let process = self.env(id);
        let regs = &mut process.tf.regs;
        regs[V0] = 0;
        if how == How::Public {
            let view = &mut process.view;
            view.env_ipc_value = words[0];
            (view.env_ipc_from, view.env_ipc_perm) = (from, came);
            return;
        }
        [regs[A0], regs[A1]] = [from, came];
        if let How::Words(_) = how {
            [regs[A2], regs[A3], regs[T0], regs[T0 + 1]] = words;
        } else {
            regs[V1] = words[0];
        }
    }

    /// The call has sent, and does no more: it says to whom.
    fn done(&mut self, id: u32) {
        let regs = &mut self.env(id).tf.regs;
        [regs[V0], regs[A0]] = [0, regs[A1]];
    }

    /// The receiving of `id` has failed.
    fn has_failed(&mut self, id: u32, error: Error) {
        let regs = &mut self.env(id).tf.regs;
        [regs[V0], regs[A0]] = [error.code() as u32, regs[A1]];
    }

    /// What the call in which `id` waits will have returned.
    pub(super) fn break_call(&mut self, id: u32, error: Error) {
        self.has_failed(id, error);
        if matches!(self.envs[&id].state, State::Sending(..)) {
            self.env(id).tf.regs[A0] = 0;
        }
    }

    fn fail(&mut self, id: u32, error: Error) {
        self.break_call(id, error);
        self.make_runnable(id);
    }

    /// `id` has ended, and `line` waited to send to it: who waits for it is told so.
    pub(super) fn part(&mut self, id: u32, line: impl IntoIterator<Item = u32>) {
        let hears = |state| matches!(state, State::Hearing(_, Some(from)) if from == id);
        let mut listeners: Vec<u32> = self.envs.keys().copied().collect();
        listeners.retain(|other| hears(self.envs[other].state));
        listeners.sort_by_key(|&id| EnvId(id).index());
        let all: Vec<u32> = line.into_iter().chain(listeners).collect();
        for (count, &other) in all.iter().enumerate() {
            self.tick_amid_parting(id, count);
            // The tick may have told it something else.
            if matches!(
                self.envs[&other].state,
                State::Sending(..) | State::Hearing(..)
            ) {
                self.fail(other, BadEnv);
            }
        }
        self.tick_amid_parting(id, all.len());
    }

    /// The tick that comes while those are told who waited for `id`.
    fn tick_amid_parting(&mut self, id: u32, count: usize) {
        if let Some(Moment::Parting {
            told,
            looking,
            gone,
        }) = self.moment
            && told == count
        {
            self.moment = None;
            if gone {
                self.is_gone(id);
            }
            self.tick_for(looking);
        }
    }

    /// The waits that end with this tick.
    pub(super) fn time_out(&mut self) {
        let mut late: Vec<u32> = self.envs.keys().copied().collect();
        late.retain(|id| self.envs[id].deadline.is_some_and(|end| end <= self.now));
        late.sort_by_key(|&id| EnvId(id).index());
        late.into_iter().for_each(|id| self.fail(id, Timeout));
    }

    /// Whether a wait will end by itself.
    pub fn timeouts(&self) -> usize {
        self.envs
            .values()
            .filter(|process| process.deadline.is_some())
            .count()
    }
}
