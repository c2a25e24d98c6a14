//! Several CPUs. On malta they run at the same time, as far as the host has cores, so nothing is said of an order that only one
//! of them could keep; but for what is to be the same each time.

use mos_run::features::{Features, Lock};
use mos_run::machine::Machine;
use mos_tests::case::{Case, End, Expect, Program, run, run_c};

use super::abi::PAIRS;
use super::console::WHOLE_LINES;

const TWO: Case = Case {
    features: Features::cpus(2),
    ..Case::DEFAULT
};

const FOUR: Case = Case {
    features: Features::cpus(4),
    ..Case::DEFAULT
};

/// What programs print that fork, share, send, wait and end one another.
const FAMILIES: &[Expect] = &[Expect::Present(&[
    r"^\[mos\] [24] CPUs$",
    "^tltest: the child has ended, its parent goes on$",
    r#"^parent: shared page "from the grandchild", private page "from the parent"$"#,
    "^msgserver: 5 clients, 40 calls each$",
    r"^msgserver: 3 pages for \[1, 2, 3, 4\]$",
    r"^msgserver: after two ticks: Err\(Timeout\)$",
    r"^\[mos\] power off$",
])];

/// What courses have their students run: who yields, forks, talks, counts, and is ended.
const COURSE: &[Program] = &[
    run("yield"),
    run("pingpong"),
    run("forktree"),
    run("dumbfork"),
    run("spin"),
    run("stresssched"),
];

/// Who of these says at its end that all was well.
const DONE: &[&str] = &[
    r"^\[mos\] [248] CPUs$",
    "^stresssched: 20 children counted to 2000000 together$",
    "^forktree: '111'$",
    "^19: I am the child!$",
    r"^\[mos\] power off$",
];

