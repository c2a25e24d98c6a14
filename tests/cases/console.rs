//! The console under load: more input than anybody reads, more output than one prints.

use mos_run::machine::Machine;
use mos_tests::case::{Case, Expect, Typed, run};

/// What the program `paste` expects: its characters in turn, and an end of line.
const fn text<const LEN: usize>() -> [u8; LEN] {
    let mut bytes = [b'\n'; LEN];
    let mut at = 0;
    while at < LEN - 1 {
        bytes[at] = b'!' + (at % 89) as u8;
        at += 1;
    }
    bytes
}

/// For a guest that waits for bytes, whose time goes by as fast as it can meanwhile.
const PATIENT: u32 = 10_000_000;

const PROMPT: &str = "please";

/// What the program `lines` prints in lines of its own, and the kernel between them.
pub const WHOLE_LINES: &[Expect] = &[
    Expect::Present(&["^a{240}$", "^b{240}$", "^lines: done$"]),
    Expect::Absent(&["^(a{0,239}|b{0,239})$", "^[ab]*(ab|ba)"]),
];

pub const CASES: &[Case] = &[
    Case {
        name: "a_paste_of_4000_bytes_is_whole",
        programs: &[run("paste")],
        typed: &[Typed {
            after: PROMPT,
            bytes: &text::<4001>(),
        }],
        limit: PATIENT,
        expect: &[Expect::InOrder(&["^paste: 4000 bytes in order$"])],
        ..Case::DEFAULT
    },
    Case {
        name: "a_paste_of_5000_bytes_is_whole",
        programs: &[run("paste")],
        typed: &[Typed {
            after: PROMPT,
            bytes: &text::<5001>(),
        }],
        limit: PATIENT,
        expect: &[Expect::InOrder(&["^paste: 5000 bytes in order$"])],
        ..Case::DEFAULT
    },
    Case {
        name: "a_paste_of_50000_bytes_is_whole",
        programs: &[run("paste")],
        typed: &[Typed {
            after: PROMPT,
            bytes: &text::<50001>(),
        }],
        limit: PATIENT,
        expect: &[Expect::InOrder(&["^paste: 50000 bytes in order$"])],
        ..Case::DEFAULT
    },
    Case {
        name: "a_flood_that_nobody_reads_stops_nobody",
        programs: &[run("primes")],
        flood: b"y\n",
        limit: 12_000,
        expect: super::challenges::PRIMES,
        ..Case::DEFAULT
    },
    Case {
        name: "a_flood_that_is_read_stops_nobody",
        programs: &[run("drain"), run("fktest")],
        flood: b"y\n",
        limit: PATIENT,
        expect: &[
            Expect::Present(&["^this is father: a is 1$"]),
            Expect::Present(&["^drain: something was typed: true$"]),
        ],
        ..Case::DEFAULT
    },
    Case {
        // A line takes several ticks.
        name: "lines_of_two_that_print_at_once_are_whole",
        machines: &[Machine::Malta],
        programs: &[run("lines")],
        command_line: "tick=50000",
        limit: 100_000,
        expect: WHOLE_LINES,
        ..Case::DEFAULT
    },
    Case {
        name: "lines_are_whole_in_real_time",
        machines: &[Machine::Gxemul],
        programs: &[run("lines")],
        expect: WHOLE_LINES,
        ..Case::DEFAULT
    },
];
