//! Programs that go by names of MOS's lab 4.

use mos_tests::case::{Case, Expect, run};

pub const CASES: &[Case] = &[
    Case {
        name: "pingpong_strong",
        programs: &[run("pingpong_strong").priority(20)],
        expect: &[Expect::Lines(&[
            "@@@@@send 0 from 00000400 to 00000401",
            "00000401 am waiting.....",
            "00000400 am waiting.....",
            "00000401 got 0 from 00000400",
            "@@@@@send 1 from 00000401 to 00000400",
            "00000401 am waiting.....",
            "00000400 got 1 from 00000401",
            "@@@@@send 2 from 00000400 to 00000401",
            "00000400 am waiting.....",
            "00000401 got 2 from 00000400",
            "@@@@@send 3 from 00000401 to 00000400",
            "00000401 am waiting.....",
            "00000400 got 3 from 00000401",
            "@@@@@send 4 from 00000400 to 00000401",
            "00000400 am waiting.....",
            "00000401 got 4 from 00000400",
            "@@@@@send 5 from 00000401 to 00000400",
            "00000401 am waiting.....",
            "00000400 got 5 from 00000401",
            "@@@@@send 6 from 00000400 to 00000401",
            "00000400 am waiting.....",
            "00000401 got 6 from 00000400",
            "@@@@@send 7 from 00000401 to 00000400",
            "00000401 am waiting.....",
            "00000400 got 7 from 00000401",
            "@@@@@send 8 from 00000400 to 00000401",
            "00000400 am waiting.....",
            "00000401 got 8 from 00000400",
            "@@@@@send 9 from 00000401 to 00000400",
            "00000401 am waiting.....",
            "00000400 got 9 from 00000401",
            "@@@@@send 10 from 00000400 to 00000401",
            "00000401 got 10 from 00000400",
        ])],
        ..Case::DEFAULT
    },
    Case {
        name: "fkipc",
        programs: &[run("fkipc")],
        expect: &[Expect::Lines(&[
            "this is father: sending 1 to 00000401",
            "  this is child: got 1 from 00000400",
            "    this is grandchild: got 2 from 00000401",
            "  this is child: got 3 from 00000402",
            "this is father: got 4 from 00000401",
        ])],
        ..Case::DEFAULT
    },
    Case {
        // It gives way to the other for as long as that is there, and ends with it.
        name: "idle",
        programs: &[run("idle"), run("pingpong")],
        expect: &[Expect::Present(&["^pingpong: counted to 10$"])],
        ..Case::DEFAULT
    },
    Case {
        // Twice as many of the one whose turns are twice as long.
        name: "user_A_and_user_B",
        programs: &[run("user_A"), run("user_B").priority(2)],
        expect: &[Expect::InOrder(&[r"^(1+2+){5,}$"])],
        ..Case::DEFAULT
    },
    Case {
        name: "testbss",
        programs: &[run("testbss")],
        expect: &[Expect::Lines(&[
            "Making sure bss works right...",
            "Yes, good.  Now doing a wild write off the end...",
            "passive allocation: page 1 behind the end has come, with Some(PteFlags(R | V)): 0bad0bad, and 0 behind it",
        ])],
        ..Case::DEFAULT
    },
];