pub const CASES: &[Case] = &[
    Case {
        name: "families_on_two",
        programs: &[run("tltest"), run("testptelibrary"), run("msgserver")],
        expect: FAMILIES,
        ..TWO
    },
    Case {
        name: "families_on_four",
        programs: &[run("tltest"), run("testptelibrary"), run("msgserver")],
        expect: FAMILIES,
        ..FOUR
    },
    Case {
        name: "families_on_four_by_turns",
        programs: &[run("tltest"), run("testptelibrary"), run("msgserver")],
        machines: &[Machine::Malta],
        by_turns: true,
        expect: FAMILIES,
        ..FOUR
    },
    Case {
        // A timer that nobody has asked for comes 43 s after the start.
        name: "four_go_on_when_counters_have_run_over",
        programs: &[run("later")],
        machines: &[Machine::Malta],
        by_turns: true,
        limit: 7000,
        expect: &[Expect::Present(&["^later: here I am again$"])],
        ..FOUR
    },
    Case {
        name: "the_first_panic_stops_all",
        command_line: "crash=panic",
        expect: &[
            Expect::InOrder(&[
                r"^\[mos\] kernel panic: CPU 0: panicked at kernel/src/crash\.rs:",
                "^the command line asked for it$",
                r"^  at 8[0-9a-f]{7} .*Crash.*::now \+ ",
                "^CPU 1 was stopped:$",
                r"^  at 8[0-9a-f]{7} .*secondary_main \+ ",
                "^CPU 2 was stopped:$",
                r"^  at 8[0-9a-f]{7} .*secondary_main \+ ",
                "^CPU 3 was stopped:$",
                r"^  at 8[0-9a-f]{7} .*secondary_main \+ ",
            ]),
            Expect::Absent(&["power off"]),
        ],
        end: End::Failing,
        ..FOUR
    },
    Case {
        name: "twenty_count_on_four",
        programs: &[run("stresssched"), run("fairness"), run("pingpongs")],
        expect: &[Expect::Present(&[
            "^stresssched: 20 children counted to 2000000 together$",
        ])],
        limit: 6000,
        ..FOUR
    },
    Case {
        name: "each_knows_its_cpu",
        programs: &[run("where")],
        expect: &[Expect::Present(&["^where: on each of 4 CPUs$"])],
        ..FOUR
    },
    Case {
        name: "lines_of_four_are_whole",
        programs: &[run("lines"), run("lines")],
        expect: WHOLE_LINES,
        ..FOUR
    },
    Case {
        name: "four_rest_for_good",
        programs: &[run("stuck")],
        command_line: "log=debug",
        expect: &[Expect::InOrder(&[
            r"^\[mos DEBUG\] lock tas: \d+ acquisitions, \d+ contended, \d+ spins$",
            r"^\[mos\] nothing can run any more, and these environments are left:$",
            r"^\[mos\]   00000400 waits for a message \(ipc_recv\)$",
            r"^\[mos\]   00000401 waits for a message \(ipc_recv\)$",
            r"^\[mos\]   00000402 waits for a message \(ipc_recv\)$",
            r"^\[mos\]   00000403 is not runnable, and nobody is left to start it$",
        ])],
        end: End::Failing,
        ..FOUR
    },
    Case {
        name: "tickets",
        command_line: "log=debug",
        programs: &[run("testptelibrary"), run("pingpongs")],
        features: Features::cpus(2).with(Lock::Ticket),
        machines: &[Machine::Malta],
        expect: &[Expect::Present(&[
            r"^\[mos DEBUG\] lock ticket: \d{2,} acquisitions, \d+ contended, \d+ spins$",
        ])],
        ..Case::DEFAULT
    },
    Case {
        name: "a_queue",
        command_line: "log=debug",
        programs: &[run("testptelibrary"), run("pingpongs")],
        features: Features::cpus(3).with(Lock::Mcs),
        machines: &[Machine::Gxemul],
        expect: &[Expect::Present(&[
            r"^\[mos DEBUG\] lock mcs: \d{2,} acquisitions, \d+ contended, \d+ spins$",
        ])],
        ..Case::DEFAULT
    },
    Case {
        name: "a_tree_of_children_on_four",
        programs: &[run("forktree"), run("dumbfork"), run("spin")],
        expect: &[Expect::Present(&[r"^\[mos\] power off$"])],
        ..FOUR
    },
    Case {
        name: "all_that_changes_others_at_random_on_four",
        programs: &[run("smptorture")],
        // It has ended long before, however few ticks the host is quick enough for.
        command_line: "audit=100000,65536,0",
        audited: true,
        expect: &[
            Expect::Present(&["^smptorture: seed 1$", "^smptorture: all is as before$"]),
            Expect::Absent(&["wrong", "panic"]),
        ],
        ..FOUR
    },
    Case {
        name: "a_course_on_two",
        programs: COURSE,
        expect: &[Expect::Present(DONE)],
        ..TWO
    },
    Case {
        name: "a_course_on_four_by_turns",
        programs: COURSE,
        machines: &[Machine::Malta],
        by_turns: true,
        limit: 10_000,
        expect: &[Expect::Present(DONE)],
        ..FOUR
    },
    Case {
        name: "a_course_on_eight",
        programs: COURSE,
        features: Features::cpus(8),
        limit: 10_000,
        expect: &[Expect::Present(DONE)],
        ..Case::DEFAULT
    },
    // The same as on one CPU, by shortcut and the long way: see `abi`.
    Case {
        name: "pairs_on_two",
        programs: &[run_c("cpairs")],
        command_line: "tick=2000000",
        expect: &[Expect::Lines(&[PAIRS])],
        ..TWO
    },
    Case {
        name: "pairs_on_four",
        programs: &[run_c("cpairs")],
        command_line: "tick=2000000",
        limit: 10_000,
        expect: &[Expect::Lines(&[PAIRS])],
        ..FOUR
    },
    Case {
        name: "pairs_on_two_with_tickets",
        programs: &[run_c("cpairs"), run("testptelibrary")],
        features: Features::cpus(2).with(Lock::Ticket),
        machines: &[Machine::Malta],
        expect: &[Expect::Present(&[PAIRS])],
        ..Case::DEFAULT
    },
    Case {
        name: "pairs_on_four_in_a_queue",
        programs: &[run_c("cpairs"), run("smptorture")],
        features: Features::cpus(4).with(Lock::Mcs),
        machines: &[Machine::Gxemul],
        expect: &[Expect::Present(&[PAIRS, "^smptorture: all is as before$"])],
        ..Case::DEFAULT
    },
    Case {
        // Nobody types what one of them waits for.
        name: "the_clock_is_one_for_all",
        programs: &[run("echo"), run("loop")],
        limit: 20,
        expect: &[Expect::Present(&[r"\[mos\] time limit reached$"])],
        end: End::Failing,
        ..FOUR
    },
];
