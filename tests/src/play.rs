//! Runs a case on a machine.

use crate::case::{Case, Source};
use anyhow::{Context, Result};
use mos_run::boot::{Boot, Start};
// teacher begin
use mos_run::disk::{self, Disk};
// teacher end
use mos_run::emulator::{ICOUNT, Settings};
use mos_run::machine::Machine;
use mos_run::session::{Event, Session};
use mos_run::tree::Tree;
use mos_run::typist::{Answer, Typist};
use mos_run::verdict::Verdict;
use mos_run::{files, strip};
use std::io::Write;
use std::path::Path;
// teacher begin
use std::path::PathBuf;
use std::sync::Arc;
// teacher end
use std::thread;
use std::time::{Duration, Instant};

/// A net for a guest or an emulator that does not even come to its time limit. Verdicts never depend on
/// it unless something is wrong: cases end after seconds.
const PATIENCE: Duration = Duration::from_secs(120);

/// GXemul's clock is the host's, so there a slice is worth less work on a busy host.
const GXEMUL_LIMIT_FACTOR: u32 = 3;

/// What was seen of a run.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Everything on the console.
    pub console: String,
    /// How it ended; `None` if it had to be killed.
    pub verdict: Option<Verdict>,
    /// What was not typed, since the guest never printed what it was to answer.
    pub untyped: Option<&'static str>,
    // teacher begin
    /// What is on the disks.
    pub disks: Vec<Arc<Vec<u8>>>,
    // teacher end
}

/// Runs `case` on `machine`.
///
/// # Errors
/// The image cannot be made or the emulator cannot be started.
pub fn play(tree: &Tree, case: &Case, machine: Machine) -> Result<Seen> {
    let folder = tempfile::tempdir().context("cannot make a folder for the image")?;
    let limit = match machine {
        Machine::Malta => case.limit,
        Machine::Gxemul => case.limit.saturating_mul(GXEMUL_LIMIT_FACTOR),
    };
    let boot = boot(tree, case, limit, folder.path())?;
    // Without its debug information an image is a tenth as large.
    let kernel = tree.kernel_with(machine, case.features);
    // teacher begin
    let kernel = if case.audited {
        tree.audited_kernel(machine)
    } else {
        kernel
    };
    // teacher end
    let image = strip::strip(&boot.image(tree, &kernel)?)?;
    let settings = Settings {
        // teacher begin
        // otherwise: icount: Some(ICOUNT),
        icount: (case.by_turns || case.features.cpus <= 1).then_some(ICOUNT),
        fpu: case.features.fpu && !case.old_cpu,
        cpus: case.features.cpus,
        // teacher end
        ..Settings::default()
    };
    // teacher begin
    // otherwise: let more = [];
    let (disks, paths) = disks(case, folder.path())?;
    let mut more = disk::arguments(machine, &disks);
    for (disk, path) in case.disks.iter().zip(&paths) {
        if let Some(troubles) = crate::disk::troubles(disk, &files::read(path)?) {
            let told = path.with_extension("troubles");
            files::write(&told, troubles.as_bytes())?;
            let file = format!("file=blkdebug:{}:", told.display());
            more = more
                .iter()
                .map(|word| word.replace("file=", &file))
                .collect();
        }
    }
    // teacher end
    let mut session = Session::start(tree, machine, &image, settings, &more)?;
    if !case.flood.is_empty()
        && let Some(mut line) = session.take_line()
    {
        let text = case.flood;
        // To the emulator's end.
        thread::spawn(move || while line.write_all(text).is_ok() {});
    }
    let deadline = Instant::now() + PATIENCE;
    let mut console = Vec::new();
    let mut typist = Typist::new(case.typed.iter().map(|typed| Answer {
        after: typed.after,
        bytes: typed.bytes.into(),
    }));
    loop {
        match session.next(Some(deadline)) {
            Event::Output(bytes) => console.extend(bytes),
            Event::End => break,
            Event::Timeout => {
                return Ok(Seen {
                    console: String::from_utf8_lossy(&console).into_owned(),
                    verdict: None,
                    untyped: typist.awaits(),
                    // teacher begin
                    disks: Vec::new(),
                    // teacher end
                });
            }
        }
        typist.read(&console, &mut session);
    }
    let verdict = session.finish()?;
    Ok(Seen {
        console: String::from_utf8_lossy(&console).into_owned(),
        verdict: Some(verdict),
        untyped: typist.awaits(),
        // teacher begin
        disks: paths
            .iter()
            .map(|path| Ok(Arc::new(files::read(path)?)))
            .collect::<Result<_>>()?,
        // teacher end
    })
}

// teacher begin
/// The disks of `case`, in `folder`, and where they are.
fn disks(case: &Case, folder: &Path) -> Result<(Vec<Disk>, Vec<PathBuf>)> {
    let disk = |(number, disk)| {
        let path = folder.join(format!("{number}.img"));
        files::write(&path, &crate::disk::before(disk)?)?;
        Ok((Disk::open(&path)?, path))
    };
    let disks: Result<Vec<_>> = case.disks.iter().enumerate().map(disk).collect();
    Ok(disks?.into_iter().unzip())
}

// teacher end
/// What `case` boots, with a limit in time slices. Files it brings along are put into `folder`.
fn boot(tree: &Tree, case: &Case, limit: u32, folder: &Path) -> Result<Boot> {
    let mut programs = Vec::new();
    for program in case.programs {
        let path = match program.source {
            Source::User(name) => name.into(),
            Source::C(name) => tree.c_program(name),
            Source::Bytes(name, bytes) => {
                let path = folder.join(name);
                files::write(&path, bytes)?;
                path
            }
        };
        programs.push(Start {
            program: path.to_string_lossy().into_owned(),
            priority: program.priority,
            device: program.device,
        });
    }
    let command_line = format!("limit={limit} {}", case.command_line);
    Ok(Boot {
        programs,
        command_line: command_line.trim_end().to_owned(),
    })
}
