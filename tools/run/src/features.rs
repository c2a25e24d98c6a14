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
    pub fn names(mut self) -> Vec<&'static str> {
        let each = self.each().into_iter();
        each.filter_map(|(name, wanted)| wanted.then_some(name))
            .collect()
    }

    /// Adds the one with this name. Whether there is one.
    #[must_use]
    pub fn add(&mut self, name: &str) -> bool {
        let each = self.each().into_iter();
        let mut named = each.filter(|(known, _)| *known == name);
        named.next().map(|(_, wanted)| *wanted = true).is_some()
    }

    /// What the file of such a kernel is called, one without any of them being called `kernel`.
    pub fn file(self, kernel: &str) -> String {
        let names = self.names().into_iter();
        let names: String = names.map(|name| format!("-{name}")).collect();
        format!("{kernel}{names}.elf")
    }

    fn each(&mut self) -> Vec<(&'static str, &mut bool)> {
        vec![
            ("monitor", &mut self.monitor),
            // teacher begin
            ("fpu", &mut self.fpu),
            // teacher end
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_found_by_their_names() {
        let mut all = Features::NONE;
        all.each()
            .into_iter()
            .for_each(|(_, wanted)| *wanted = true);
        let mut named = Features::NONE;
        assert!(all.names().into_iter().all(|name| named.add(name)));
        assert_eq!(named, all);
        assert!(!named.add("checks"));
        assert_eq!(Features::NONE.file("kernel"), "kernel.elf");
        assert_eq!(Features::MONITOR.file("debug"), "debug-monitor.elf");
    }
}
