//! Descriptors: pipes, the console, and programs that others start.

use mos_run::machine::Machine;
use mos_tests::case::{Case, Disk, Expect, Typed, run};

/// What `manypipes` prints.
const MANY_PIPES: &[Expect] = &[Expect::Lines(&[
    "manypipes: records of each writer: [120, 120, 120], torn: 0",
    "manypipes: records of each writer: [120, 120, 120], torn: 0",
    "manypipes: records that readers have had: 200",
    "manypipes: 200000 bytes, 0 of them wrong, exit status 0",
    "manypipes: 1500 records while writers were ended, and then the end",
    "manypipes: and without a reader: nobody reads the pipe",
    "manypipes: frames lost: 0",
])];

const MOTD: Disk = Disk::Files(&[("/motd", b"This is /motd, the message of the day.\n")]);

/// Typed after the question `after`.
const fn typed(after: &'static str, bytes: &'static [u8]) -> Typed {
    Typed { after, bytes }
}

pub const CASES: &[Case] = &[
    Case {
        name: "testpipe",
        programs: &[run("testpipe")],
        expect: &[
            Expect::InOrder(&[
                "^pipe read closed properly$",
                r"^\.$",
                "^pipe write closed properly$",
                "^pipe tests passed$",
            ]),
            Expect::Absent(&["^child got"]),
        ],
        ..Case::DEFAULT
    },
    Case {
        name: "testpiperace",
        programs: &[run("testpiperace")],
        expect: &[Expect::Lines(&[
            "testing for dup race...",
            "child done with loop",
            "race didn't happen, 3 descriptors are left",
        ])],
        ..Case::DEFAULT
    },
    Case {
        name: "manypipes",
        programs: &[run("manypipes")],
        limit: 20_000,
        expect: MANY_PIPES,
        ..Case::DEFAULT
    },
    Case {
        // A tick every few instructions: some come amid what is done with what several have. Seldom ones find nothing.
        name: "manypipes_among_ticks",
        programs: &[run("manypipes")],
        machines: &[Machine::Malta],
        command_line: "tick=4201",
        limit: 1_000_000,
        expect: MANY_PIPES,
        ..Case::DEFAULT
    },
    Case {
        name: "copies",
        programs: &[run("copies")],
        expect: &[Expect::Lines(&["copies: 0 wrong"])],
        ..Case::DEFAULT
    },
    Case {
        name: "heaptest",
        programs: &[run("heaptest")],
        expect: &[Expect::Lines(&[
            "heap: 1000 entries, sum 499500",
            "heap: the child has 500",
            "heap: the parent still has 1000",
            "heap: used again: true",
            "heap: memory is over: true",
            "heap: too much: true",
            "heap: again: true",
        ])],
        ..Case::DEFAULT
    },
    Case {
        name: "spawntest",
        programs: &[run("spawntest")],
        limit: 20_000,
        expect: &[
            Expect::InOrder(&[
                r#"^child: argument 0: "spawntest"$"#,
                r#"^child: argument 1: "tell"$"#,
                r#"^child: argument 2: ""$"#,
                r#"^child: argument 3: "two words"$"#,
                r#"^child: COLOUR is "blue"$"#,
                r#"^child: PWD is "/far/away"$"#,
                "^child: in /far/away$",
                "^spawntest: told: exit status 0$",
                "^child: 2002 arguments, 20904 bytes$",
                "^spawntest: many arguments: exit status 0$",
                r"^spawntest: too many: Some\(System\(NoMem\)\)$",
                "^spawntest: well: exit status 0, true$",
                "^spawntest: badly: exit status 7, true$",
                "^spawntest: file not found$",
                "^spawntest: failing: exit status 1, true$",
                "panic: .*: as I was told$",
                "^spawntest: panic: killed, true$",
                "killed: store to a read-only page, ",
                "^spawntest: fault: killed, true$",
                "^spawntest: spin: killed, true$",
                "^spawntest: forked: exit status 42$",
                r#"^spawntest: piped: "ALL OF THIS IS IN CAPITALS", exit status 0$"#,
                r"^spawntest: asleep: \(None, None\), ran 0 times$",
                "^spawntest: and woken: exit status 0$",
                "^fork solved the problem of PTE_LIBRARY: true$",
                "^spawn solved the problem of PTE_LIBRARY: true$",
                r"^spawntest: not programs, refused and started: \[\(52, 0\), \(52, 0\)\]$",
                "^spawntest: frames lost: 0$",
                "^spawntest: scarce: some failed: true, some did not: true$",
                "^spawntest: scarce: frames lost: 0$",
            ]),
            Expect::Absent(&["^child: SHAPE"]),
        ],
        ..Case::DEFAULT
    },
    Case {
        name: "spawndisk",
        programs: &[run("spawndisk"), run("fs").device()],
        disks: &[MOTD],
        limit: 6000,
        expect: &[Expect::InOrder(&[
            r#"^spawndisk: exit status 3: "/self says Some\(\\"hello\\"\)\\n"$"#,
            "^spawndisk: frames lost: 0$",
            r"^spawndisk: /nothing: Err\(System\(NotFound\)\)$",
            r"^spawndisk: /motd: Err\(System\(NotExec\)\)$",
            r"^spawndisk: /: Err\(",
        ])],
        ..Case::DEFAULT
    },
    Case {
        name: "consoletest",
        programs: &[run("consoletest")],
        typed: &[
            typed("corrected: ", b"abx\x7fc wrong\x17d\r"),
            typed("without end: ", b"no\x15so\x04"),
            typed("nothing: ", b"\x04"),
            typed("long: ", b"sixteen and more than that\n"),
            typed("key: ", b"\x01"),
            typed("child: ", b"for the child\n"),
            typed("interrupt: ", b"never read\x03"),
            typed("last: ", b"mine\n"),
        ],
        limit: 1_000_000,
        expect: &[Expect::InOrder(&[
            r#"^consoletest: corrected: "abc d\\n"$"#,
            r#"^consoletest: without end: "so"$"#,
            r#"^consoletest: nothing: ""$"#,
            r#"^consoletest: long: "sixteen and more"$"#,
            r#"^consoletest: rest: " than that\\n"$"#,
            r#"^consoletest: key: "\\u\{1\}"$"#,
            r#"^consoletest: child: "for the child\\n"$"#,
            "^consoletest: exit status 0$",
            "^consoletest: killed$",
            r#"^consoletest: last: "mine\\n"$"#,
        ])],
        ..Case::DEFAULT
    },
];
