//! `mos-course wall`: runs a command where nothing is but what it needs.
//!
//! Bubblewrap makes namespaces of their own for it: other files, no processes but its own, no network, an empty
//! environment. What it becomes in there is [`super::confine`], which limits itself once more.

use super::cell;
use super::watch;
use anyhow::{Context, Result, bail, ensure};
use mos_run::tree::{INSIDE, Tree};
use rustix::process::{Signal, geteuid, getppid, set_parent_process_death_signal};
use std::env;
use std::ffi::OsString;
use std::fs::{self, File};
use std::ops::Range;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{self, Command, ExitCode};
use std::sync::atomic::{AtomicU32, Ordering};

/// Who works in there where root has it done: nobody's numbers, so that a limit of processes holds. Linux counts all that a
/// user has, behind whatever wall they are: so each tree has a user of its own, and so has each emulator.
const BUILDERS: Range<u32> = 61_184..63_352;
const RUNNERS: Range<u32> = 63_352..65_520;
/// Where this program is in there.
const INNER: &str = "/confine";
/// Where packages are in there.
const PACKAGES: &str = "/cargo";
/// Bytes that may be thrown away in there.
const SCRATCH: &str = "268435456";
/// What belongs to the system: folders, or links to some.
const SYSTEM: [&str; 4] = ["/bin", "/sbin", "/lib", "/lib64"];
/// What programs of the system need besides.
const SETTINGS: [&str; 3] = ["/etc/ld.so.cache", "/etc/ld.so.conf.d", "/etc/alternatives"];
/// The first number of the files that an emulator is handed: scripts use lower ones.
const HANDED: i32 = 100;
/// What the environment says, and where programs are.
const ENVIRONMENT: [(&str, &str); 5] = [
    ("MOS_WALL", "1"),
    ("HOME", "/tmp"),
    ("TMPDIR", "/tmp"),
    ("LC_ALL", "C.UTF-8"),
    ("PATH", PROGRAMS),
];
const PROGRAMS: &str = "/usr/local/bin:/usr/bin:/bin";
/// Bytes that a compiler and an emulator may map.
const COMPILER: u64 = 12 << 30;
const EMULATOR: u64 = 4 << 30;
/// What the emulators need of a tree.
const EMULATORS: [&str; 2] = ["tools/run/gxemul.sh", "build/plugin"];

/// Runs `command` behind the wall: one that builds `tree`, which is at [`INSIDE`] there, or an emulator that has been
/// started by who started this program. That is `parent`, if it is said, and the command ends with it.
///
/// # Errors
/// There can be no wall here, or it cannot be run.
pub fn run(
    teacher: &Tree,
    tree: Option<&Path>,
    parent: Option<u32>,
    command: &[OsString],
) -> Result<ExitCode> {
    // Nobody is left to wait for it.
    set_parent_process_death_signal(Some(Signal::KILL)).context("cannot be bound")?;
    let started = getppid().and_then(|process| u32::try_from(process.as_raw_pid()).ok());
    ensure!(
        parent.is_none() || parent == started,
        "who started this is gone"
    );
    let mut wall = base()?;
    match tree {
        Some(root) => {
            around(&mut wall, teacher, root)?;
            let user = builder(root)?;
            watch::run(inside(wall, COMPILER, user, command)?, root)
        }
        None => {
            let seen = EMULATORS.map(|name| teacher.root().join(name));
            bind(
                &mut wall,
                "--ro-bind",
                seen.iter().filter(|path| path.exists()),
            );
            let (command, open) = handed(command)?;
            let user = RUNNERS.start + process::id() % RUNNERS.len() as u32;
            let error = inside(wall, EMULATOR, user, &command)?.exec();
            drop(open);
            Err(error).context("cannot run bwrap")
        }
    }
}

/// A user of its own for who builds a tree, if root has others work there.
pub fn new_builder() -> Option<u32> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    geteuid().is_root().then(|| {
        let number = process::id().wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed));
        BUILDERS.start + number % BUILDERS.len() as u32
    })
}

