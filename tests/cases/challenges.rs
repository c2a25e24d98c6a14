//! The programs of the challenges, each with the lines that its like is known for, and what must be left of all: nothing.

use mos_tests::case::{Case, Expect, Typed, run};

pub const CASES: &[Case] = &[
    Case {
        name: "what_is_ours_alone_is_so_however_it_is_marked",
        programs: &[run("ownpages")],
        expect: &[Expect::InOrder(&[
            "^0 results are missing$",
            "^0 results are missing$",
            "^it is where it was: true$",
        ])],
        ..Case::DEFAULT
    },
    Case {
        name: "dumbfork",
        programs: &[run("dumbfork")],
        expect: &[Expect::AnyOrder(&[
            "0: I am the parent!",
            "1: I am the parent!",
            "2: I am the parent!",
            "3: I am the parent!",
            "4: I am the parent!",
            "5: I am the parent!",
            "6: I am the parent!",
            "7: I am the parent!",
            "8: I am the parent!",
            "9: I am the parent!",
            "0: I am the child!",
            "1: I am the child!",
            "2: I am the child!",
            "3: I am the child!",
            "4: I am the child!",
            "5: I am the child!",
            "6: I am the child!",
            "7: I am the child!",
            "8: I am the child!",
            "9: I am the child!",
            "10: I am the child!",
            "11: I am the child!",
            "12: I am the child!",
            "13: I am the child!",
            "14: I am the child!",
            "15: I am the child!",
            "16: I am the child!",
            "17: I am the child!",
            "18: I am the child!",
            "19: I am the child!",
        ])],
        ..Case::DEFAULT
    },
    Case {
        name: "pingpongs",
        programs: &[run("pingpongs")],
        expect: &[Expect::Lines(&[
            "i am 00000400; thisenv is 0x7f400000",
            "send 0 from 00000400 to 00000401",
            "00000401 got 0 from 00000400 (thisenv is 0x7f4000e8 00000401)",
            "00000400 got 1 from 00000401 (thisenv is 0x7f400000 00000400)",
            "00000401 got 2 from 00000400 (thisenv is 0x7f4000e8 00000401)",
            "00000400 got 3 from 00000401 (thisenv is 0x7f400000 00000400)",
            "00000401 got 4 from 00000400 (thisenv is 0x7f4000e8 00000401)",
            "00000400 got 5 from 00000401 (thisenv is 0x7f400000 00000400)",
            "00000401 got 6 from 00000400 (thisenv is 0x7f4000e8 00000401)",
            "00000400 got 7 from 00000401 (thisenv is 0x7f400000 00000400)",
            "00000401 got 8 from 00000400 (thisenv is 0x7f4000e8 00000401)",
            "00000400 got 9 from 00000401 (thisenv is 0x7f400000 00000400)",
            "00000401 got 10 from 00000400 (thisenv is 0x7f4000e8 00000401)",
        ])],
        ..Case::DEFAULT
    },
    Case {
        // Which environment is where depends on who is forked first.
        name: "sforktree",
        programs: &[run("sforktree")],
        expect: &[Expect::Present(&[
            "^00000400: I am ''$",
            r"^0000040[1-9a-e]: I am '0'$",
            r"^0000040[1-9a-e]: I am '1'$",
            r"^0000040[1-9a-e]: I am '00'$",
            r"^0000040[1-9a-e]: I am '01'$",
            r"^0000040[1-9a-e]: I am '10'$",
            r"^0000040[1-9a-e]: I am '11'$",
            r"^0000040[1-9a-e]: I am '000'$",
            r"^0000040[1-9a-e]: I am '001'$",
            r"^0000040[1-9a-e]: I am '010'$",
            r"^0000040[1-9a-e]: I am '011'$",
            r"^0000040[1-9a-e]: I am '100'$",
            r"^0000040[1-9a-e]: I am '101'$",
            r"^0000040[1-9a-e]: I am '110'$",
            r"^0000040[1-9a-e]: I am '111'$",
        ])],
        ..Case::DEFAULT
    },
    Case {
        name: "primes",
        programs: &[run("primes")],
        limit: 12_000,
        expect: PRIMES,
        ..Case::DEFAULT
    },
    Case {
        name: "matrix",
        programs: &[run("matrix")],
        expect: &[Expect::Lines(&["4 9 13", "13 21 28", "22 33 43"])],
        ..Case::DEFAULT
    },
    Case {
        name: "powerseries",
        programs: &[run("powerseries")],
        expect: &[Expect::Lines(&[
            "sin(x + x^3), worked out by 72 environments:",
            "1 x^1",
            "5/6 x^3",
            "-59/120 x^5",
            "-2311/5040 x^7",
            "-30743/362880 x^9",
            "3161069/39916800 x^11",
            "43366409/1245404160 x^13",
            "2117117729/1307674368000 x^15",
            "-1359994188719/355687428096000 x^17",
            "-127713732858667/121645100408832000 x^19",
            "1104033549399061/51090942171709440000 x^21",
            "34935187688366857/397723334444384256000 x^23",
        ])],
        ..Case::DEFAULT
    },
    Case {
        name: "batchfork",
        programs: &[run("batchfork")],
        expect: &[Expect::Lines(&["child: 2 and 3", "parent: 1 and 3"])],
        ..Case::DEFAULT
    },
    Case {
        name: "amnesia",
        programs: &[run("amnesia")],
        typed: &[Typed {
            after: "> ",
            bytes: b"forget\npear\nsave\nplum\nfig\nforget\nkiwi\nforget\nsave\nend\n",
        }],
        expect: &[Expect::Lines(&[
            "Tell me words. \"save\" takes a snapshot of me, \"forget\" takes me back to it, \"end\" ends me.",
            "> forget",
            "(there is no snapshot)",
            "I know:",
            "> pear",
            "I know: pear",
            "> save",
            "(a snapshot is taken)",
            "I know: pear",
            "> plum",
            "I know: pear plum",
            "> fig",
            "I know: pear plum fig",
            "> forget",
            "(back to the snapshot)",
            "I know: pear",
            "> kiwi",
            "I know: pear kiwi",
            "> forget",
            "(back to the snapshot)",
            "I know: pear",
            "> save",
            "(a snapshot is taken)",
            "I know: pear",
            "> end",
            "amnesia: as many environments and free pages as before: true",
        ])],
        ..Case::DEFAULT
    },
    Case {
        name: "anykey",
        programs: &[run("anykey")],
        typed: &[Typed {
            after: "q ends me",
            bytes: b"aq",
        }],
        expect: &[Expect::InOrder(&[
            "^anykey: a key tells how far I am, q ends me$",
            "^a: [0-9]+ primes up to [0-9]+$",
            "^anykey: found some primes meanwhile: true$",
        ])],
        ..Case::DEFAULT
    },
    Case {
        name: "all_of_them_three_times_over_leave_nothing",
        programs: &[run("family")],
        expect: &[Expect::InOrder(&[NOTHING_LEFT; 3])],
        ..Case::DEFAULT
    },
];

const NOTHING_LEFT: &str = "^family: as many environments and free pages as before: true$";

/// As many primes as there are environments besides the first.
pub const PRIMES: &[Expect] = &[Expect::InOrder(&[
    r"^2 3 5 7 11 13 .* 8123 8147$",
    "^primes: fork: out of environments$",
    "^primes: 1023 up to 8147$",
    "^primes: environments and pages are as before: true$",
])];
