//! Those that have ended: what they had is cleared away in pieces, in their own turns, and a tick may come in between.

use super::{Model, NEXT_GENERATION, State};

/// When the tick comes that comes while the kernel is busy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Before an environment ends, of which something was said first.
    BeforeEnd,
    /// While an environment is cleared away, when so many have been.
    Clearing(usize),
    /// Likewise, and what is left of it is cleared away before anybody looks at the clock.
    LastPiece(usize),
    /// While those are told who waited for one that has ended, when so many have been.
    Parting {
        told: usize,
        /// All waits are being looked through: those that end with the tick do so with the next one.
        looking: bool,
        /// What has ended was cleared away at once.
        gone: bool,
    },
}

/// What an environment is to try again.
#[derive(Clone, Copy, Debug)]
pub struct Lack {
    /// The page that it lacks, if it is no call.
    place: Option<u32>,
    /// In which of its turns it will.
    turn: u32,
    /// When so many groups of the dying are gone, it is not to try again any more.
    until: usize,
}

/// What is left of an environment.
#[derive(Clone, Debug)]
pub struct Remains {
    /// Who ended it.
    ender: u32,
    /// Time slices of its next turn.
    slices: u32,
    /// That is what is left of the turn of who ended it.
    pub(super) goes_on: bool,
    /// That of who ended it.
    pub(super) priority: u32,
}

impl Model {
    /// `ender` ends itself or another, and waits until what that had is free.
    pub(super) fn destroy(&mut self, ender: u32, id: u32) {
        self.leave_queues(id);
        let priority = self.env(ender).view.env_pri;
        let process = self.envs.remove(&id).expect("it is there");
        let line = process.line;
        self.free += 1 + self.pages.release(process.space);
        self.dead.push(id);
        if ender != id {
            self.suspend(ender, State::Ending(id));
        }
        let goes_on = !self.slice_begun;
        let slices = if goes_on { self.slices } else { 1 };
        let remains = Remains {
            ender,
            slices,
            goes_on,
            priority,
        };
        self.dying.insert(id, remains);
        self.takes_place(id, ender);
        match self.elder.is_empty() {
            true => self.elder.insert(id),
            false => self.younger.insert(id),
        };
        if goes_on {
            self.queue.push_front(id);
        } else {
            self.join(id);
        }
        self.part(id, line);
    }

    /// The running environment lacks what there may be when others are cleared away, in a call or a page at `place`.
    /// Returns whether it tries again in its next turn, as the groups are not gone that were there when it tried first.
    pub(super) fn tries_again(&mut self, place: Option<u32>) -> bool {
        let me = self.current.expect("somebody runs");
        let groups = [&self.elder, &self.younger];
        let until = self.gone + groups.iter().filter(|group| !group.is_empty()).count();
        let process = self.env(me);
        let turn = process.view.env_runs;
        let until = match process.lack {
            Some(lack) if (lack.place, lack.turn) == (place, turn) => lack.until,
            _ => until,
        };
        process.lack = Some(Lack {
            place,
            turn: turn + 1,
            until,
        });
        let again = !self.dying.is_empty() && self.gone < until;
        if again {
            self.awaits_ended();
            self.give_up_cpu();
        }
        again
    }

    /// The running environment ends, of which something is said first.
    pub(super) fn end_with_words(&mut self, id: u32) {
        if self.moment == Some(Moment::BeforeEnd) {
            self.moment = None;
            self.tick();
        }
        self.destroy(id, id);
    }

    /// While nobody runs and those that have ended are first in the queue, they are cleared away.
    pub(super) fn clear_away(&mut self) {
        while self.current.is_none() {
            self.choose();
            let Some(id) = self.queue.front().copied() else {
                return;
            };
            let Some(remains) = self.dying.get_mut(&id) else {
                return;
            };
            self.slices = remains.slices;
            if !std::mem::take(&mut remains.goes_on) {
                self.begins(id);
            }
            self.take_begun_slice();
            match self.moment {
                Some(moment @ (Moment::Clearing(0) | Moment::LastPiece(0))) => {
                    self.moment = None;
                    self.now += 1;
                    self.time_out();
                    self.slice_begun = self.slices == 0;
                    self.slices = self.slices.saturating_sub(1);
                    if !self.slice_begun || moment == Moment::LastPiece(0) {
                        self.is_gone(id);
                    } else {
                        self.turn_is_over(id);
                    }
                    continue;
                }
                Some(Moment::Clearing(others)) => self.moment = Some(Moment::Clearing(others - 1)),
                Some(Moment::LastPiece(others)) => {
                    self.moment = Some(Moment::LastPiece(others - 1));
                }
                _ => {}
            }
            self.is_gone(id);
        }
    }

    /// The next turn of what is left of `id` is as long as those of who waits for it.
    fn turn_is_over(&mut self, id: u32) {
        self.queue.pop_front();
        self.stand(id, 0);
        let remains = &self.dying[&id];
        let waiter = self.envs.get(&remains.ender);
        let waits = waiter.is_some_and(|waiter| waiter.state == State::Ending(id));
        let slices = if waits { self.turn(remains.ender) } else { 1 };
        self.dying.get_mut(&id).expect("it has ended").slices = slices;
    }

    /// The first in the queue is no more: its id's successor can be used, and who waits for that goes on in its place.
    pub(super) fn is_gone(&mut self, id: u32) {
        self.queue.pop_front();
        self.ids.push_back(id + NEXT_GENERATION);
        if !self.younger.remove(&id) && self.elder.remove(&id) && self.elder.is_empty() {
            self.elder = std::mem::take(&mut self.younger);
            self.gone += 1;
        }
        let Remains { ender, .. } = self.dying.remove(&id).expect("it has ended");
        if let Some(process) = self.envs.get_mut(&ender)
            && process.state == State::Ending(id)
        {
            process.state = State::Runnable;
            self.takes_place(ender, id);
            if !self.slice_begun && self.may_go_first(ender) {
                self.current = Some(ender);
            } else {
                self.join(ender);
            }
        }
    }

    /// How many have ended and are not cleared away yet.
    pub fn dying(&self) -> usize {
        self.dying.len()
    }

    /// Frames that can be had now: not those of environments that are not cleared away yet.
    pub fn available(&self) -> usize {
        self.free - self.lent
    }
}
