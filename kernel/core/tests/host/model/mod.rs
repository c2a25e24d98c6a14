//! The ABI as a program: a second, simpler kernel that has no frames, no page tables and no TLB, only
//! pages that environments have. It says what every trap must do, and [`Model::assert_same`] holds
//! the real kernel to it.

mod calls;
mod dying;
mod faults;
mod memory;
mod order;
mod ours;
mod same;
mod state;
mod talk;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use mos_abi::trapframe::reg;
use mos_abi::{Env, NENV, Trapframe};
use mos_core::Outcome;

use crate::sim::Fifo;

use dying::{Lack, Remains};
use memory::{Mapping, PageId, Pages, Space};
use talk::Call;

pub use dying::Moment;
pub use order::{Order, Ruled};

/// What is added to an id for the next one of the same slot.
const NEXT_GENERATION: u32 = 1 << 11;

/// What an environment is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It runs, or waits for its turn.
    Runnable,
    /// Not started yet, or stopped.
    Stopped,
    /// In `ipc_recv`.
    Receiving,
    /// It waits for a message, which comes in registers.
    Calling,
    /// In `cgetc`.
    Reading,
    /// In `env_destroy`, of this one.
    Ending(u32),
    /// In the line of this one, to send to it.
    Sending(Call, u32),
    /// It waits for four words from this one, or from anybody.
    Hearing(Call, Option<u32>),
}

/// An environment.
#[derive(Clone, Debug)]
pub struct Process {
    pub parent: u32,
    pub state: State,
    pub tf: Trapframe,
    pub space: Space,
    device: bool,
    /// Who waits to send to it.
    line: VecDeque<u32>,
    /// The tick with which its wait ends.
    deadline: Option<u64>,
    /// The exceptions that it handles itself, a bit for each code, and where.
    handled: (u32, u32),
    /// What it is to try again.
    lack: Option<Lack>,
    /// What it was given as its view at UENVS; the rest of that follows from the other fields.
    view: Env,
}

/// What must have been printed since the last trap.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Printed {
    Nothing,
    Bytes(Vec<u8>),
    /// A line that starts like this.
    Line(String),
}

/// The whole system.
#[derive(Clone, Debug)]
pub struct Model {
    /// The environments by id.
    pub envs: BTreeMap<u32, Process>,
    /// Who has the CPU.
    pub current: Option<u32>,
    /// Frames that nobody uses, or that were used by environments which have ended.
    pub free: usize,
    /// How many of them are not cleared away yet.
    lent: usize,
    /// Those that have ended and are not cleared away yet.
    dying: BTreeMap<u32, Remains>,
    /// The same in two groups: who ends while there are any joins the second, which becomes the first when that is gone.
    elder: BTreeSet<u32>,
    younger: BTreeSet<u32>,
    /// How many first groups are gone.
    gone: usize,
    /// When a tick will come, if one comes while the kernel is busy.
    pub moment: Option<Moment>,
    /// The bytes of the device registers.
    pub device: Vec<u8>,
    /// What is behind the FIFO.
    pub fifo: Fifo,
    /// Ids of environments that are no more, oldest first.
    pub dead: Vec<u32>,
    /// Whether the last system call returned an error.
    pub last_call_failed: bool,
    /// Whether the last one is to be made again, as it lacked what there will be.
    pub came_back: bool,
    /// Ids for new environments, next one first.
    pub ids: VecDeque<u32>,
    /// How many ticks there have been.
    now: u64,
    slices: u32,
    /// The slice that has begun with the last tick is the next turn's.
    slice_begun: bool,
    /// The environment that is next goes on in this turn: it has the slices that are left.
    handed_over: bool,
    order: Order,
    queue: VecDeque<u32>,
    readers: VecDeque<u32>,
    typed: VecDeque<u8>,
    pages: Pages,
    printed: Printed,
}

impl Model {
    /// A system without environments and with `free` free frames, where the CPU is given away in this `order`.
    pub fn new(order: Order, free: usize, device: Vec<u8>, fifo: Fifo) -> Self {
        Self {
            envs: BTreeMap::new(),
            current: None,
            free,
            lent: 0,
            dying: BTreeMap::new(),
            elder: BTreeSet::new(),
            younger: BTreeSet::new(),
            gone: 0,
            moment: None,
            device,
            fifo,
            dead: Vec::new(),
            last_call_failed: false,
            came_back: false,
            ids: (0..NENV as u32).map(|slot| 1 << 10 | slot).collect(),
            now: 0,
            slices: 0,
            slice_begun: true,
            handed_over: false,
            order,
            queue: VecDeque::new(),
            readers: VecDeque::new(),
            typed: VecDeque::new(),
            pages: Pages::default(),
            printed: Printed::Nothing,
        }
    }

