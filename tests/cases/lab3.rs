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
        expect: &[Expect::Lines(&[
            "yield: 4 environments, 10 rounds, 0 turns missed",
        ])],
        ..Case::DEFAULT
    },
    Case {
        name: "preemption",
        programs: &[run("spin")],
        expect: &[Expect::Lines(&[
            "spin: the child had 8 time slices or more",
            "spin: the child has ended: true",
            "spin: ending it again gives Err(BadEnv)",
        ])],
        ..Case::DEFAULT
    },
];