/// Whose the tree at `root` is.
fn builder(root: &Path) -> Result<u32> {
    let data = fs::metadata(root.join("target")).context("there is nowhere to build")?;
    match BUILDERS.contains(&data.uid()) {
        true => Ok(data.uid()),
        false => Ok(BUILDERS.start),
    }
}

/// Whether there can be a wall on this machine.
///
/// # Errors
/// There cannot: why.
pub fn check(guard: &Path) -> Result<()> {
    let output = Command::new(guard).args(["wall", "--", "true"]).output();
    let output = output.context("cannot run this program")?;
    let said = String::from_utf8_lossy(&output.stderr);
    let why = said.trim().strip_prefix("mos: ").unwrap_or(said.trim());
    ensure!(output.status.success(), "{why}");
    Ok(())
}

/// A wall with the system behind it.
fn base() -> Result<Command> {
    let mut wall = Command::new("bwrap");
    wall.args(["--die-with-parent", "--new-session", "--clearenv"]);
    wall.args(["--unshare-ipc", "--unshare-pid", "--unshare-net"]);
    wall.args(["--unshare-uts", "--hostname", "mos", "--unshare-cgroup-try"]);
    if geteuid().is_root() {
        // For a user who may do nothing else.
        wall.args(["--cap-drop", "ALL"]);
        wall.args(["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]);
    } else {
        wall.args(["--unshare-user", "--disable-userns"]);
    }
    bind(&mut wall, "--ro-bind", [Path::new("/usr")]);
    for folder in SYSTEM.map(Path::new) {
        match fs::read_link(folder) {
            Ok(target) => wall.arg("--symlink").arg(target).arg(folder),
            Err(_) => wall.arg("--ro-bind-try").args([folder, folder]),
        };
    }
    bind(&mut wall, "--ro-bind-try", SETTINGS.map(Path::new));
    wall.args(["--proc", "/proc", "--dev", "/dev"]);
    wall.args(["--perms", "1777", "--size", SCRATCH, "--tmpfs", "/tmp"]);
    let guard = env::current_exe().context("cannot tell where this program is")?;
    wall.arg("--ro-bind").arg(guard).arg(INNER);
    for (name, value) in ENVIRONMENT {
        wall.args(["--setenv", name, value]);
    }
    Ok(wall)
}

/// Puts the compiler, its packages and the tree at `root` behind the wall, of which it can write what it builds.
fn around(wall: &mut Command, teacher: &Tree, root: &Path) -> Result<()> {
    let (packages, compiler) = known_tools(teacher, root)?;
    let home = env::home_dir().unwrap_or_default();
    // The system may have been told to hold what is not the system's.
    for private in [&packages, &home, teacher.root()] {
        if private.starts_with("/usr") && private.is_dir() {
            wall.arg("--tmpfs").arg(private);
        }
    }
    if compiler != Path::new("/usr") {
        bind(wall, "--ro-bind", [&compiler]);
    }
    let mut path = compiler.join("bin").into_os_string();
    path.push(":");
    path.push(PROGRAMS);
    wall.arg("--setenv").arg("PATH").arg(path);
    wall.args(["--perms", "1777", "--size", SCRATCH, "--tmpfs", PACKAGES]);
    // Of cargo's folder no more than the packages: it may hold a password too.
    let inner = Path::new(PACKAGES);
    wall.arg("--ro-bind-try")
        .arg(packages.join("registry"))
        .arg(inner.join("registry"));
    wall.arg("--ro-bind-try")
        .arg(cell::settings(teacher))
        .arg(inner.join("config.toml"));
    wall.args([
        "--setenv",
        "CARGO_HOME",
        PACKAGES,
        "--setenv",
        "CARGO_NET_OFFLINE",
        "true",
    ]);
    if env::var_os("MOS_BAR").is_some() {
        wall.args(["--setenv", "MOS_BAR", "1"]);
    }
    let inner = Path::new(INSIDE);
    wall.arg("--ro-bind").arg(root).arg(inner);
    wall.arg("--bind")
        .arg(root.join("target"))
        .arg(inner.join("target"));
    wall.arg("--chdir").arg(inner);
    Ok(())
}

/// Where cargo's folder is, and the compiler's: two lines.
///
/// # Errors
/// There is no compiler.
pub fn tools(teacher: &Tree) -> Result<String> {
    let mut command = Command::new(teacher.root().join("tools/toolchain.sh"));
    let script = "printf '%s\\n' \"$CARGO_HOME\"; exec rustc --print sysroot";
    let output = command.args(["sh", "-c", script]).output();
    let output = output.context("cannot run tools/toolchain.sh")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "there is no compiler: {}",
        said.trim()
    );
    Ok(String::from_utf8(output.stdout)?)
}

/// Where the tree at `root` has these lines, if somebody has asked before, in a folder that is not theirs to write.
pub fn tools_of(root: &Path) -> PathBuf {
    root.join("build/tools")
}

/// The same as paths, for the tree at `root`.
fn known_tools(teacher: &Tree, root: &Path) -> Result<(PathBuf, PathBuf)> {
    let mut said = fs::read_to_string(tools_of(root)).unwrap_or_default();
    if said.is_empty() {
        said = tools(teacher)?;
    }
    match said.lines().collect::<Vec<_>>()[..] {
        [packages, compiler] => Ok((packages.into(), compiler.into())),
        _ => bail!("it is not known where the compiler is"),
    }
}

/// What files an emulator's command names of who started us, it is handed as its own: there is no other process in
/// there. The files must stay open until then.
fn handed(command: &[OsString]) -> Result<(Vec<OsString>, Vec<OwnedFd>)> {
    use rustix::fs::{Mode, OFlags, open};
    use rustix::io::{FdFlags, fcntl_dupfd_cloexec, fcntl_setfd};
    let parent = getppid().context("nobody started this")?;
    let prefix = format!("/proc/{}/fd/", parent.as_raw_pid());
    let (mut words, mut files) = (Vec::new(), Vec::new());
    for word in command {
        let Some(text) = word.to_str() else {
            bail!("the emulator's command is no text");
        };
        let mut word = text.to_owned();
        while let Some((before, rest)) = word.split_once(&prefix) {
            let end = rest
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(rest.len());
            let (number, after) = rest.split_at(end);
            let how = OFlags::RDWR | OFlags::CLOEXEC;
            let file = open(format!("{prefix}{number}"), how, Mode::empty())?;
            let file = fcntl_dupfd_cloexec(file, HANDED)?;
            // Not closed when this becomes another program.
            fcntl_setfd(&file, FdFlags::empty())?;
            word = format!("{before}/proc/self/fd/{}{after}", file.as_raw_fd());
            files.push(file);
        }
        words.push(word.into());
    }
    Ok((words, files))
}

/// The whole command.
fn inside(mut wall: Command, memory: u64, user: u32, command: &[OsString]) -> Result<Command> {
    wall.args(["--remount-ro", "/", "--", INNER, "confine"]);
    wall.arg("--memory").arg(memory.to_string());
    if geteuid().is_root() {
        wall.arg("--user").arg(user.to_string());
    }
    wall.arg("--").args(command);
    let found = env::var_os("PATH").is_some_and(|path| {
        env::split_paths(&path).any(|folder| File::open(folder.join("bwrap")).is_ok())
    });
    ensure!(found, "bubblewrap is not installed (there is no bwrap)");
    Ok(wall)
}

fn bind(wall: &mut Command, how: &str, paths: impl IntoIterator<Item = impl AsRef<Path>>) {
    for path in paths {
        // Folders that bubblewrap makes by itself are closed to others.
        let mut above: Vec<&Path> = path.as_ref().ancestors().skip(1).collect();
        above.reverse();
        for folder in above.into_iter().skip(1) {
            wall.args(["--perms", "0755", "--dir"]).arg(folder);
        }
        wall.arg(how).args([path.as_ref(), path.as_ref()]);
    }
}
