//! System calls, fork, messages.

use mos_run::machine::Machine;
use mos_tests::case::{Case, Expect, run};

pub const CASES: &[Case] = &[
    Case {
        name: "fktest",
        programs: &[run("fktest")],
        expect: &[Expect::Lines(&[
            "    this is grandchild: a is 3",
            "  this is child: a is 2",
            "this is father: a is 1",
        ])],
        ..Case::DEFAULT
    },
    Case {
        name: "pingpong",
        programs: &[run("pingpong")],
        expect: &[Expect::Snapshot("pingpong")],
        ..Case::DEFAULT
    },
    Case {
        name: "init",
        machines: &[Machine::Malta],
        expect: &[Expect::Snapshot("init")],
        ..Case::DEFAULT
    },
    Case {
        // The two busy loops end in an order that depends on the host's time.
        name: "init_in_real_time",
        machines: &[Machine::Gxemul],
        expect: &[
            Expect::InOrder(&[
                "I forked all that, stored nothing, and still read 1",
                "It is still the frame that I sent: true",
                "and 0 frames of memory were lost",
            ]),
            Expect::Absent(&["counted: false"]),
        ],
        ..Case::DEFAULT
    },
];
