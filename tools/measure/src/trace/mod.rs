//! Runs an image and follows every instruction it executes, on both machines alike.
//!
//! An instruction counts each time the CPU begins it: one that faults counts when it is tried, and again
//! when it is executed after all. One whose fetch faults was never begun.

pub mod code;
mod format;

use anyhow::{Context, Result, bail};
use code::Code;
use mos_run::boot::Boot;
use mos_run::emulator::Settings;
use mos_run::features::Features;
use mos_run::machine::Machine;
use mos_run::plugin::Plugin;
use mos_run::session::{Event, Session};
use mos_run::tree::Tree;
use mos_run::verdict::Verdict;
use mos_run::{files, nameless, strip};
use std::io::{self, Read};
use std::panic::resume_unwind;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

/// How long a run may take, whatever the host does besides.
const PATIENCE: Duration = Duration::from_secs(300);
/// How a program asks for a key to be pressed.
const KEY: Question = Question {
    text: "waiting for a key\n",
    answer: b"\n",
};

/// An instruction takes 2^n ns of malta's time.
const ONE: u8 = 0;
// teacher begin
/// With several CPUs each goes on until a timer is due, be it waiting for another one: the longer an instruction takes, the
/// fewer it executes meanwhile.
const SEVERAL: u8 = 7;
// teacher end

/// How long an answer takes.
const THINKING: Duration = Duration::from_millis(50);

/// What is asked on the console.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// How it ends.
    pub text: &'static str,
    /// What is typed then.
    pub answer: &'static [u8],
}

/// What a run that was followed looked like from outside.
#[derive(Clone, Debug)]
pub struct Run {
    /// What it wrote on the console.
    pub console: String,
    /// How it ended.
    pub verdict: Verdict,
}

/// A system to be followed: a kernel and mostly one program, which may be there several times, as its instructions' addresses shall tell
/// where in which function they are.
#[derive(Clone, Debug)]
pub struct Subject {
    /// What is at which address.
    pub code: Code,
    machine: Machine,
    image: Vec<u8>,
    features: Features,
    in_step: bool,
    more: Vec<String>,
    question: Question,
}

impl Subject {
    /// Packs what `boot` asks for with the ELF file `kernel` of `machine`.
    ///
    /// # Errors
    /// There is more than one program, or something is missing.
    pub fn new(tree: &Tree, machine: Machine, kernel: &Path, boot: &Boot) -> Result<Self> {
        let mut pairs = boot.programs.windows(2);
        if pairs.any(|pair| pair[0].program != pair[1].program) {
            bail!("only one program can be followed: all are at the same addresses");
        }
        Self::system(tree, machine, kernel, boot)
    }

    /// The same with any programs: of those but the first nobody knows which instructions they have, so that GXemul's trace
    /// cannot be read.
    ///
    /// # Errors
    /// Something is missing.
    pub fn system(tree: &Tree, machine: Machine, kernel: &Path, boot: &Boot) -> Result<Self> {
        let program = boot.programs.first();
        let program = program.context("there is no program to be followed")?;
        let code = Code::new(
            machine,
            &files::read(kernel)?,
            &files::read(&program.path(tree)?)?,
        )?;
        Ok(Self {
            code,
            machine,
            image: strip::strip(&boot.image(tree, kernel)?)?,
            features: Features::NONE,
            in_step: false,
            more: Vec::new(),
            question: KEY,
        })
    }

    /// The same on a machine for a kernel that has these features.
    #[must_use]
    pub fn on(self, features: Features) -> Self {
        Self { features, ..self }
    }

    /// The same on a machine whose CPUs go on in step: of each one instruction, then of each the next. GXemul only, which
    /// otherwise carries out some thousand of one before the next one's turn.
    #[must_use]
    pub fn in_step(self) -> Self {
        Self {
            in_step: true,
            ..self
        }
    }

    /// The same with these arguments for the emulator.
    #[must_use]
    pub fn with(self, more: Vec<String>) -> Self {
        Self { more, ..self }
    }

