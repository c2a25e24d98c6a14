//! Boot, console, power off.

use mos_run::machine::Machine;
use mos_tests::case::{Case, End, Expect, Typed, run, run_bytes};

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
    Case {
        name: "a_panic_says_where_and_who_called",
        programs: &[run("hello")],
        command_line: "crash=panic",
        end: End::Failing,
        expect: &[Expect::InOrder(&[
            r"^\[mos\] kernel panic: panicked at kernel/src/crash.rs:\d+:\d+:$",
            r"^the command line asked for it$",
            r"sp [0-9a-f]{8}",
            r"status [0-9a-f]{8}",
            r"at [0-9a-f]{8} .*Crash.*now",
            r"at [0-9a-f]{8} .*boot",
            r"at [0-9a-f]{8} main",
        ])],
        ..Case::DEFAULT
    },
    Case {
        name: "a_fault_of_the_kernel_is_a_panic",
        programs: &[run("hello")],
        command_line: "crash=fault",
        end: End::Failing,
        expect: &[Expect::InOrder(&[
            r"^\[mos\] kernel panic: load from a bad address, pc [0-9a-f]{8}, address 80000001$",
            r"at [0-9a-f]{8} .*Crash.*now",
            r"at [0-9a-f]{8} .*boot",
        ])],
        ..Case::DEFAULT
    },
    Case {
        name: "a_program_that_is_none_fails_the_run_and_the_others_go_on",
        programs: &[run_bytes("rubbish", b"not an ELF file"), run("hello")],
        end: End::Failing,
        expect: &[Expect::InOrder(&[
            r"^\[mos\] cannot start rubbish: not an executable$",
            r"^hello, I am",
            r"^\[mos\] power off, but not every program was started$",
        ])],
        ..Case::DEFAULT
    },
];
