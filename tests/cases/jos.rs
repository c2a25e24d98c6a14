//! Programs that fault, as JOS's lab 4 has them, and what programs for JOS and MOS in C name.

use mos_tests::case::{Case, Expect, run, run_c};

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
    Case {
        name: "what_programs_for_jos_name",
        programs: &[run_c("josport")],
        expect: &[Expect::InOrder(&[
            r"^c\|  -42\|42   \|-0042\|4294967295\|10\|0x1234\|7\|-12345678901\|ABC\|   5\|cut off$",
            r"^%q\|%5\.1f\|ab  \|ab\|out of memory\|error 99\|%\|6, length 12$",
            "^sys_cputs prints as much as it is told$",
            "^what cannot be read: -3$",
            "^sent as 0: perm 0$",
            "^sent as 1: perm 200, 11 in it$",
            "^fault at 0c000ff8, err 6$",
            "^fault at 0c001000, err 6$",
            "^a text across the end of a page$",
            r"^fault at 004[0-9a-f]{5}, err 7$",
            r"^fault at 0c002ff8, err 4$",
            r"^the child left 31, on a page mapped 1 times; here 1$",
            r#"^copied: 403 has "A name that programs have", CPU 0$"#,
            r"^\[00000400\] panic: .*josport\.c:[0-9]+: 400 ends: a name that programs have, bad environment$",
        ])],
        ..Case::DEFAULT
    },
    Case {
        name: "what_programs_for_mos_name",
        programs: &[run_c("mosport")],
        expect: &[
            Expect::Lines(&[
                "a|    1|2    |00003|101|6|10|FF|9|%y|0000beef",
                "a store to 0b000000",
                "401: mapped 2 times, 1 store",
                "said by the child, 0 stores",
                "mapped 1 and 0 times",
            ]),
            Expect::Present(&[
                r"^\[00000400\] panic: .*mosport\.c:[0-9]+: 400 ends, said by the child$",
            ]),
        ],
        ..Case::DEFAULT
    },
];
