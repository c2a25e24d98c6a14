//! Programs that fault, as JOS's lab 4 has them.

use mos_tests::case::{Case, Expect, run};

pub const CASES: &[Case] = &[
    Case {
        name: "the_log_tells_who_begins_and_ends_in_the_words_of_jos",
        programs: &[run("spin"), run("breakpoint")],
        command_line: "log=debug",
        expect: &[
            Expect::InOrder(&[
                r"^\[00000000\] new env 00000400$",
                r"^\[00000400\] new env 00000402$",
                r"^\[00000400\] destroying 00000402$",
                r"^\[00000400\] free env 00000402$",
                r"^\[00000400\] exiting gracefully$",
                r"^\[00000400\] free env 00000400$",
            ]),
            Expect::InOrder(&[
                r"^\[00000401\] killed: break instruction, pc ",
                r"^\[00000401\] free env 00000401$",
            ]),
            Expect::Absent(&[r"^\[00000401\] exiting", r"destroying 0000040[01]$"]),
        ],
        ..Case::DEFAULT
    },
    Case {
        name: "faultread",
        programs: &[run("faultread")],
        expect: &[Expect::Present(&[
            r"killed: load from an unmapped page, pc [0-9a-f]{8}, address 00000000$",
        ])],
        ..Case::DEFAULT
    },
    Case {
        name: "faultreadkernel",
        programs: &[run("faultreadkernel")],
        expect: &[Expect::Present(&[
            r"killed: load from a bad address, pc [0-9a-f]{8}, address 80010000$",
        ])],
        ..Case::DEFAULT
    },
    Case {
        name: "faultwrite",
        programs: &[run("faultwrite")],
        expect: &[Expect::Present(&[
            r"killed: store to an unmapped page, pc [0-9a-f]{8}, address 00000000$",
        ])],
        ..Case::DEFAULT
    },
    Case {
        name: "faultwritekernel",
        programs: &[run("faultwritekernel")],
        expect: &[Expect::Present(&[
            r"killed: store to a bad address, pc [0-9a-f]{8}, address 80010000$",
        ])],
        ..Case::DEFAULT
    },
    Case {
        name: "faultdie",
        programs: &[run("faultdie")],
        expect: &[
            Expect::Lines(&["i faulted at va eadbeec, err 3"]),
            Expect::Absent(&["nobody comes here"]),
        ],
        ..Case::DEFAULT
    },
    Case {
        name: "faultalloc",
        programs: &[run("faultalloc")],
        expect: &[Expect::Lines(&[
            "fault eadbeec",
            "I read 00000000 from location 0xeadbeec!",
            "fault afebffc",
            "I read 00000000 from location 0xafebffc!",
            "fault afec000",
            "I read 00000000 from location 0xafec000!",
            "once more: 00000000",
        ])],
        ..Case::DEFAULT
    },
    Case {
        name: "faultallocbad",
        programs: &[run("faultallocbad")],
        expect: &[Expect::Lines(&["the kernel says Err(Inval)"])],
        ..Case::DEFAULT
    },
    Case {
        name: "faultnostack",
        programs: &[run("faultnostack")],
        expect: &[Expect::Present(&[
            r"killed: store to an unmapped page, bad exception stack, pc",
        ])],
        ..Case::DEFAULT
    },
    Case {
        name: "faultbadhandler",
        programs: &[run("faultbadhandler")],
        expect: &[Expect::Present(&[
            r"killed: load from an unmapped page, bad exception stack, pc 0eadbee8",
        ])],
        ..Case::DEFAULT
    },
    Case {
        name: "faultevilhandler",
        programs: &[run("faultevilhandler")],
        expect: &[
            Expect::Lines(&["the kernel says Err(Inval)"]),
            Expect::Present(&[r"killed: store to an unmapped page, pc"]),
        ],
        ..Case::DEFAULT
    },
    Case {
        name: "buggyhello",
        programs: &[run("buggyhello")],
        expect: &[Expect::Lines(&["the kernel says Err(Inval)"])],
        ..Case::DEFAULT
    },
    Case {
        name: "evilhello",
        programs: &[run("evilhello")],
        expect: &[Expect::Lines(&["the kernel says Err(Inval)"])],
        ..Case::DEFAULT
    },
    Case {
        name: "breakpoint",
        programs: &[run("breakpoint")],
        expect: &[Expect::Present(&[r"killed: break instruction, pc"])],
        ..Case::DEFAULT
    },
    Case {
        name: "divzero",
        programs: &[run("divzero")],
        expect: &[Expect::Present(&[r"killed: break instruction, pc"])],
        ..Case::DEFAULT
    },
    Case {
        name: "illegal",
        programs: &[run("illegal")],
        expect: &[
            Expect::Lines(&[
                "skipping: OVERFLOW",
                "skipping: COPROCESSOR",
                "skipping: BREAKPOINT",
                "and now without a handler for it",
            ]),
            Expect::Present(&[r"killed: reserved instruction, pc"]),
        ],
        ..Case::DEFAULT
    },
];
