//! Programs in C against the bare ABI. Each counts its own expectations and says which failed.

use mos_run::machine::Machine;
use mos_tests::case::{Case, Expect, Typed, run_c};

/// Time slices for a program that starts hundreds of others.
const LONG: u32 = 12_000;

/// Time slices that no program sees the end of.
const UNDISTURBED: &str = "tick=4000000000";

/// The same, with all calls through Rust.
const THE_LONG_WAY: &str = "tick=4000000000 log=trace";

/// What comes of the calls of `cways`, whichever way they take.
const WAYS: &str = "cways: 6fddcf02 after 3000 calls";

/// Likewise of `cpages`.
const PAGES: &str = "cpages: 16e50d29 after 4000 calls, 2784 made";

/// Likewise of `cmix`.
const MIX: &str = "cmix: 6a242d58 after 5000 calls, 0424 messages, 018 with pages, 0577 faults, 0489 calls in batches";

/// Likewise of `cpairs`, on however many CPUs.
pub const PAIRS: &str = "cpairs: 8e2615f2 after 09445 changes";

/// What `ckeys` asks for.
#[rustfmt::skip] // a line for each letter
const KEYS: &[Typed] = {
    macro_rules! key {
        ($($nops:literal $byte:literal),*) => {
            &[$(Typed {
                after: concat!($nops, " nops, hit a key: "),
                bytes: $byte,
            }),*]
        };
    }
    key!(
        0 b"a", 1 b"b", 2 b"c", 3 b"d", 4 b"e", 5 b"f", 6 b"g", 7 b"h",
        8 b"i", 9 b"j", 10 b"k", 11 b"l", 12 b"m", 13 b"n", 14 b"o", 15 b"p",
        16 b"q", 17 b"r", 18 b"s", 19 b"t", 20 b"u", 21 b"v", 22 b"w", 23 b"x",
        24 b"y", 25 b"z", 26 b"a", 27 b"b", 28 b"c", 29 b"d", 30 b"e", 31 b"f",
        32 b"g", 33 b"h", 34 b"i", 35 b"j", 36 b"k", 37 b"l", 38 b"m", 39 b"n",
        40 b"o", 41 b"p", 42 b"q", 43 b"r", 44 b"s", 45 b"t", 46 b"u", 47 b"v",
        48 b"w", 49 b"x", 50 b"y", 51 b"z", 52 b"a", 53 b"b", 54 b"c", 55 b"d",
        56 b"e", 57 b"f", 58 b"g", 59 b"h", 60 b"i", 61 b"j", 62 b"k", 63 b"l"
    )
};

