//! Boot, console, power off.

use mos_tests::case::{Case, End, Expect, Typed, run};
use mos_tools::machine::Machine;

pub const CASES: &[Case] = &[
    Case {
        name: "banner_malta",
        machines: &[Machine::Malta],
        programs: &[run("hello")],
        expect: &[Expect::InOrder(&[
            r"^\[mos\] MOS \d+\.\d+\.\d+ .*malta.*4Kc.*00018000.*64 MiB.*pages free$",
            r"^\[mos\] power off$",
        ])],
        ..Case::DEFAULT
    },
    Case {
        name: "banner_gxemul",
        machines: &[Machine::Gxemul],
        programs: &[run("hello")],
        expect: &[Expect::InOrder(&[
            r"^\[mos\] MOS \d+\.\d+\.\d+ .*testmips.*R3000.*00000220.*64 MiB.*pages free$",
            r"^\[mos\] power off$",
        ])],
        ..Case::DEFAULT
    },
    Case {
        name: "console_input",
        programs: &[run("echo")],
        typed: &[
            Typed {
                after: "type a line: ",
                bytes: b"one ",
            },
            Typed {
                after: "one ",
                bytes: b"line\r",
            },
        ],
        expect: &[Expect::Lines(&[
            "type a line: one line",
            r#"you typed "one line", 8 bytes"#,
        ])],
        ..Case::DEFAULT
    },
    Case {
        // Nobody types what it waits for.
        name: "time_limit_fails",
        programs: &[run("echo")],
        limit: 20,
        end: End::Failing,
        expect: &[Expect::Present(&[r"\[mos\] time limit"])],
        ..Case::DEFAULT
    },
];
