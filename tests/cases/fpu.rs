//! The floating-point unit, in a kernel that is built for one.

use mos_run::features::Features;
use mos_run::machine::Machine::{Gxemul, Malta};
use mos_tests::case::{Case, Expect, run};

const UNIT: Case = Case {
    features: Features::FPU,
    ..Case::DEFAULT
};

/// What a child says that begins as it should.
const INHERITS: &str = "has its parent's registers";
/// For each of the programs' children, and their sum.
const KEPT: &[&str] = &[
    INHERITS,
    INHERITS,
    INHERITS,
    INHERITS,
    INHERITS,
    INHERITS,
    INHERITS,
    INHERITS,
    INHERITS,
    INHERITS,
    INHERITS,
    INHERITS,
    "12 environments, 40 rounds: 0 registers are another's",
];

pub const CASES: &[Case] = &[
    Case {
        name: "the_picture_is_the_one_that_integers_draw",
        programs: &[run("mandelbrot")],
        expect: &[Expect::Snapshot("mandelbrot")],
        ..UNIT
    },
    Case {
        name: "many_compute_amid_ticks_and_keep_their_registers",
        programs: &[run("floats")],
        // About 12,000 instructions.
        command_line: "tick=100000",
        limit: 200_000,
        expect: &[Expect::AnyOrder(KEPT)],
        ..UNIT
    },
    Case {
        name: "nobody_sees_registers_of_those_before_it",
        programs: &[run("floatspy")],
        machines: &[Malta],
        expect: &[
            Expect::Snapshot("floatspy"),
            Expect::InOrder(&[
                r"^\[[0-9a-f]{8}\] killed: floating-point exception, pc 00[0-9a-f]{6}, FCSR 00008400$",
                "^one divides by 0: over$",
                r"^\[[0-9a-f]{8}\] killed: floating-point exception, pc 00[0-9a-f]{6}, FCSR 0003ff80$",
                "^one says that everything has happened: over$",
            ]),
        ],
        ..UNIT
    },
    Case {
        name: "nobody_sees_registers_of_those_before_it_where_nothing_is_raised",
        programs: &[run("floatspy")],
        machines: &[Gxemul],
        expect: &[
            Expect::Absent(&["sees a secret", "killed"]),
            Expect::InOrder(&[
                "^  sees nothing$",
                "^one divides by 0: over$",
                "^  12345678 by way of a delay slot$",
                "^  sees nothing$",
            ]),
        ],
        ..UNIT
    },
    Case {
        name: "without_a_unit_a_program_ends_as_ever",
        programs: &[run("floats")],
        machines: &[Malta],
        old_cpu: true,
        expect: &[
            Expect::Lines(&[]),
            Expect::Present(&[r"^\[00000400\] killed: coprocessor instruction, pc 00[0-9a-f]{6}$"]),
        ],
        ..UNIT
    },
    Case {
        name: "a_kernel_for_none_gives_none",
        programs: &[run("floats")],
        expect: &[
            Expect::Lines(&[]),
            Expect::Present(&[r"^\[00000400\] killed: coprocessor instruction, pc 00[0-9a-f]{6}$"]),
        ],
        ..Case::DEFAULT
    },
];