pub const CASES: &[Case] = &[
    Case {
        name: "cfork",
        programs: &[run_c("cfork")],
        expect: &[Expect::Lines(&["cfork: 21 ok, 0 failed"])],
        ..Case::DEFAULT
    },
    Case {
        name: "a_program_in_the_way_of_jos",
        programs: &[run_c("josring")],
        expect: &[Expect::Present(&[
            r"^\[00000401\] place 5: the last one was from 402$",
            r"^\[00000402\] place 4: the last one was from 403$",
            r"^\[00000403\] place 3: the last one was from 404$",
            r"^\[00000404\] place 2: the last one was from 405$",
            r"^\[00000405\] place 1: the last one was from 400$",
            r"^\[00000400\] 46 after 3 rounds, seen: 48 51 57 66 78$",
        ])],
        ..Case::DEFAULT
    },
    Case {
        name: "a_program_in_the_way_of_mos",
        programs: &[run_c("mosring")],
        expect: &[Expect::Lines(&[
            "@@@@@send 35 from 400 to 401",
            "401 got 35 from 400, with a page: 1",
            "400 got 36 from 401, the page has 42 and my own count is 1",
        ])],
        ..Case::DEFAULT
    },
    Case {
        name: "cipc",
        programs: &[run_c("cipc")],
        expect: &[Expect::Lines(&["cipc: 34 ok, 0 failed"])],
        ..Case::DEFAULT
    },
    Case {
        name: "cmsg",
        programs: &[run_c("cmsg")],
        limit: LONG,
        expect: &[Expect::Lines(&["cmsg: 51 ok, 0 failed"])],
        ..Case::DEFAULT
    },
    Case {
        name: "cexchost",
        programs: &[run_c("cexchost")],
        limit: LONG,
        expect: &[Expect::Present(&[r"^cexchost: 36 ok, 0 failed$"])],
        ..Case::DEFAULT
    },
    Case {
        name: "cmsghost",
        programs: &[run_c("cmsghost")],
        limit: LONG,
        expect: &[Expect::Present(&[r"^cmsghost: 35 ok, 0 failed$"])],
        ..Case::DEFAULT
    },
    // The same calls twice: with their shortcuts in assembly, and all of them through Rust.
    Case {
        name: "calls_by_shortcut",
        programs: &[run_c("cways")],
        command_line: UNDISTURBED,
        expect: &[Expect::Lines(&[WAYS])],
        ..Case::DEFAULT
    },
    Case {
        name: "calls_the_long_way",
        programs: &[run_c("cways")],
        command_line: THE_LONG_WAY,
        expect: &[Expect::Present(&[WAYS])],
        ..Case::DEFAULT
    },
    Case {
        name: "pages_by_shortcut",
        programs: &[run_c("cpages")],
        command_line: UNDISTURBED,
        expect: &[Expect::Lines(&[PAGES])],
        ..Case::DEFAULT
    },
    Case {
        name: "pages_the_long_way",
        programs: &[run_c("cpages")],
        command_line: THE_LONG_WAY,
        expect: &[Expect::Present(&[PAGES])],
        ..Case::DEFAULT
    },
    Case {
        name: "pairs_by_shortcut",
        programs: &[run_c("cpairs")],
        expect: &[Expect::Lines(&[PAIRS])],
        ..Case::DEFAULT
    },
    Case {
        name: "pairs_the_long_way",
        programs: &[run_c("cpairs")],
        command_line: THE_LONG_WAY,
        expect: &[Expect::Present(&[PAIRS])],
        ..Case::DEFAULT
    },
    Case {
        name: "all_by_shortcut",
        programs: &[run_c("cmix")],
        command_line: UNDISTURBED,
        expect: &[Expect::Lines(&[MIX])],
        ..Case::DEFAULT
    },
    Case {
        name: "all_the_long_way",
        programs: &[run_c("cmix")],
        command_line: THE_LONG_WAY,
        expect: &[Expect::Present(&[MIX])],
        ..Case::DEFAULT
    },
    Case {
        name: "cshort",
        programs: &[run_c("cshort")],
        command_line: "tick=20000",
        limit: 200_000,
        expect: &[Expect::Lines(&["cshort: 14 ok, 0 failed"])],
        ..Case::DEFAULT
    },
    Case {
        name: "cwhom",
        programs: &[run_c("cwhom")],
        expect: &[Expect::Lines(&["cwhom: 600 ok, 0 failed"])],
        ..Case::DEFAULT
    },
    Case {
        name: "cbatch",
        programs: &[run_c("cbatch")],
        limit: LONG,
        expect: &[Expect::Lines(&["cbatch: 148 ok, 0 failed"])],
        ..Case::DEFAULT
    },
    Case {
        name: "cerrors",
        programs: &[run_c("cerrors")],
        limit: LONG,
        expect: &[Expect::Lines(&["cerrors: 280 ok, 0 failed"])],
        ..Case::DEFAULT
    },
    Case {
        name: "ccalls",
        programs: &[run_c("ccalls")],
        expect: &[Expect::InOrder(&[
            "^ccalls: a line$",
            r"^\.{255}$",
            "^ccalls: 64 ok, 0 failed$",
        ])],
        ..Case::DEFAULT
    },
    Case {
        name: "cviews",
        programs: &[run_c("cviews")],
        expect: &[Expect::Lines(&[
            "cviews: the child stores",
            "cviews: 13 ok, 0 failed",
        ])],
        ..Case::DEFAULT
    },
    Case {
        name: "cregs",
        programs: &[run_c("cregs")],
        typed: &[
            Typed {
                after: "hit a key: ",
                bytes: b"a",
            },
            Typed {
                after: "hit another: ",
                bytes: b"b",
            },
        ],
        expect: &[Expect::Lines(&[
            "..hit a key: hit another:",
            "cregs: 36 ok, 0 failed",
        ])],
        ..Case::DEFAULT
    },
    Case {
        name: "cupcall",
        programs: &[run_c("cupcall")],
        expect: &[Expect::Lines(&["cupcall: 37 ok, 0 failed"])],
        ..Case::DEFAULT
    },
    Case {
        // On malta a tick is far shorter than there, so that all those are not waited for long.
        name: "cstorm",
        programs: &[run_c("cstorm")],
        command_line: "tick=200000",
        limit: 100_000,
        expect: &[Expect::Lines(&[
            "cstorm: 64 loops of getenvid were preempted",
            "cstorm: 64 loops of stores that fault were preempted",
            "cstorm: 64 loops of calls to each other were preempted",
            "cstorm: 0 ok, 0 failed",
        ])],
        ..Case::DEFAULT
    },
    Case {
        name: "ckeys",
        programs: &[run_c("ckeys")],
        typed: KEYS,
        limit: LONG,
        expect: &[Expect::Present(&[r"^ckeys: 64 ok, 0 failed$"])],
        ..Case::DEFAULT
    },
    Case {
        // The 4Kc is asked more than GXemul, which executes at such addresses.
        name: "codd",
        programs: &[run_c("codd")],
        limit: LONG,
        expect: &[
            Expect::Present(&[
                r"^codd: \d+ ok, 0 failed$",
                r"killed: load from a bad address, pc 50000001, address 50000001$",
                r"killed: load from a bad address, pc 50000002, address 50000002$",
                r"killed: load from a bad address, pc 50000003, address 50000003$",
            ]),
            Expect::Absent(&["^FAILED"]),
        ],
        ..Case::DEFAULT
    },
    Case {
        // Ticks so close that some come between the jump and the fetch.
        name: "codd_among_ticks",
        programs: &[run_c("codd")],
        machines: &[Machine::Malta],
        command_line: "tick=4000",
        limit: 10_000_000,
        expect: &[
            Expect::Present(&[r"^codd: \d+ ok, 0 failed$"]),
            Expect::Absent(&["^FAILED"]),
        ],
        ..Case::DEFAULT
    },
    Case {
        name: "cbranch",
        programs: &[run_c("cbranch")],
        limit: LONG,
        expect: &[Expect::Present(&[r"^cbranch: 763 ok, 0 failed$"])],
        ..Case::DEFAULT
    },
    Case {
        name: "cstop",
        programs: &[run_c("cstop")],
        // An end must take longer than a turn, and GXemul's ticks come by the host's clock.
        machines: &[Machine::Malta],
        typed: &[Typed {
            after: "hit a key: ",
            bytes: b"k",
        }],
        expect: &[Expect::Present(&[r"^cstop: 19 ok, 0 failed$"])],
        ..Case::DEFAULT
    },
    Case {
        // It counts turns in a time that GXemul takes from the host.
        name: "cremains",
        programs: &[run_c("cpolite").priority(100), run_c("cremains")],
        machines: &[Machine::Malta],
        command_line: "tick=3000000",
        expect: &[Expect::Lines(&["cremains: 2 ok, 0 failed"])],
        ..Case::DEFAULT
    },
    Case {
        // A tick is a number of instructions on malta only.
        name: "cdodge",
        programs: &[run_c("cdodge")],
        machines: &[Machine::Malta],
        expect: &[Expect::Lines(&["cdodge: 2 ok, 0 failed"])],
        ..Case::DEFAULT
    },
    Case {
        name: "cnofree",
        programs: &[run_c("cnofree")],
        machines: &[Machine::Malta],
        command_line: "tick=200000",
        limit: 200_000,
        expect: &[Expect::Lines(&["cnofree: 50 ok, 0 failed"])],
        ..Case::DEFAULT
    },
    Case {
        name: "climits",
        programs: &[run_c("climits")],
        limit: LONG,
        expect: &[Expect::Lines(&["climits: 9 ok, 0 failed"])],
        ..Case::DEFAULT
    },
    Case {
        // Ticks so close on malta that some come while even this much is looked through.
        name: "cshare",
        programs: &[run_c("cshare")],
        command_line: "tick=200000",
        limit: 100_000,
        expect: &[Expect::Lines(&["cshare: 7 ok, 0 failed"])],
        ..Case::DEFAULT
    },
    Case {
        name: "ckernel",
        programs: &[run_c("ckernel")],
        limit: LONG,
        expect: &[Expect::Lines(&["ckernel: 1357 ok, 0 failed"])],
        ..Case::DEFAULT
    },
    Case {
        // The 4Kc is asked about more instructions than GXemul, so the counts differ.
        name: "chostile",
        programs: &[run_c("chostile")],
        limit: LONG,
        expect: &[
            Expect::Present(&[
                r"^chostile: [34]\d\d ok, 0 failed$",
                r"killed: store to a bad address, pc [0-9a-f]{8}, address 80010000$",
                r"killed: reserved instruction, pc 50000000$",
                r"killed: reserved instruction, pc 50000008$",
                r"killed: arithmetic overflow, pc 50000000$",
                r"killed: store to an unmapped page, out of memory",
                r"panic: aaaa\(message at 7f3fe000 cannot be read\)$",
            ]),
            // Where malta's boot ROM takes an `sdbbp`.
            Expect::Absent(&["^FAILED", "pc bfc005"]),
        ],
        ..Case::DEFAULT
    },
];
