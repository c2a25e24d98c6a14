//! gdb comes in through the door of `make debug`, finds names and values, and what the kernel knows.

use anyhow::{Context, Result, bail, ensure};
use libtest_mimic::Failed;
use mos_course::grade;
use mos_course::grade::examiner::Examiner;
use mos_run::boot::{Boot, Start};
use mos_run::debug::Door;
use mos_run::emulator::{ICOUNT, Settings};
use mos_run::features::Features;
use mos_run::lab::Lab;
use mos_run::machine::Machine;
use mos_run::session::{Event, Session};
use mos_run::tree::Tree;
use mos_run::{files, progress};
use regex::Regex;
use std::fs;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// A net for what does not end.
const PATIENCE: Duration = Duration::from_secs(120);
/// A folder's name that means something to shells, gdb and QEMU.
const ODD: &str = "it's a, \"folder\"\\ $x";

/// What gdb is told, and patterns of what it then says, in this order.
const LOOK: &[(&str, &[&str])] = &[
    ("mos envs", &["there are none yet"]),
    ("mos current", &["^no environment has the CPU"]),
    ("mos queues", &["^run queue.*: nobody", "1024 never used"]),
    ("mos tlb", &["^entry"]),
    ("break tlb_mod", &["^Breakpoint 1 at .*fault.rs"]),
    ("break sys_env_alloc", &["^Breakpoint 2 at .*env.rs"]),
    ("tbreak *0x400000", &[]),
    ("continue", &["0x00400000 in _start"]),
    (
        "mos envs",
        &[r"^\* 00000400  00000000  runnable      -                 2  00400000$"],
    ),
    (
        "mos current",
        &[r"^\[00000400\] has the CPU, which executes it"],
    ),
    ("mos tf", &["^status .* epc 00400000", "is running"]),
    ("mos tlb", &[r"^ +0  ffffe000\.\.00000000 .* everyone$"]),
    ("info registers pc", &["0x400000$"]),
    ("continue", &["^Breakpoint 2, .*sys_env_alloc"]),
    ("next", &[]),
    ("info locals", &["^parent = ", "^priority = 2$"]),
    ("mos current", &["which is in the kernel; .*: [01]$"]),
    ("mos tlb", &[r"^ +\d+  004[0-9a-f]{5}\.\..* \[00000400\]$"]),
    ("continue", &["^Breakpoint 1, .*tlb_mod"]),
    ("next", &[]),
    ("next", &[]),
    ("info locals", &["^handler = [1-9]", "^top = 2134900736$"]),
    ("info args", &["^slot = .*1024"]),
    (
        "backtrace",
        &["in mos_kernel::trap::trap_exception .*trap.rs"],
    ),
    (
        "mos envs",
        &[r"^\* 00000400 ", "^  00000401  00000400  runnable  "],
    ),
    (
        "mos queues",
        &[
            r"^run queue.*: \[00000400\] \[00000401\]",
            "1022 never used",
        ],
    ),
    ("mos tf 401", &["^status .* epc 004"]),
    (
        "mos pages",
        &[
            "^00400000.*  V$",
            "  R V COW$",
            "^7f3ff000.* R V$",
            "^7fc00000",
        ],
    ),
    (
        "mos pages 401 0x400000",
        &[
            "^directory ",
            "^table ",
            "^00400000 is at 8.* mappings: 2; flags V$",
        ],
    ),
    ("mos pages - 0x10000", &["^00010000 has no table"]),
    ("mos tlb", &[r" V  +\[00000400\]$"]),
    ("delete", &[]),
    ("continue", &[]),
];

/// The same of a machine with several CPUs: each is a thread, and has symbols.
const LOOK_AT_SEVERAL: &[(&str, &[&str])] = &[
    (
        "break mos_kernel::smp::lock::call_in",
        &["^Breakpoint 1 at .*lock.rs"],
    ),
    ("continue", &["^Thread .* hit Breakpoint 1, .*call_in"]),
    (
        "info threads",
        &[r"CPU#0 \[", r"CPU#1 \[", r"CPU#2 \[", r"CPU#3 \["],
    ),
    (
        "thread apply all backtrace",
        &[
            r"^Thread 1 \(",
            r"^Thread 2 \(",
            r"^Thread 3 \(",
            r"^Thread 4 \(",
            "mos_kernel::smp::.* at kernel/src/smp/",
        ],
    ),
    (
        "thread apply all mos current",
        // The one that is called in may have come by itself.
        &[
            r"^\[00000401\] has the CPU, which (executes it|is in the kernel)",
            r"^\[00000400\] has the CPU, which is in the kernel",
        ],
    ),
    (
        "mos envs",
        &[r"^\* 00000400  00000000", "^  00000401  00000400"],
    ),
    (
        "mos tlb",
        &[
            r"^ +0  ffffe000\.\.00000000 .* everyone$",
            r" V  +\[00000400\]$",
        ],
    ),
    ("delete", &[]),
    ("continue", &[]),
];

