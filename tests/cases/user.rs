//! The programs of `user/` that have no lab of their own.

use mos_run::machine::Machine;
use mos_tests::case::{Case, Expect, run};

pub const CASES: &[Case] = &[
    Case {
        name: "tltest",
        programs: &[run("tltest")],
        expect: &[
            Expect::Lines(&[
                "tltest: storing to kernel memory at 0x80000000",
                "tltest: the child has ended, its parent goes on",
            ]),
            Expect::Present(&[r"killed: store to a bad address, .* address 80000000$"]),
        ],
        ..Case::DEFAULT
    },
    Case {
        name: "testptelibrary",
        programs: &[run("testptelibrary")],
        expect: &[Expect::Lines(&[
            r#"child: shared page "from the parent", private page "from the parent""#,
            r#"grandchild: shared page "from the grandchild", private page "from the grandchild""#,
            r#"child: shared page "from the grandchild", private page "from the parent""#,
            r#"parent: shared page "from the grandchild", private page "from the parent""#,
        ])],
        ..Case::DEFAULT
    },
    Case {
        name: "msgserver",
        programs: &[run("msgserver")],
        expect: &[Expect::Lines(&[
            "msgserver: 5 clients, 40 calls each",
            "msgserver: 3 pages for [1, 2, 3, 4]",
            "msgserver: the answer has 1 page: 102",
            "msgserver: at once: Err(IpcNotRecv)",
            "msgserver: afterwards: Err(Failed { error: BadEnv, sent: false })",
            "msgserver: after two ticks: Err(Timeout)",
        ])],
        ..Case::DEFAULT
    },
    Case {
        name: "forktree",
        programs: &[run("forktree")],
        expect: &[Expect::Snapshot("forktree")],
        ..Case::DEFAULT
    },
    Case {
        name: "forkmem",
        programs: &[run("forkmem")],
        expect: &[Expect::Lines(&[
            "forkmem: all memory is taken",
            "forkmem: with a few frames free, there is a child",
            "forkmem: done",
        ])],
        ..Case::DEFAULT
    },
    Case {
        name: "nested",
        programs: &[run("nested")],
        expect: &[Expect::Lines(&[
            "nested: 4 faults deep, 0 left",
            "nested: page 0 has 100",
            "nested: page 1 has 101",
            "nested: page 2 has 102",
            "nested: page 3 has 103",
        ])],
        ..Case::DEFAULT
    },
    Case {
        // A tick is hardly longer than its own handling, so that one comes every few instructions, and between
        // those with which an upcall returns. Where it is hardly longer than that handling for one of the two and shorter
        // than that for the other, it keeps step, and one of them never gets anywhere.
        name: "faultregs_among_ticks",
        programs: &[run("faultregs")],
        machines: &[Machine::Malta],
        command_line: "tick=3800",
        limit: 1_000_000,
        expect: &[Expect::Lines(&[
            "faultregs: all registers survived 300 upcalls",
        ])],
        ..Case::DEFAULT
    },
    Case {
        name: "faultregs",
        programs: &[run("faultregs")],
        expect: &[Expect::Lines(&[
            "faultregs: all registers survived 300 upcalls",
        ])],
        ..Case::DEFAULT
    },
    Case {
        name: "sendpage",
        programs: &[run("sendpage")],
        expect: &[Expect::Snapshot("sendpage")],
        ..Case::DEFAULT
    },
    Case {
        name: "callring",
        programs: &[run("callring")],
        expect: &[Expect::Lines(&[
            "callring: 1024 after 10 calls",
            "callring: the server answered 10 calls",
        ])],
        ..Case::DEFAULT
    },
    Case {
        name: "two_that_call_each_other_leave_a_third_its_turns",
        programs: &[
            run("circle"),
            run("circle").priority(2),
            run("circle").priority(3),
        ],
        expect: &[Expect::Lines(&[
            "circle: 2 called one another, and I had 60 turns",
        ])],
        ..Case::DEFAULT
    },
    Case {
        name: "eight_that_call_one_another_leave_a_ninth_its_turns",
        programs: &[
            run("circle"),
            run("circle").priority(2),
            run("circle").priority(3),
            run("circle").priority(9),
            run("circle").priority(4),
            run("circle").priority(2),
            run("circle").priority(5),
            run("circle").priority(7),
            run("circle").priority(2),
        ],
        expect: &[Expect::Lines(&[
            "circle: 8 called one another, and I had 60 turns",
        ])],
        ..Case::DEFAULT
    },
    Case {
        name: "who_gives_way_among_those_that_call_takes_nothing_from_the_others",
        programs: &[
            run("circle").priority(2),
            run("circle"),
            run("circle").priority(4),
            run("circle"),
            run("circle").priority(3),
        ],
        expect: &[Expect::Lines(&[
            "circle: 4 called one another, and I had 60 turns",
        ])],
        ..Case::DEFAULT
    },
    Case {
        name: "leak",
        programs: &[run("leak")],
        expect: &[Expect::Lines(&[
            "leak: free frames after 5 trees: as many as before",
        ])],
        ..Case::DEFAULT
    },
    Case {
        name: "stresssched",
        programs: &[run("stresssched")],
        expect: &[Expect::Present(&[
            r"^\[00000401\] stresssched on CPU 0$",
            r"^\[00000414\] stresssched on CPU 0$",
            "^stresssched: 20 children counted to 2000000 together$",
        ])],
        ..Case::DEFAULT
    },
    Case {
        name: "fairness",
        programs: &[run("fairness")],
        expect: &[Expect::Lines(&[
            "fairness: 4 busy loops kept step: true",
            "fairness: the one that gives way kept step too: true",
        ])],
        ..Case::DEFAULT
    },
    Case {
        name: "endings",
        programs: &[run("endings")],
        expect: &[
            Expect::Lines(&[
                "endings: after return, the parent goes on",
                "endings: after error, the parent goes on",
                "endings: after exit, the parent goes on",
                "endings: after panic, the parent goes on",
                "endings: after index, the parent goes on",
            ]),
            Expect::InOrder(&[
                "error: file not found$",
                r"panic: user/src/bin/endings.rs:\d+: this child panics$",
                r"panic: user/src/bin/endings.rs:\d+: index out of bounds",
            ]),
        ],
        ..Case::DEFAULT
    },
    Case {
        name: "priorities",
        machines: &[Machine::Malta],
        programs: &[run("loop"), run("loop").priority(3)],
        expect: &[Expect::Lines(&[
            "loop: priority 1 did 24 percent of the work",
            "loop: priority 3 did 75 percent of the work",
        ])],
        ..Case::DEFAULT
    },
    Case {
        // There, a time slice is as long as the host makes it.
        name: "priorities_in_real_time",
        machines: &[Machine::Gxemul],
        programs: &[run("loop"), run("loop").priority(3)],
        expect: &[Expect::InOrder(&[
            r"^loop: priority 1 did [1-4]\d percent of the work$",
            r"^loop: priority 3 did [5-8]\d percent of the work$",
        ])],
        ..Case::DEFAULT
    },
];
