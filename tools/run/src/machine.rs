//! The two machines MOS runs on.

use clap::ValueEnum;
use std::fmt;

/// A machine, named after its emulator's or board's name on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Machine {
    /// QEMU's malta board with a 4Kc: MIPS32, R4000-style TLB.
    Malta,
    /// GXemul's testmips machine with an R3000: MIPS I, R3000 TLB.
    Gxemul,
}

impl Machine {
    /// Both, in the order in which they are built and tested.
    pub const ALL: [Self; 2] = [Self::Malta, Self::Gxemul];

    /// Its name, as in `MACHINE=` and in the folders of `build/`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Malta => "malta",
            Self::Gxemul => "gxemul",
        }
    }

    /// The feature of `mos-kernel` that selects its board.
    pub fn kernel_feature(self) -> &'static str {
        match self {
            Self::Malta => "malta",
            Self::Gxemul => "testmips",
        }
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
