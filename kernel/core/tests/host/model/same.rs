//! Whether the kernel is in the state the model is in.

use std::collections::{BTreeMap, BTreeSet};

use mos_abi::layout::{PAGE_SHIFT, vpn};
use mos_abi::{Env, EnvId, NENV, pte};
use mos_core::Next;
use mos_core::env::sched::Cpu;
use mos_core::machine::Frame;
use mos_core::slot::Slot;

use super::{Model, PageId, Printed, Process, Ruled, State};
use crate::audit;
use crate::rig::AnyRig;

/// Who goes on, and who stands where.
#[derive(Debug, PartialEq, Eq)]
struct Standing {
    next: Next,
    /// How often who goes on has got the CPU.
    runs: Option<u32>,
    /// How many time slices may still begin in its turn.
    slices: Option<u32>,
    /// A slice has begun that is the next turn's.
    slice_begun: bool,
    queue: Vec<u32>,
    readers: Vec<u32>,
    dying: BTreeSet<u32>,
    /// The lines in which somebody stands.
    lines: BTreeMap<u32, Vec<u32>>,
    /// How many waits do not last for ever.
    timeouts: usize,
    /// What the rule knows besides.
    secret: String,
}

impl Standing {
    /// In the kernel.
    fn of<const ASIDS: u32, R: Ruled>(rig: &mut AnyRig<ASIDS, R>) -> Self {
        let Cpu {
            slices,
            slice_begun,
            ..
        } = *rig.kernel.cpu();
        let envs = &rig.kernel.mem.machine.ram.envs;
        let id = |slot: Slot| envs[slot.index()].env_id;
        let runs = match rig.next {
            Next::Run(slot) => Some(envs[slot.index()].env_runs),
            _ => None,
        };
        Self {
            next: rig.next,
            runs,
            slices: runs.map(|_| slices),
            slice_begun,
            queue: rig.kernel.run_queue().map(id).collect(),
            readers: rig.kernel.readers().map(id).collect(),
            dying: rig.kernel.dying().map(id).collect(),
            lines: (0..NENV)
                .filter(|&index| envs[index].env_status != 0)
                .map(|index| (envs[index].env_id, rig.kernel.senders(Slot::new(index))))
                .map(|(receiver, line)| (receiver, line.map(id).collect::<Vec<u32>>()))
                .filter(|(_, line)| !line.is_empty())
                .collect(),
            timeouts: rig.kernel.timeouts(),
            secret: rig.kernel.rule.secret(),
        }
    }
}

impl Process {
    /// What programs must see of it.
    fn view(&self) -> Env {
        Env {
            env_status: match self.state {
                State::Runnable => 1,
                _ => 2,
            },
            env_ipc_recving: matches!(
                self.state,
                State::Receiving | State::Calling | State::Hearing(_, None)
            )
            .into(),
            ..self.view
        }
    }
}

impl Model {
    fn standing(&mut self) -> Standing {
        let next = match self.resume() {
            Ok(id) => Next::Run(Slot::new(EnvId(id).index())),
            Err(None) => Next::Idle,
            Err(Some(outcome)) => Next::PowerOff(outcome),
        };
        let runs = self.current.map(|id| self.envs[&id].view.env_runs);
        Standing {
            next,
            runs,
            slices: runs.map(|_| self.slices),
            slice_begun: self.slice_begun,
            queue: self.queue.clone().into(),
            readers: self.readers.clone().into(),
            dying: self.dying.keys().copied().collect(),
            lines: self
                .envs
                .iter()
                .filter(|(_, process)| !process.line.is_empty())
                .map(|(&id, process)| (id, process.line.clone().into()))
                .collect(),
            timeouts: self.timeouts(),
            secret: self.order.secret(),
        }
    }

    /// Whether the kernel may have come to where it is by way of what the model says, the tick included.
    pub fn may_be<const ASIDS: u32, R: Ruled>(&mut self, rig: &mut AnyRig<ASIDS, R>) -> bool {
        let stands = self.standing() == Standing::of(rig) && self.moment.is_none();
        let mut all = self.envs.iter();
        stands && all.all(|(&id, process)| *rig.tf(id) == process.tf)
    }

