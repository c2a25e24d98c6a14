//! The kernel monitor, as a person at the console has it.

use mos_run::features::Features;
// teacher begin
use mos_run::machine::Machine;
// teacher end
use mos_tests::case::{Case, End, Expect, Typed, run, run_c};

/// What asks for a line, as it is drawn.
const PROMPT: &str = "K> \x1b[K";

pub const CASES: &[Case] = &[
    Case {
        name: "a_key_shows_what_runs",
        features: Features::MONITOR,
        programs: &[run("echo").priority(9), run("hello"), run("loop")],
        typed: &[
            Typed {
                after: "hello, I am environment 00000401",
                bytes: b"\x1d",
            },
            Typed {
                after: PROMPT,
                bytes: b"envs\rqueues\rshowmappings 400 400000\rtlb\rcontinue\r",
            },
            Typed {
                after: "  id ",
                bytes: b"\x1d",
            },
            Typed {
                after: PROMPT,
                bytes: b"help\rhalt\r",
            },
        ],
        end: End::Failing,
        expect: &[Expect::InOrder(&[
            r"^\[mos\] monitor: somebody typed Ctrl-\]; `help` lists the commands$",
            r"^  00000400  00000000  9    .*  waits for the console \(cgetc\)$",
            r"^  00000402  00000000  1    .* (has the CPU|runnable)$",
            r"^  run queue:$",
            r"^  console:$",
            r"^    00000400$",
            r"^  00400000  frame [0-9a-f]{5}  V, 1 references$",
            r"^  id [0-9a-f]{2}  [0-9a-f]{8}  frame [0-9a-f]{5}  ",
            r"^\[mos\] monitor: somebody typed Ctrl-\]; `help` lists the commands$",
            r"^  halt {26}switches the machine off$",
            r"^\[mos\] halted$",
        ])],
        ..Case::DEFAULT
    },
    Case {
        name: "a_program_is_stepped_through_and_never_notices",
        features: Features::MONITOR,
        programs: &[run_c("cbreak")],
        typed: &[
            Typed {
                after: PROMPT,
                bytes: STEPS,
            },
            Typed {
                after: "the child's sum is 820",
                bytes: b"",
            },
            Typed {
                after: PROMPT,
                bytes: b"continue\r",
            },
            Typed {
                after: "all environments have ended",
                bytes: b"halt\r",
            },
        ],
        expect: &[Expect::InOrder(&[
            r"^\[mos\] monitor: break instruction;",
            r"^  \[00000400\] pc 0040[0-9a-f]{4}: 0000000d$",
            r"^\[mos\] monitor: one instruction on;",
            r"^cbreak: the child's sum is 820$",
            r"^\[mos\] monitor: break instruction;",
            r"^cbreak: the sum is 820$",
            r"^cbreak: [0-9]+ ok, 0 failed$",
            r"^\[mos\] power off$",
        ])],
        ..Case::DEFAULT
    },
    Case {
        name: "the_end_can_be_looked_at",
        features: Features::MONITOR,
        programs: &[run("hello")],
        typed: &[Typed {
            after: PROMPT,
            bytes: b"kerninfo\renvs\rhalt\r",
        }],
        expect: &[Expect::InOrder(&[
            r"^\[mos\] monitor: all environments have ended; `help` lists the commands$",
            r"^  code     80010000 to 8[0-9a-f]{7}, [0-9]+ bytes$",
            r"^  [0-9]+ of [0-9]+ pages free, 0 environments$",
            r"^\[mos\] power off$",
        ])],
        ..Case::DEFAULT
    },
    Case {
        name: "a_panic_can_be_looked_at",
        features: Features::MONITOR,
        command_line: "crash=panic",
        typed: &[Typed {
            after: PROMPT,
            bytes: b"backtrace\rsetperm 400 400000 V\rxp 10000 1\rhalt\r",
        }],
        end: End::Failing,
        expect: &[Expect::InOrder(&[
            r"^\[mos\] kernel panic: panicked at",
            r"^\[mos\] monitor: the kernel has panicked; `help` lists the commands$",
            r"^  at 8[0-9a-f]{7} .*Crash.*now",
            r"^there is no such environment; `envs` lists them$",
            r"^  00010000  [0-9a-f]{8} ",
        ])],
        ..Case::DEFAULT
    },
    Case {
        name: "a_fault_of_the_kernel_can_be_looked_at",
        features: Features::MONITOR,
        command_line: "crash=fault",
        typed: &[Typed {
            after: PROMPT,
            bytes: b"backtrace\rx - 80010000 101\rhalt\r",
        }],
        end: End::Failing,
        expect: &[Expect::InOrder(&[
            r"^\[mos\] monitor: the kernel has panicked; `help` lists the commands$",
            r"^  at 8[0-9a-f]{7} .*Crash.*now",
            r"^  at 8[0-9a-f]{7} .*boot",
            r"^  at 80010060 _start",
            r"^  80010000  [0-9a-f]{8} ",
            r"^  and so on: 100 words at a time$",
        ])],
        ..Case::DEFAULT
    },
    // teacher begin
    Case {
        name: "several_are_looked_at",
        features: ON_FOUR,
        programs: &[
            run("where"),
            run("loop"),
            run("loop"),
            run("loop"),
            run("loop"),
            run("loop"),
        ],
        typed: &[
            Typed {
                after: "where: on each of 4 CPUs",
                bytes: b"\x1d",
            },
            Typed {
                after: PROMPT,
                bytes: b"kerninfo\renvs\rqueues\rtlb\rhalt\r",
            },
        ],
        end: End::Failing,
        expect: &[Expect::InOrder(&[
            r"^\[mos\] monitor: somebody typed Ctrl-\]; `help` lists the commands$",
            r"^  CPU 0 of 4; lock tas: [0-9]+ acquisitions, [0-9]+ contended, [0-9]+ spins$",
            r"^  0000040[1-5]  00000000  1    .*  has CPU [1-3]$",
            r"^  CPU [1-3]: 0000040[1-5], 0 time slices left in this turn$",
            "^  CPU 0:$",
            "^  CPU [1-3]:$",
            r"^  id [0-9a-f]{2}  00400000  frame [0-9a-f]{5}  V$",
            r"^\[mos\] halted$",
        ])],
        ..Case::DEFAULT
    },
    Case {
        // Elsewhere the host may have others go on for long before it has the break seen.
        name: "several_stand_still_meanwhile",
        features: ON_FOUR,
        machines: &[Machine::Gxemul],
        programs: &[run_c("cheld")],
        typed: &[
            Typed {
                after: PROMPT,
                bytes: b"help\rhelp\rhelp\rtlb\rqueues\rcontinue\r",
            },
            Typed {
                after: "all environments have ended",
                bytes: b"halt\r",
            },
        ],
        expect: &[Expect::InOrder(&[
            r"^\[mos\] monitor: break instruction;",
            r"^  CPU [0-3]: 00000400, 0 time slices left in this turn$",
            r"^cheld: 1 ok, 0 failed$",
        ])],
        ..Case::DEFAULT
    },
    Case {
        name: "a_program_on_one_of_several_is_stepped_through",
        features: ON_FOUR,
        programs: &[run_c("cbreak")],
        typed: &[
            Typed {
                after: PROMPT,
                bytes: STEPS,
            },
            Typed {
                after: "the child's sum is 820",
                bytes: b"",
            },
            Typed {
                after: PROMPT,
                bytes: b"continue\r",
            },
            Typed {
                after: "all environments have ended",
                bytes: b"halt\r",
            },
        ],
        expect: &[Expect::InOrder(&[
            r"^\[mos\] monitor: break instruction;",
            r"^\[mos\] monitor: one instruction on;",
            r"^cbreak: the child's sum is 820$",
            r"^\[mos\] monitor: break instruction;",
            r"^cbreak: the sum is 820$",
            r"^cbreak: [0-9]+ ok, 0 failed$",
        ])],
        ..Case::DEFAULT
    },
    Case {
        name: "a_panic_of_several_can_be_looked_at",
        features: ON_FOUR,
        command_line: "crash=panic",
        typed: &[Typed {
            after: PROMPT,
            bytes: b"backtrace\rtlb\rhalt\r",
        }],
        end: End::Failing,
        expect: &[Expect::InOrder(&[
            r"^\[mos\] kernel panic: CPU 0: panicked at",
            "^CPU 3 was stopped:$",
            r"^\[mos\] monitor: the kernel has panicked; `help` lists the commands$",
            r"^  at 8[0-9a-f]{7} .*Crash.*now",
            "^  CPU 3:$",
        ])],
        ..Case::DEFAULT
    },
    // teacher end
];

// teacher begin
const ON_FOUR: Features = Features {
    monitor: true,
    ..Features::cpus(4)
};

// teacher end
/// A hundred steps, and on.
const STEPS: &[u8] = &{
    let mut bytes = [b'\r'; 302];
    let mut at = 0;
    while at < 300 {
        bytes[at] = b's';
        bytes[at + 1] = b't';
        at += 3;
    }
    bytes[300] = b'c';
    bytes
};
