//! The rows of the table: what is measured, by which program, and what the C kernels of the same course
//! need for it.

use mos_abi::bench::Op;
use mos_run::machine::Machine;
use serde::Serialize;

/// An operation under given circumstances.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Row {
    /// Its name in the file of budgets.
    pub key: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// Where its figure comes from.
    #[serde(skip)]
    pub source: Source,
    /// What it may cost at most, whatever its budget is.
    #[serde(skip)]
    pub limit: Option<u64>,
    /// What it was meant to cost at most: on malta, on the R3000.
    #[serde(skip)]
    goals: [Option<u64>; 2],
    /// What the C kernels need, built with -O2: MOS 2024 on malta, MOS 2023 on the R3000.
    #[serde(skip)]
    peers: [Option<u64>; 2],
    /// Where it is measured, if not everywhere.
    #[serde(skip)]
    only: Option<Machine>,
}

/// Where a figure comes from.
#[derive(Clone, Copy, Debug)]
pub enum Source {
    /// The median of what this program measured under this case.
    Median(&'static str, Op, u16),
    /// The same without what happens in user mode.
    Kernel(&'static str, Op, u16),
    /// The difference between two cases' medians, by that of the cases.
    Slope(&'static str, Op, [u16; 2]),
}

impl Source {
    /// The program that measures it.
    pub fn program(self) -> &'static str {
        match self {
            Self::Median(program, ..) | Self::Kernel(program, ..) | Self::Slope(program, ..) => {
                program
            }
        }
    }

    /// What it measures under which case; of two cases the second.
    pub fn operation(self) -> (Op, u16) {
        match self {
            Self::Median(_, op, case)
            | Self::Kernel(_, op, case)
            | Self::Slope(_, op, [_, case]) => (op, case),
        }
    }
}

const fn row(key: &'static str, title: &'static str, source: Source) -> Row {
    Row {
        key,
        title,
        source,
        limit: None,
        goals: [None, None],
        peers: [None, None],
        only: None,
    }
}

impl Row {
    /// The R3000, which has fewer instructions to choose from, may need 15 % more.
    const fn goal(self, malta: u64) -> Self {
        self.goals(malta, malta * 115 / 100)
    }

    const fn goals(self, malta: u64, r3000: u64) -> Self {
        let goals = [Some(malta), Some(r3000)];
        Self { goals, ..self }
    }

    /// A goal that must be met.
    const fn must(self, limit: u64) -> Self {
        let limit = Some(limit);
        Self {
            limit,
            goals: [limit, limit],
            ..self
        }
    }

    const fn peers(self, malta: u64, r3000: u64) -> Self {
        let peers = [Some(malta), Some(r3000)];
        Self { peers, ..self }
    }

    /// One that is measured on `machine` alone.
    const fn only(self, machine: Machine) -> Self {
        let only = Some(machine);
        Self { only, ..self }
    }

    /// Whether it is measured on `machine`.
    pub fn is_for(&self, machine: Machine) -> bool {
        self.only.is_none_or(|only| only == machine)
    }

    /// What it was meant to cost at most on `machine`.
    pub fn goal_on(&self, machine: Machine) -> Option<u64> {
        self.goals[machine as usize]
    }

    /// What the C kernel of `machine` needs.
    pub fn peer_on(&self, machine: Machine) -> Option<u64> {
        self.peers[machine as usize]
    }
}

use Machine::Malta;
use Op::*;
use Source::{Kernel, Median, Slope};

/// The table.
#[rustfmt::skip] // a line for each row
pub const ROWS: &[Row] = &[
    row("getenvid", "getenvid", Median("bench_call", Getenvid, 0)).goal(45).peers(144, 145),
    row("switch", "yield, switch to another", Median("bench_call", Switch, 0)).goal(130).peers(304, 303),
    row("ipc_send", "IPC, one way", Median("bench_ipc", IpcSend, 0)).goal(220).peers(581, 593),
    row("ipc_send_page", "IPC with a page, one way", Median("bench_ipc", IpcSendPage, 0)).goal(330).peers(774, 798),
    row("ipc_call", "IPC by ipc_call, there and back", Median("bench_ipc", IpcCall, 0)).goal(200).peers(1164, 1188),
    row("msg_call", "msg_call and msg_reply_wait, there and back", Median("bench_ipc", MsgCall, 0)).goal(180),
    row("fault_in", "exception to a user handler", Median("bench_fault", FaultIn, 0)).goal(90),
    row("fault_round", "exception to a user handler and back", Median("bench_fault", FaultRound, 0)).goal(160),
    row("tlb_refill", "TLB refill of a mapped page (kernel)", Kernel("bench_fault", TlbRefill, 0)).goals(36, 23).peers(246, 216),
    row("mem_alloc_ready", "mem_alloc, frame zeroed in advance", Median("bench_mem", MemAlloc, 2)).goal(160).peers(6548, 6564),
    row("mem_alloc", "mem_alloc, frame zeroed now", Median("bench_mem", MemAlloc, 1)).goal(1250).peers(6548, 6564),
    row("first_touch", "first touch of a page", Median("bench_fault", FirstTouch, 0)).goal(1300).peers(6690, 6677),
    row("mem_map", "mem_map", Median("bench_mem", MemMap, 0)).goal(150).peers(407, 422),
    row("mem_unmap", "mem_unmap", Median("bench_mem", MemUnmap, 0)).goal(130).peers(271, 273),
    row("env_life", "env_alloc and env_destroy", Median("bench_call", EnvLife, 0)).goal(1500).peers(11_048, 11_048),
    row("fork", "fork with 13 pages, by mem_map", Median("bench_fork", Fork, 13)).peers(6_287_995, 5_809_635),
    row("quick_fork", "fork with 13 pages, by mem_share", Median("bench_fork", QuickFork, 13)).goal(6000).peers(6_287_995, 5_809_635),
    row("fork_page", "each further writable page, by mem_map", Slope("bench_fork", Fork, [13, 45])).peers(861, 898),
    row("quick_fork_page", "each further writable page, by mem_share", Slope("bench_fork", QuickFork, [13, 45])).goal(100).peers(861, 898),
    row("cow_fault", "copy-on-write fault", Median("bench_fork", CowFault, 45)).goal(2900).peers(17_030, 17_252),
    row("pipe", "4 KiB through a pipe, written and read at once", Median("bench_pipe", Pipe, 0)).goal(20_480).peers(215_450, 215_450),
    row("spawn", "a program of 40 KiB, started and waited for", Median("bench_spawn", Spawn, 0)).goal(120_000),
    row("file_open", "a file in memory, opened and closed again", Median("bench_files", FileOpen, 0)).goal(3000).only(Malta),
    row("file_other", "another one, found by its path", Median("bench_files", FileOpen, 1)).only(Malta),
    row("file_read", "64 KiB of it, read", Median("bench_files", FileRead, 0)).goal(40_000).peers(135_910, 135_910).only(Malta),
    row("file_write", "64 KiB of it, written over", Median("bench_files", FileWrite, 0)).goal(40_000).peers(131_190, 131_190).only(Malta),
    row("file_map", "64 KiB of it, mapped", Median("bench_files", FileMap, 0)).goal(6000).only(Malta),
    row("file_list", "500 entries of a directory in memory", Median("bench_files", FileList, 0)).only(Malta),
    row("boot", "boot to the first user instruction", Median("bench_call", Boot, 0)).goal(120_000).peers(1_697_270, 648_652),
    row("prompt", "boot to the shell's prompt, with a disk", Median("boot", Prompt, 0)).must(1_500_000).only(Malta),
    row("getenvid_1", "getenvid, 1 environment alive", Median("bench_scale", Getenvid, 1)),
    row("getenvid_10", "getenvid, 10 alive", Median("bench_scale", Getenvid, 10)),
    row("getenvid_100", "getenvid, 100 alive", Median("bench_scale", Getenvid, 100)),
    row("getenvid_1000", "getenvid, 1000 alive", Median("bench_scale", Getenvid, 1000)),
    row("switch_2", "switch, 2 environments alive", Median("bench_scale", Switch, 1)),
    row("switch_11", "switch, 11 alive", Median("bench_scale", Switch, 10)),
    row("switch_101", "switch, 101 alive", Median("bench_scale", Switch, 100)),
    row("switch_1001", "switch, 1001 alive", Median("bench_scale", Switch, 1000)),
    row("quick_fork_1", "fork by mem_share, 1 environment alive", Median("bench_scale", QuickFork, 1)),
    row("quick_fork_10", "fork by mem_share, 10 alive", Median("bench_scale", QuickFork, 10)),
    row("quick_fork_100", "fork by mem_share, 100 alive", Median("bench_scale", QuickFork, 100)),
    row("quick_fork_1000", "fork by mem_share, 1000 alive", Median("bench_scale", QuickFork, 1000)),
    row("mem_alloc_99", "mem_alloc, 99 % of memory in use instead of 1 %", Median("bench_mem", MemAlloc, 99)),
    row("longest_path", "longest path with interrupts off", Kernel("bench_path", LongestPath, 0)).must(20_000),
];

/// Rows whose figures may differ by [`SPREAD`] at most: what is there besides must not matter.
pub const FLAT: &[&[&str]] = &[
    &["getenvid_1", "getenvid_10", "getenvid_100", "getenvid_1000"],
    &["switch_2", "switch_11", "switch_101", "switch_1001"],
    &[
        "quick_fork_1",
        "quick_fork_10",
        "quick_fork_100",
        "quick_fork_1000",
    ],
    &["mem_alloc", "mem_alloc_99"],
];

/// In per cent of the smallest.
pub const SPREAD: u64 = 5;