    /// Panics unless programs could not tell the kernel from the model; memory apart.
    pub fn assert_same<const ASIDS: u32, R: Ruled>(&mut self, rig: &mut AnyRig<ASIDS, R>) {
        assert_eq!(Standing::of(rig), self.standing());
        assert_eq!(
            rig.kernel.alive(),
            self.envs.len(),
            "number of environments"
        );
        let lent = self.free.checked_sub(rig.kernel.mem.free_frames());
        self.lent = lent.expect("more frames are free than there can be");
        assert!(
            self.lent == 0 || !self.dying.is_empty(),
            "{} frames are not free",
            self.lent
        );
        for (&id, process) in &self.envs {
            assert_eq!(*rig.view(id), process.view(), "{id:x} at UENVS");
            assert_eq!(*rig.tf(id), process.tf, "registers of {id:x}");
        }
        self.assert_printed(&rig.output());
    }

    /// Every environment has the pages it was given, where and how it was given them, and no other:
    /// pages and frames are one to one, and a page stays in its frame.
    pub fn assert_same_memory<const ASIDS: u32, R: Ruled>(
        &mut self,
        spaces: &[audit::Space],
        rig: &AnyRig<ASIDS, R>,
    ) {
        let mut owners: BTreeMap<Frame, PageId> = BTreeMap::new();
        for space in spaces {
            let id = rig.kernel.mem.machine.ram.envs[space.slot.index() % NENV].env_id;
            if self.dying.contains_key(&id) {
                continue;
            }
            let expected = &self.envs[&id].space;
            let tables = space.tables.iter().map(|&(index, _)| index);
            assert!(
                tables.eq(expected.tables.iter().copied()),
                "page tables of {id:x}"
            );
            let vpns = space.pages.iter().map(|&(va, _)| vpn(va));
            assert!(
                vpns.eq(expected.mapped.keys().copied()),
                "mapped pages of {id:x}"
            );
            for (&(va, entry), mapping) in space.pages.iter().zip(expected.mapped.values()) {
                assert_eq!(pte::flags(entry), mapping.flags, "{id:x}: {va:#x}");
                let frame = Frame::of_pte(entry);
                let page = self.pages.get(mapping.page);
                assert_eq!(
                    *page.frame.get_or_insert(frame),
                    frame,
                    "{id:x}: frame of {va:#x}"
                );
                let owner = *owners.entry(frame).or_insert(mapping.page);
                assert_eq!(
                    owner, mapping.page,
                    "{id:x}: {va:#x} is in another page's frame"
                );
            }
        }
    }

    /// Whether it is known of every page in which frame it is.
    pub fn has_seen_all_frames(&self) -> bool {
        self.pages.iter().all(|page| page.frame.is_some())
    }

    /// Panics unless every page holds what was stored there.
    pub fn assert_same_contents<const ASIDS: u32, R: Ruled>(&self, rig: &AnyRig<ASIDS, R>) {
        for page in self.pages.iter() {
            let frame = page.frame.expect("seen when it was mapped");
            let words = rig.kernel.mem.machine.ram.words(frame);
            let pa = frame.ppn() << PAGE_SHIFT;
            for (at, (word, expected)) in words.iter().zip(&page.words).enumerate() {
                assert_eq!(
                    word,
                    expected,
                    "at physical address {:#x}",
                    pa + 4 * at as u32
                );
            }
        }
        assert_eq!(
            rig.kernel.mem.machine.device, self.device,
            "device registers"
        );
        assert_eq!(rig.kernel.mem.machine.fifo, self.fifo, "FIFO");
    }

    fn assert_printed(&mut self, output: &str) {
        match std::mem::replace(&mut self.printed, Printed::Nothing) {
            Printed::Nothing => assert_eq!(output, ""),
            Printed::Bytes(bytes) => {
                assert_eq!(output, String::from_utf8_lossy(&bytes), "printed");
            }
            Printed::Line(start) => {
                assert!(
                    output.starts_with(&start) && output.ends_with('\n'),
                    "{output:?}"
                );
            }
        }
    }
}
