//! Kernels that give the CPU away by another rule than that of MOS: who gets how much, on both machines.
//!
//! How long a slice is on GXemul is up to its clock, so there turns count alone.

use mos_run::features::{Features, Sched};
use mos_run::machine::Machine::{Gxemul, Malta};
use mos_tests::case::{Case, Expect, Program, run};

use super::challenges::PRIMES;

/// Loops whose shares are 1, 2 and 3 of 6.
const SHARES: &[Program] = &[
    run("shares"),
    run("shares").priority(2),
    run("shares").priority(3),
];

const CASE: Case = Case {
    programs: SHARES,
    // About 12,000 instructions.
    command_line: "tick=100000",
    limit: 200_000,
    ..Case::DEFAULT
};

const PRIORITY: Case = Case {
    features: Features::sched(Sched::Priority),
    ..CASE
};

const STRIDE: Case = Case {
    features: Features::sched(Sched::Stride),
    ..CASE
};

const LOTTERY: Case = Case {
    features: Features::sched(Sched::Lottery),
    ..CASE
};

/// Less than 13.82, which one run in a thousand exceeds.
const LIKELY: &str = r"^at most [0-9.]+ % off, chi-square ([0-9]|1[0-2])\.\d\d$";

/// What two programs print, in whatever order.
const MESSAGES: &[Expect] = &[Expect::Present(&[
    "^callring: 1024 after 10 calls$",
    "^callring: the server answered 10 calls$",
    "^msgserver: 5 clients, 40 calls each$",
    r"^msgserver: 3 pages for \[1, 2, 3, 4\]$",
    r"^msgserver: after two ticks: Err\(Timeout\)$",
])];

pub const CASES: &[Case] = &[
    Case {
        name: "by_strides_work_is_less_than_a_percent_off",
        machines: &[Malta],
        expect: &[Expect::InOrder(&[
            r"^\[mos\] scheduler: stride$",
            r"^priority 1: (499|50[01]) turns, 16\.[67]\d % of the work$",
            r"^priority 2: (999|100[01]) turns, 33\.[23]\d % of the work$",
            r"^priority 3: (1499|150[01]) turns, (49\.9|50\.0)\d % of the work$",
            r"^at most 0\.\d\d % off, chi-square 0\.00$",
        ])],
        ..STRIDE
    },
    Case {
        name: "by_strides_turns_are_as_even_as_can_be",
        machines: &[Gxemul],
        expect: &[Expect::InOrder(&[
            r"^\[mos\] scheduler: stride$",
            "^priority 1: (499|50[01]) turns",
            "^priority 2: (999|100[01]) turns",
            "^priority 3: (1499|150[01]) turns",
            r"chi-square 0\.00$",
        ])],
        ..STRIDE
    },
    Case {
        name: "the_highest_has_all_there_is",
        expect: &[Expect::InOrder(&[
            r"^\[mos\] scheduler: fixed priorities$",
            r"^priority 1: 0 turns, 0\.00 % of the work$",
            r"^priority 2: 0 turns, 0\.00 % of the work$",
            r"^priority 3: (2999|300[01]) turns, 100\.00 % of the work$",
        ])],
        ..PRIORITY
    },
    Case {
        name: "lots_fall_as_they_should",
        command_line: "tick=100000 seed=1",
        expect: &[Expect::InOrder(&[r"^\[mos\] scheduler: lottery$", LIKELY])],
        ..LOTTERY
    },
    Case {
        name: "lots_of_another_seed_do_too",
        command_line: "tick=100000 seed=2",
        expect: &[Expect::Present(&[LIKELY])],
        ..LOTTERY
    },
    // Programs that know nothing of it: calls, lines and timeouts; and as many environments as there can be.
    Case {
        name: "messages_by_strides",
        programs: &[run("callring"), run("msgserver")],
        expect: MESSAGES,
        ..STRIDE
    },
    Case {
        name: "messages_by_lot",
        programs: &[run("callring"), run("msgserver")],
        expect: MESSAGES,
        ..LOTTERY
    },
    Case {
        name: "messages_with_fixed_priorities",
        programs: &[run("callring"), run("msgserver").priority(2)],
        expect: MESSAGES,
        ..PRIORITY
    },
    Case {
        name: "all_environments_by_strides",
        programs: &[run("primes")],
        machines: &[Malta],
        command_line: "",
        expect: PRIMES,
        ..STRIDE
    },
    Case {
        name: "all_environments_by_lot",
        programs: &[run("primes")],
        machines: &[Malta],
        command_line: "",
        expect: PRIMES,
        ..LOTTERY
    },
    Case {
        name: "all_environments_with_fixed_priorities",
        programs: &[run("primes")],
        machines: &[Malta],
        command_line: "",
        expect: PRIMES,
        ..PRIORITY
    },
];
