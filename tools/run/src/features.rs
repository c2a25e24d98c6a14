//! What a kernel may have in it that the one of `make run` has not unless somebody asks for it.

use clap::Args;
// teacher begin
use anyhow::{Result, ensure};
use clap::ValueEnum;
// teacher end

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
    /// The rule by which the CPU is given away
    #[arg(long, value_enum, default_value_t, conflicts_with = "kernel")]
    pub sched: Sched,
    /// With --sched=lottery: which lots are drawn
    #[arg(long)]
    pub seed: Option<u32>,
    /// How many CPUs the machine has
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=8))]
    pub cpus: u8,
    /// The kind of the lock that these have
    #[arg(long, value_enum, conflicts_with = "kernel")]
    pub lock: Option<Lock>,
    // teacher end
}

// teacher begin
/// The kind of the kernel's lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Lock {
    /// Test and test and set: whoever looks first has it next
    Tas,
    /// By tickets: whoever came first
    Ticket,
    /// The queue of Mellor-Crummey and Scott: likewise, and each waits for a word of its own
    Mcs,
}

impl Lock {
    /// The feature that a kernel has for it.
    const fn feature(self) -> Option<&'static str> {
        match self {
            Self::Tas => None,
            Self::Ticket => Some("ticket"),
            Self::Mcs => Some("mcs"),
        }
    }
}

/// The rule by which the CPU is given away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Sched {
    /// In turn, for as many time slices as the priority says
    #[default]
    Mos,
    /// The highest priority first, and nobody else before it waits
    Priority,
    /// Shares as the priorities are, as even as slices allow
    Stride,
    /// Such shares by lot
    Lottery,
}

impl Sched {
    /// The feature that a kernel has for it.
    const fn feature(self) -> Option<&'static str> {
        match self {
            Self::Mos => None,
            Self::Priority => Some("priority"),
            Self::Stride => Some("stride"),
            Self::Lottery => Some("lottery"),
        }
    }
}

// teacher end
impl Features {
    /// None of them.
    pub const NONE: Self = Self {
        monitor: false,
        // teacher begin
        fpu: false,
        sched: Sched::Mos,
        seed: None,
        cpus: 1,
        lock: None,
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

    /// On a machine with several CPUs.
    pub const fn cpus(cpus: u8) -> Self {
        Self { cpus, ..Self::NONE }
    }

    /// With this kind of lock.
    #[must_use]
    pub const fn with(self, lock: Lock) -> Self {
        Self {
            lock: Some(lock),
            ..self
        }
    }

    /// Another rule than that of MOS.
    pub const fn sched(sched: Sched) -> Self {
        Self {
            sched,
            ..Self::NONE
        }
    }

    /// What the kernel is told of them, as one of the words of its command line.
    ///
    /// # Errors
    /// Nobody draws the lots that are asked for; or what is asked for is for one CPU only.
    pub fn word(self) -> Result<Option<String>> {
        let cpus = self.cpus;
        ensure!(
            self.lock.is_none() || cpus > 1,
            "LOCK says which lock several CPUs have, and there is one CPU: say how many with CPUS"
        );
        let apart = Self {
            lock: None,
            monitor: false,
            ..self
        };
        if let [name, ..] = apart.names()[..] {
            ensure!(
                cpus <= 1,
                "CPUS={cpus}: a kernel with the feature `{name}` is for one CPU only"
            );
        }
        let drawn = self.seed.is_none() || self.sched == Sched::Lottery;
        ensure!(
            drawn,
            "SEED says which lots are drawn, and only SCHED=lottery draws any"
        );
        Ok(self.seed.map(|seed| format!("seed={seed}")))
    }

    // teacher end
    /// Their names, as cargo wants them.
    pub fn names(mut self) -> Vec<&'static str> {
        // teacher begin
        let others = [self.sched.feature(), self.lock.and_then(Lock::feature)];
        // teacher end
        let each = self.each().into_iter();
        let names = each.filter_map(|(name, wanted)| wanted.then_some(name));
        // teacher begin
        let names = names.chain(others.into_iter().flatten());
        // teacher end
        names.collect()
    }

    /// Adds the one with this name. Whether there is one.
    #[must_use]
    pub fn add(&mut self, name: &str) -> bool {
        // teacher begin
        let others = [Sched::Priority, Sched::Stride, Sched::Lottery];
        let sched = others.iter().find(|sched| sched.feature() == Some(name));
        if let Some(&sched) = sched {
            self.sched = sched;
            return true;
        }
        let mut locks = [Lock::Ticket, Lock::Mcs].into_iter();
        if let Some(lock) = locks.find(|lock| lock.feature() == Some(name)) {
            self.lock = Some(lock);
            return true;
        }
        // teacher end
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
        // teacher begin
        assert!(named.add("stride") && named.add("mcs"));
        let name = "kernel-monitor-fpu-stride-mcs.elf";
        assert_eq!(named.file("kernel"), name);
        // teacher end
        assert!(!named.add("checks"));
        assert_eq!(Features::NONE.file("kernel"), "kernel.elf");
        assert_eq!(Features::MONITOR.file("debug"), "debug-monitor.elf");
    }
}
