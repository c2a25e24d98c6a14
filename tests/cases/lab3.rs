//! Environments: starting them, sharing the CPU, ending them.

use mos_tests::case::{Case, Expect, run};

pub const CASES: &[Case] = &[
    Case {
        name: "hello",
        programs: &[run("hello")],
        expect: &[Expect::Lines(&["hello, I am environment 00000400"])],
        ..Case::DEFAULT
    },
    Case {
        name: "yield",
        programs: &[run("yield")],
        expect: &[
            Expect::InOrder(&[
                r"^Hello, I am environment 00000401\.$",
                r"^Back in environment 00000401, iteration 0\.$",
                r"^Back in environment 00000401, iteration 4\.$",
                r"^All done in environment 00000401\.$",
                "^yield: 4 environments, 5 rounds, 0 turns missed$",
            ]),
            Expect::InOrder(&[
                r"^Hello, I am environment 00000404\.$",
                r"^Back in environment 00000404, iteration 0\.$",
                r"^Back in environment 00000404, iteration 4\.$",
                r"^All done in environment 00000404\.$",
                "^yield: 4 environments, 5 rounds, 0 turns missed$",
            ]),
        ],
        ..Case::DEFAULT
    },
    Case {
        name: "preemption",
        programs: &[run("spin")],
        expect: &[Expect::AnyOrder(&[
            "I am the parent.  Forking the child...",
            "I am the parent.  Running the child...",
            "I am the child.  Spinning...",
            "I am the parent.  Killing the child...",
            "spin: the child had 8 time slices or more",
            "spin: the child has ended: true",
            "spin: ending it again gives Err(BadEnv)",
        ])],
        ..Case::DEFAULT
    },
];