    /// The same, of which only this is answered.
    #[must_use]
    pub fn asking(self, question: Question) -> Self {
        Self { question, ..self }
    }

    /// Boots it and hands the address of each instruction to `each`, from the kernel's first on. On
    /// malta this is the same in every run.
    ///
    /// # Errors
    /// It cannot be run, takes too long, or its trace is damaged.
    pub fn follow(&self, tree: &Tree, mut each: impl FnMut(u32) + Send) -> Result<Run> {
        self.follow_cpus(tree, |_, pc| each(pc))
    }

    /// The same with the number of the CPU. GXemul does not tell that: there it is always 0.
    ///
    /// # Errors
    /// As [`follow`](Self::follow).
    pub fn follow_cpus(&self, tree: &Tree, each: impl FnMut(usize, u32) + Send) -> Result<Run> {
        let (trace, pipe) = io::pipe().context("cannot make a pipe for the trace")?;
        let mut more = arguments(tree, self.machine, &nameless::path(&pipe))?;
        more.extend_from_slice(&self.more);
        if self.in_step {
            // It would write down each instruction, too, if it were not told to be quiet.
            more.push("-i".to_owned());
        }
        let settings = Settings::of(self.features);
        let icount = ONE;
        // teacher begin
        let icount = if settings.cpus > 1 { SEVERAL } else { icount };
        // teacher end
        let settings = Settings {
            icount: Some(icount),
            ..settings
        };
        let session = Session::start(tree, self.machine, &self.image, settings, &more)?;
        thread::scope(|scope| {
            let reader = scope.spawn(|| read(self.machine, trace, &self.code, each));
            let run = attend(session, self.question);
            // The emulator has opened it for itself, or never will: then this is its end.
            drop(pipe);
            let read = reader.join().unwrap_or_else(|panic| resume_unwind(panic));
            let run = run?;
            read.with_context(|| format!("the console said:\n{}", run.console))?;
            Ok(run)
        })
    }
}

/// What makes the emulator write its trace to `pipe`.
fn arguments(tree: &Tree, machine: Machine, pipe: &Path) -> Result<Vec<String>> {
    let pipe = pipe.display();
    Ok(match machine {
        Machine::Malta => Plugin::Trace.arguments(tree, &format!("out={pipe}"))?,
        // -J: GXemul executes no two instructions as one, and writes a line for each.
        Machine::Gxemul => vec!["-J".to_owned(), "-s".to_owned(), format!("vo:{pipe}")],
    })
}

fn read(
    machine: Machine,
    trace: impl Read,
    code: &Code,
    mut each: impl FnMut(usize, u32),
) -> Result<()> {
    // Before the kernel, malta runs a few instructions of a boot loader.
    let mut booted = false;
    let mut each = |cpu, pc| {
        booted |= pc == code.entry;
        if booted {
            each(cpu, pc);
        }
    };
    match machine {
        Machine::Malta => format::qemu(trace, each),
        Machine::Gxemul => format::gxemul(trace, code, |pc| each(0, pc)),
    }
}

/// Follows what happens on the console to the end, and answers each time that `question` is asked.
fn attend(mut session: Session, question: Question) -> Result<Run> {
    let deadline = Instant::now() + PATIENCE;
    let mut console = Vec::new();
    loop {
        match session.next(Some(deadline)) {
            Event::Output(bytes) => console.extend(bytes),
            Event::End => break,
            Event::Timeout => bail!(
                "the run takes more than {} s; so far the console said:\n{}",
                PATIENCE.as_secs(),
                String::from_utf8_lossy(&console)
            ),
        }
        if console.ends_with(question.text.as_bytes()) {
            thread::sleep(THINKING);
            session.feed(question.answer)?;
        }
    }
    Ok(Run {
        console: String::from_utf8_lossy(&console).into_owned(),
        verdict: session.finish()?,
    })
}
