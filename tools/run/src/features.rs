//! What a kernel may have in it that the one of `make run` has not unless somebody asks for it.

use clap::Args;

/// Features of the kernel's crate.
#[derive(Args, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Features {
    /// With the kernel monitor in it: Ctrl-] on the console enters it
    #[arg(long, conflicts_with = "kernel")]
    pub monitor: bool,
    // teacher begin
    /// For programs that use a floating-point unit, on a CPU that has one
    #[arg(long)]
    pub fpu: bool,
    // teacher end
}

impl Features {
    /// None of them.
    pub const NONE: Self = Self {
        monitor: false,
        // teacher begin
        fpu: false,
        // teacher end
    };

    /// The monitor.
    pub const MONITOR: Self = Self {
        monitor: true,
        ..Self::NONE
    };

    // teacher begin
    /// The floating-point unit.
    pub const FPU: Self = Self {
        fpu: true,
        ..Self::NONE
    };

    // teacher end
    /// Their names, as cargo wants them.
    pub fn names(self) -> Vec<&'static str> {
        let all = [
            ("monitor", self.monitor),
            // teacher begin
            ("fpu", self.fpu),
            // teacher end
        ];
        all.iter()
            .filter_map(|&(name, wanted)| wanted.then_some(name))
            .collect()
    }
}