    /// The environment that runs.
    pub fn me(&mut self) -> &mut Process {
        let id = self.current.expect("somebody runs");
        self.env(id)
    }

    /// The environment with this id.
    fn env(&mut self, id: u32) -> &mut Process {
        self.envs.get_mut(&id).expect("it is there")
    }

    /// A new environment, with the next id.
    fn add(&mut self, parent: u32, priority: u32, tf: Trapframe) -> u32 {
        let id = self.ids.pop_front().expect("there is one left");
        let view = Env {
            env_id: id,
            env_parent_id: parent,
            env_pri: priority,
            ..Env::FREE
        };
        let process = Process {
            parent,
            state: State::Stopped,
            tf,
            space: Space::default(),
            device: false,
            line: VecDeque::new(),
            deadline: None,
            handled: (0, 0),
            lack: None,
            view,
        };
        self.envs.insert(id, process);
        self.free -= 1; // its page directory
        self.is_born(id);
        id
    }

    /// An environment that boot starts; returns its id.
    pub fn start(&mut self, priority: u32, device: bool, tf: Trapframe) -> u32 {
        let id = self.add(0, priority.max(1), tf);
        self.env(id).device = device;
        self.make_runnable(id);
        id
    }

    /// An environment that boot could not start has used up an id, if it got as far as a directory.
    pub fn start_failed(&mut self) {
        if self.available() > 0
            && let Some(id) = self.ids.pop_front()
        {
            self.ids.push_back(id + NEXT_GENERATION);
            self.dead.push(id);
        }
    }

    fn leave_queues(&mut self, id: u32) {
        self.queue.retain(|&other| other != id);
        self.readers.retain(|&other| other != id);
        if let State::Sending(_, to) = self.env(id).state
            && let Some(receiver) = self.envs.get_mut(&to)
        {
            receiver.line.retain(|&other| other != id);
        }
        self.env(id).deadline = None;
        self.current = self.current.filter(|&current| current != id);
    }

    fn make_runnable(&mut self, id: u32) {
        self.leave_queues(id);
        self.env(id).state = State::Runnable;
        self.join(id);
    }

    fn suspend(&mut self, id: u32, state: State) {
        self.leave_queues(id);
        self.env(id).state = state;
    }

    /// A wait is over: the call returns `v0`.
    fn wake(&mut self, id: u32, v0: u32) {
        self.env(id).tf.regs[reg::V0] = v0;
        self.make_runnable(id);
    }

    /// `id`, which is runnable, runs next, for what is left of the turn, unless somebody goes before it.
    fn next_is(&mut self, id: u32) {
        if !self.may_go_first(id) {
            return;
        }
        self.handed_over = true;
        self.queue.retain(|&other| other != id);
        self.queue.push_front(id);
    }

    /// The end of every trap: who goes on. `Err`: nobody; `None` there is idle.
    pub fn resume(&mut self) -> Result<u32, Option<Outcome>> {
        self.reconsider();
        self.clear_away();
        if self.current.is_none()
            && let Some(id) = self.queue.pop_front()
        {
            self.current = Some(id);
            self.env(id).view.env_runs += 1;
            if !std::mem::take(&mut self.handed_over) {
                self.slices = self.turn(id);
                self.begins(id);
                self.take_begun_slice();
            }
        }
        match self.current {
            Some(id) => Ok(id),
            None if self.envs.is_empty() => Err(Some(Outcome::Done)),
            None if !self.readers.is_empty() || self.timeouts() > 0 => {
                self.slice_begun = false;
                Err(None)
            }
            None => Err(Some(Outcome::Deadlock)),
        }
    }

    /// A time slice is over, and the next one begins: it is that of who has it in its turn, or of the next one.
    pub fn tick(&mut self) {
        self.tick_for(false);
    }

    /// The same; waits that end with it do so now, or `late`, with the next one.
    fn tick_for(&mut self, late: bool) {
        self.now += 1;
        if !late {
            self.time_out();
        }
        if self.slices == 0 {
            self.give_up_cpu();
        }
        self.slices = self.slices.saturating_sub(1);
        self.slice_begun = self.current.is_none();
    }

    fn take_begun_slice(&mut self) {
        if std::mem::take(&mut self.slice_begun) {
            self.slices = self.slices.saturating_sub(1);
        }
    }

    fn give_up_cpu(&mut self) {
        if let Some(id) = self.current.take() {
            self.stand(id, 0);
        }
    }

    /// Somebody types.
    pub fn type_in(&mut self, byte: u8) {
        match self.readers.front() {
            Some(&reader) => self.wake(reader, byte.into()),
            None => self.typed.push_back(byte),
        }
    }
}
