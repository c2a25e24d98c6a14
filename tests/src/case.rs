//! What a case says.

use mos_run::features::Features;
use mos_run::machine::Machine;

/// A run of the system and what must be seen of it.
///
/// Fields left out are [`Case::DEFAULT`]'s: `Case { name: "a", programs: &[run("a")], expect: &[..],
/// ..Case::DEFAULT }`.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// Its name, unique in its table.
    pub name: &'static str,
    /// What starts, in this order.
    pub programs: &'static [Program],
    /// `key=value` words for the kernel besides the time limit.
    pub command_line: &'static str,
    /// What else the kernel has in it.
    pub features: Features,
    // teacher begin
    /// Whether malta has a CPU without a floating-point unit, whatever the kernel is for.
    pub old_cpu: bool,
    // teacher end
    // teacher begin
    /// Disks that the machine has.
    pub disks: &'static [Disk],
    // teacher end
    // teacher begin
    /// Whether the kernel is the one that audits itself.
    pub audited: bool,
    // teacher end
    // teacher begin
    /// Whether several CPUs of malta run by turns, each run the same, and guest time goes by at once where all of them rest;
    /// rather than at the same time, as far as the host lets them.
    pub by_turns: bool,
    // teacher end
    /// Where it runs.
    pub machines: &'static [Machine],
    /// What is typed on the console, one after the other.
    pub typed: &'static [Typed],
    /// What somebody types all the while, over and over.
    pub flood: &'static [u8],
    /// After this many of the guest's time slices the kernel stops the run, which then has failed.
    pub limit: u32,
    /// How the run must end.
    pub end: End,
    /// What the console must show; all of it must hold.
    pub expect: &'static [Expect],
}

impl Case {
    /// `init` on both machines, which must end cleanly in 20 seconds of the guest's time.
    pub const DEFAULT: Self = Self {
        name: "",
        programs: &[run("init")],
        command_line: "",
        features: Features::NONE,
        // teacher begin
        old_cpu: false,
        // teacher end
        // teacher begin
        disks: &[],
        // teacher end
        // teacher begin
        audited: false,
        // teacher end
        // teacher begin
        by_turns: false,
        // teacher end
        machines: &Machine::ALL,
        typed: &[],
        flood: &[],
        limit: 2000,
        end: End::Clean,
        expect: &[],
    };
}

// teacher begin
/// A disk that the machine has.
#[derive(Clone, Copy, Debug)]
pub enum Disk {
    /// So many sectors of zeros.
    Zeros(usize),
    /// A file system of 4 MiB with these files and, where a path ends in a slash, directories. When the run is over it must
    /// be whole.
    Files(&'static [(&'static str, &'static [u8])]),
    /// The same, as it is when the power was cut: not closed, and with a block that is nobody's.
    Cut(&'static [(&'static str, &'static [u8])]),
    /// The same where the first sector of a file that begins with the byte 0xbd cannot be read, on QEMU.
    Unreadable(&'static [(&'static str, &'static [u8])]),
    /// The same where it can be read, and not written.
    Unwritable(&'static [(&'static str, &'static [u8])]),
}

// teacher end
/// A program to start.
#[derive(Clone, Copy, Debug)]
pub struct Program {
    /// Where it comes from.
    pub source: Source,
    /// Time slices it runs in a row.
    pub priority: u32,
    /// Whether it may use device registers.
    pub device: bool,
}

/// Where a program comes from.
#[derive(Clone, Copy, Debug)]
pub enum Source {
    /// The program of this name in `user/`.
    User(&'static str),
    /// The program of this name in `tests/c`.
    C(&'static str),
    /// A file with this name and these bytes, which need not be a program at all.
    Bytes(&'static str, &'static [u8]),
}

/// The program `name` of `user/`, with priority 1 and no rights.
pub const fn run(name: &'static str) -> Program {
    Program::of(Source::User(name))
}

/// The program `name` of `tests/c`, likewise.
pub const fn run_c(name: &'static str) -> Program {
    Program::of(Source::C(name))
}

/// A file called `name` with these bytes, likewise.
pub const fn run_bytes(name: &'static str, bytes: &'static [u8]) -> Program {
    Program::of(Source::Bytes(name, bytes))
}

impl Program {
    const fn of(source: Source) -> Self {
        Self {
            source,
            priority: 1,
            device: false,
        }
    }

    /// The same with this priority.
    pub const fn priority(self, priority: u32) -> Self {
        Self { priority, ..self }
    }

    /// The same with the right to use device registers.
    pub const fn device(self) -> Self {
        Self {
            device: true,
            ..self
        }
    }
}

/// Something typed on the guest's console.
#[derive(Clone, Copy, Debug)]
pub struct Typed {
    /// It is typed when the guest has printed this, after what was typed before.
    pub after: &'static str,
    /// The bytes.
    pub bytes: &'static [u8],
}

/// How a run ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The last environment has ended and the kernel powers the machine off.
    Clean,
    /// The kernel ends the run as a failure: a panic, a deadlock, the time limit.
    Failing,
}

/// Something the console must or must not show.
///
/// The kernel's own lines begin with `[`; all others are the programs'. A line is taken without the
/// white space at its end.
#[derive(Clone, Copy, Debug)]
pub enum Expect {
    /// The programs' lines are exactly these.
    Lines(&'static [&'static str]),
    /// The programs' lines are exactly these, in any order.
    AnyOrder(&'static [&'static str]),
    /// The programs' lines are those of `tests/snapshots/NAME.txt`. With the environment variable
    /// `MOS_BLESS` set, the file is written instead.
    Snapshot(&'static str),
    /// Lines that match these regular expressions come in this order, whatever is between them.
    InOrder(&'static [&'static str]),
    /// For each of these regular expressions there is a line that matches, the kernel's included.
    Present(&'static [&'static str]),
    /// No line matches one of these regular expressions, the kernel's included.
    Absent(&'static [&'static str]),
    // teacher begin
    /// The first disk was closed, and these files are on it, or are not.
    OnDisk(&'static [(&'static str, Option<&'static [u8]>)]),
    // teacher end
}
