//! What random programs do.

use mos_abi::layout::{USTACKTOP, UTOP};
use mos_abi::trapframe::reg;
use mos_abi::{EnvStatus, Sysno};
use mos_core::env::Wait;
use mos_core::slot::Slot;

use crate::program::DATA;
use crate::rig::AnyRig;
use crate::sim::code;

/// Where the stack pointer is while a call is made.
const CALL_SP: u32 = USTACKTOP - 128;
/// Pages that are played with.
const PAGES: [u32; 6] = [
    DATA,
    0x0050_0000,
    0x0050_1000,
    0x0060_0000,
    0x1000_0000,
    USTACKTOP - 4096,
];

/// Numbers that follow from a seed (Vigna's SplitMix64).
#[derive(Clone, Debug)]
pub struct Chance(u64);

/// What a program does.
#[derive(Clone, Debug)]
pub enum Act {
    /// A call with these arguments.
    Call(Sysno, [u32; 5]),
    /// A load.
    Load(u32),
    /// A store.
    Store(u32),
}

impl Chance {
    /// Those that belong to `seed`.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: u32) -> u32 {
        (self.next() % u64::from(end)) as u32
    }

    /// Whether it is the one time in so many.
    pub fn one_in(&mut self, times: u32) -> bool {
        self.below(times) == 0
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len() as u32) as usize]
    }

    /// An environment as that in `slot` may name it: a child mostly.
    fn id(&mut self, rig: &mut AnyRig<16>, slot: Slot) -> u32 {
        let me = rig.kernel.id(slot).0;
        let others = |rig: &mut AnyRig<16>, children: bool| -> Vec<u32> {
            let alive: Vec<Slot> = mos_audit::alive(&mut *rig.kernel).collect();
            let ids = alive.iter().map(|&slot| rig.kernel.id(slot).0);
            let of_mine = |id: &u32| !children || rig.view(*id).env_parent_id == me;
            ids.filter(of_mine).collect()
        };
        match self.below(16) {
            0 => 1,
            1..=3 => 0,
            4..=6 => self.of(&others(rig, false)),
            _ => match &others(rig, true)[..] {
                [] => 0,
                children => self.of(children),
            },
        }
    }

    /// A call of somebody who waits for one, an answer to who waits for that, or a wait for calls.
    fn talk(&mut self, rig: &mut AnyRig<16>, me: u32) -> Act {
        let alive: Vec<Slot> = mos_audit::alive(&mut *rig.kernel).collect();
        let calls = alive.into_iter().filter_map(|slot| {
            let call = match rig.kernel.wait(slot) {
                Wait::HEAR => Sysno::MsgCall,
                Wait::CALL => Sysno::IpcCall,
                wait if wait.is_to_hear() && rig.kernel.partner(slot) == me => Sysno::MsgReplyWait,
                _ => return None,
            };
            Some((call, rig.kernel.id(slot).0))
        });
        match &calls.collect::<Vec<_>>()[..] {
            [] if self.one_in(4) => Act::Call(Sysno::MsgReplyWait, [0; 5]),
            [] => Act::Call(Sysno::Yield, [0; 5]),
            calls => {
                let (call, id) = self.of(calls);
                Act::Call(call, [id, 0, 0, 0, 0])
            }
        }
    }

    /// What the program in `slot` does next.
    pub fn act(&mut self, rig: &mut AnyRig<16>, slot: Slot) -> Act {
        use Sysno::*;
        let page = self.of(&PAGES);
        let at = page + 4 * self.below(1024);
        let me = rig.kernel.id(slot).0;
        let (id, other) = (self.id(rig, slot), self.id(rig, slot));
        let to = self.of(&PAGES);
        let perm = self.of(&[0x600, 0x600, 0x200, 0x601, 0x604]);
        match self.below(52) {
            0..=7 => Act::Load(at),
            8..=17 => Act::Store(at),
            18 => Act::Load(
                self.of(&[0x7f40_0000, 0x7f80_0000, 0x7fc0_0000]) + 4 * self.below(1 << 19),
            ),
            19..=21 => Act::Call(EnvAlloc, [0; 5]),
            22..=24 => Act::Call(MemShare, [id, 0, UTOP, 0, 0]),
            25..=29 => {
                let status = self.of(&[1, 1, 1, 1, 2, EnvStatus::Free as u32]);
                Act::Call(SetEnvStatus, [id, status, 0, 0, 0])
            }
            30 => Act::Call(EnvDestroy, [id, 0, 0, 0, 0]),
            31..=33 => Act::Call(MemAlloc, [id, page, perm, 0, 0]),
            34..=36 => Act::Call(MemMap, [id, page, other, to, perm]),
            37 => Act::Call(MemUnmap, [id, page, 0, 0, 0]),
            38 => Act::Call(MemCopy, [page, id, to, perm, 0]),
            39 => Act::Call(SetPgfaultHandler, [id, 0x0040_0000, DATA + 4096, 0, 0]),
            40 => Act::Call(GetTrapframe, [id, page, 0, 0, 0]),
            41 => Act::Call(NextMapping, [id, 0, 0, 0, 0]),
            42 => Act::Call(IpcRecv, [to, 0, 0, 0, 0]),
            43 => Act::Call(IpcCanSend, [id, 5, page, perm, 0]),
            44 => Act::Call(self.of(&[IpcCall, MsgCall, MsgReplyWait]), [id, 0, 0, 0, 0]),
            48..=51 => self.talk(rig, me),
            45 => Act::Call(SetTrapframe, [id, DATA, 0, 0, 0]),
            _ => Act::Call(Yield, [0; 5]),
        }
    }
}

impl Act {
    /// The program in `slot` does it, on a CPU whose TLB is in its place. Returns the exception it raises: code and address.
    pub fn carry_out(&self, rig: &mut AnyRig<16>, slot: Slot) -> Option<(u32, u32)> {
        match *self {
            Self::Load(va) => rig.machine().user_load(va).err().map(|code| (code, va)),
            Self::Store(va) => store(rig, va, va),
            Self::Call(call, args) => {
                for (at, arg) in [(16, args[3]), (20, args[4])] {
                    let fault = store(rig, CALL_SP + at, arg);
                    if fault.is_some() {
                        return fault;
                    }
                }
                let tf = rig.kernel.tf(slot);
                tf.regs[reg::SP] = CALL_SP;
                tf.regs[reg::A0] = call as u32;
                tf.regs[reg::A1..=reg::A3].copy_from_slice(&args[..3]);
                Some((code::SYSCALL, 0))
            }
        }
    }
}

fn store(rig: &mut AnyRig<16>, va: u32, value: u32) -> Option<(u32, u32)> {
    let stored = rig.machine().user_store(va, value);
    stored.err().map(|code| (code, va))
}
