//! Programs in C against the bare ABI. Each counts its own expectations and says which failed.

use mos_tests::case::{Case, Expect, Typed, run_c};

/// Time slices for a program that starts hundreds of others.
const LONG: u32 = 12_000;

pub const CASES: &[Case] = &[
    Case {
        name: "cfork",
        programs: &[run_c("cfork")],
        expect: &[Expect::Lines(&["cfork: 21 ok, 0 failed"])],
        ..Case::DEFAULT
    },
    Case {
        name: "cipc",
        programs: &[run_c("cipc")],
        expect: &[Expect::Lines(&["cipc: 34 ok, 0 failed"])],
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
        expect: &[Expect::Lines(&["cupcall: 29 ok, 0 failed"])],
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
                r"^chostile: 2\d\d ok, 0 failed$",
                r"killed: store to a bad address, pc [0-9a-f]{8}, address 80010000$",
                r"killed: reserved instruction, pc 50000000$",
                r"killed: arithmetic overflow, pc 50000000$",
                r"killed: store to an unmapped page, out of memory",
                r"panic: aaaa\(message at 7f3fe000 cannot be read\)$",
            ]),
            Expect::Absent(&["^FAILED"]),
        ],
        ..Case::DEFAULT
    },
];