/// A CPU panics that has not the kernel's lock, while another one executes a program.
const PANIC_ON_ANOTHER: &[(&str, &[&str])] = &[
    ("break trap_interrupt thread 2", &["^Breakpoint 1 at "]),
    (
        "continue",
        &["^Thread .* hit Breakpoint 1, .*trap_interrupt"],
    ),
    ("delete", &[]),
    ("jump mos_kernel::crash::Crash::now", &[]),
];

/// What has the power-off register do nothing.
const STAYS_ON: &str = "break mos_kernel::board::malta::power::off\ncommands\nsilent\nreturn\ncontinue\nend\ncontinue\n";

/// Two sessions at a time, each with its own door, in a folder with an odd name.
pub fn look(tree: &Tree) -> Result<(), Failed> {
    told(|| {
        let folder = tempfile::tempdir()?;
        let folder = folder.path().join(ODD);
        fs::create_dir(&folder)?;
        let mut fork = Start::new("fktest");
        fork.priority = 2;
        let (other, other_door) =
            wait_for_gdb(tree, &folder, Start::new("fktest"), Features::NONE)?;
        let _inside = enter(&other_door)?;
        ensure!(
            !listens_to_strangers(other.process())?,
            "it listens on a port"
        );
        let (mut session, door) = wait_for_gdb(tree, &folder, fork, Features::NONE)?;
        answers(&door, LOOK)?;
        let console = read(&mut session, "[mos] power off\n")?;
        ensure!(console.contains("this is child"), "{console}");
        Ok(())
    })
}

/// A machine with four CPUs.
pub fn look_at_several(tree: &Tree) -> Result<(), Failed> {
    told(|| {
        let folder = tempfile::tempdir()?;
        let start = Start::new("spin");
        let (mut session, door) = wait_for_gdb(tree, folder.path(), start, Features::cpus(4))?;
        answers(&door, LOOK_AT_SEVERAL)?;
        read(&mut session, "[mos] power off\n")?;
        Ok(())
    })
}

/// A panic on a CPU that has not the lock stops the other, which executes programs and has nobody to wait for.
pub fn panic_on_another(tree: &Tree) -> Result<(), Failed> {
    told(|| {
        let folder = tempfile::tempdir()?;
        let start = Start::new("primes");
        let (mut session, door) = wait_for_gdb(tree, folder.path(), start, Features::cpus(2))?;
        answers(&door, PANIC_ON_ANOTHER)?;
        let mut console = String::new();
        let deadline = Instant::now() + PATIENCE;
        while let Event::Output(bytes) = session.next(Some(deadline)) {
            console += &String::from_utf8_lossy(&bytes);
        }
        let in_order = Regex::new(r"(?s)kernel panic: CPU 1: .*\n.*\nCPU 0 was stopped:\n  at ")?;
        ensure!(in_order.is_match(&console), "{console}");
        Ok(())
    })
}

/// What gdb says to each command is as it is to be.
fn answers(door: &Door, commands: &[(&str, &[&str])]) -> Result<()> {
    let mut script = String::new();
    for (number, (command, _)) in commands.iter().enumerate() {
        script += &format!("echo -- {number}\\n\n{command}\n");
    }
    let said = gdb(door, &script)?;
    for (number, (command, patterns)) in commands.iter().enumerate() {
        let start = format!("-- {number}\n");
        let answer = said.split_once(&start).map_or("", |(_, rest)| rest);
        let answer = answer
            .split_once("-- ")
            .map_or(answer, |(answer, _)| answer);
        for pattern in *patterns {
            let regex = Regex::new(&format!("(?m){pattern}"))?;
            ensure!(
                regex.is_match(answer),
                "no {pattern:?} from {command}:\n{answer}\n--- all\n{said}"
            );
        }
    }
    Ok(())
}

/// A machine that does not switch itself off says so.
pub fn stays_on(tree: &Tree) -> Result<(), Failed> {
    told(|| {
        let folder = tempfile::tempdir()?;
        let (mut session, door) =
            wait_for_gdb(tree, folder.path(), Start::new("hello"), Features::NONE)?;
        let entered = thread::spawn(move || gdb(&door, STAYS_ON));
        read(
            &mut session,
            "[mos] this machine does not switch itself off\n",
        )?;
        drop(session);
        entered.join().ok().context("gdb cannot be run")??;
        Ok(())
    })
}

/// What is not optimized has room on the kernel's stack.
pub fn deep_check(tree: &Tree) -> Result<(), Failed> {
    told(|| {
        let spinner = progress::spinner();
        let examiner = Examiner::without_answers(tree, Lab::Number(3), 0, true)?;
        let (_, image) = grade::image_of(&examiner, "load-segments", &spinner)?;
        spinner.finish_and_clear();
        let settings = Settings::default();
        let mut session = Session::start(tree, Machine::Malta, &image, settings, &[])?;
        read(&mut session, "[mos] power off\n")?;
        Ok(())
    })
}

/// Whether gdb is there.
pub fn is_installed() -> bool {
    let mut gdb = Command::new("gdb-multiarch");
    let gdb = gdb.arg("--version").stdout(Stdio::null()).status();
    gdb.is_ok_and(|status| status.success())
}

fn told(check: impl FnOnce() -> Result<()>) -> Result<(), Failed> {
    check().map_err(|error| format!("{error:#}").into())
}

/// A system that boots `program`, of which gdb says when to begin.
fn wait_for_gdb(
    tree: &Tree,
    folder: &Path,
    program: Start,
    features: Features,
) -> Result<(Session, Door)> {
    let boot = Boot {
        programs: vec![program],
        command_line: String::new(),
    };
    let kernel = tree.debug_kernel(Machine::Malta, features, false);
    let image = boot.image(tree, &kernel)?;
    let door = Door::new(folder, tree, &boot, &image)?;
    let settings = Settings {
        gdb: true,
        icount: Some(ICOUNT),
        ..Settings::of(features)
    };
    let more = door.arguments()?;
    let session = Session::start(tree, Machine::Malta, &image, settings, &more)?;
    Ok((session, door))
}

/// Comes in as gdb would, and waits for the first answer: then all of QEMU is there.
fn enter(door: &Door) -> Result<UnixStream> {
    let deadline = Instant::now() + PATIENCE;
    let mut stream = loop {
        match UnixStream::connect(door.socket()) {
            Ok(stream) => break stream,
            Err(error) if Instant::now() > deadline => return Err(error.into()),
            Err(_) => thread::sleep(Duration::from_millis(10)),
        }
    };
    stream.write_all(b"$?#3f")?;
    stream.read_exact(&mut [0])?;
    Ok(stream)
}

/// What gdb says to `script`, entering as the user is told to.
fn gdb(door: &Door, script: &str) -> Result<String> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("script");
    files::write(&file, script.as_bytes())?;
    let command = format!("{} -nx -batch -x {}", door.command()?, file.display());
    let mut shell = Command::new("timeout");
    shell.arg(PATIENCE.as_secs().to_string());
    let output = shell
        .args(["sh", "-c", &command])
        .stdin(Stdio::null())
        .output()?;
    let words = [output.stdout, output.stderr].concat();
    Ok(String::from_utf8_lossy(&words).into_owned())
}

/// The console up to `end`.
fn read(session: &mut Session, end: &str) -> Result<String> {
    let deadline = Instant::now() + PATIENCE;
    let mut console = String::new();
    while !console.ends_with(end) {
        match session.next(Some(deadline)) {
            Event::Output(bytes) => console += &String::from_utf8_lossy(&bytes),
            Event::End | Event::Timeout => bail!("never printed {end:?}:\n{console}"),
        }
    }
    Ok(console)
}

/// Whether a process listens on a port.
fn listens_to_strangers(process: u32) -> Result<bool> {
    let mut listening = Vec::new();
    for table in ["tcp", "tcp6"] {
        let lines = fs::read_to_string(format!("/proc/{process}/net/{table}")).unwrap_or_default();
        let fields = lines
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>());
        let listeners = fields.filter(|fields| fields.get(3) == Some(&"0A"));
        listening
            .extend(listeners.filter_map(|fields| Some(format!("socket:[{}]", fields.get(9)?))));
    }
    for file in fs::read_dir(format!("/proc/{process}/fd"))? {
        let target = fs::read_link(file?.path()).unwrap_or_default();
        if listening
            .iter()
            .any(|socket| target.as_os_str() == socket.as_str())
        {
            return Ok(true);
        }
    }
    Ok(false)
}
