//! The wall around what students handed in: what is behind it, and what is not. Nothing here is left out where there can be
//! no wall: then these tests fail, as grading does.

#![forbid(unsafe_code)]

use mos_course::submission::scan;
use mos_run::emulator::Settings;
use mos_run::machine::Machine;
use mos_run::session::{Event, Session};
use mos_run::tree::Tree;
use mos_run::verdict::Verdict;
use std::fs;
use std::io::Read;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;

const MOS: &str = env!("CARGO_BIN_EXE_mos-course");
const SECRET: &str = "Hubbard squash";

/// A tree to build in, which is little, and beside it a file with the secret.
fn cell() -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let target = folder.path().join("tree/target");
    fs::create_dir_all(&target).unwrap();
    // To whoever works behind the wall, if that is not us: for each a user of its own.
    static NEXT: AtomicU32 = AtomicU32::new(61_184);
    let user = Some(NEXT.fetch_add(1, Ordering::Relaxed));
    let _ = chown(&target, user, user);
    let secret = folder.path().join("secret");
    fs::write(&secret, format!("const S: &str = \"{SECRET}\";\n")).unwrap();
    (folder, secret.display().to_string())
}

/// What a script says and does behind the wall around the tree of `cell`.
fn behind(cell: &TempDir, script: &str) -> Output {
    Command::new(MOS)
        .env("MOS_SECRET", SECRET)
        .args(["wall", "--tree"])
        .arg(cell.path().join("tree"))
        .args(["--", "bash", "-c", script])
        .output()
        .unwrap()
}

fn text(output: &Output) -> String {
    let [out, err] = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
    format!("{out}{err}")
}

#[test]
fn nothing_is_there_but_what_is_needed() {
    let (cell, secret) = cell();
    let teacher = Tree::here().unwrap();
    let home = std::env::home_dir().unwrap();
    for outside in [
        Path::new(&secret),
        teacher.root(),
        &home.join(".ssh"),
        Path::new("/etc/passwd"),
    ] {
        let script = format!("[[ ! -e '{}' ]] && echo gone", outside.display());
        assert_eq!(
            text(&behind(&cell, &script)),
            "gone\n",
            "{}",
            outside.display()
        );
    }
    let script =
        "rustc --version && cc --version | head -n 1 && cargo --version && ls -d /cargo/registry";
    assert!(behind(&cell, script).status.success());
    let root = text(&behind(&cell, "echo / /*"));
    let known = [
        "/", "/bin", "/cargo", "/confine", "/dev", "/etc", "/lib", "/lib64", "/mos",
    ];
    let known = [
        &known[..],
        &["/proc", "/sbin", "/tmp", "/usr", "/root", "/home", "/opt"],
    ]
    .concat();
    let strange: Vec<&str> = root
        .split_whitespace()
        .filter(|name| !known.contains(name))
        .collect();
    assert!(strange.is_empty(), "{strange:?}");
}

#[test]
fn the_environment_is_empty_and_so_are_the_processes_and_the_network() {
    let (cell, _) = cell();
    let environment = text(&behind(&cell, "env; cat /proc/self/environ"));
    assert!(
        !environment.contains(SECRET) && environment.contains("CARGO_HOME=/cargo"),
        "{environment}"
    );
    let processes = text(&behind(&cell, "echo /proc/[0-9]*"));
    assert!(processes.split_whitespace().count() < 6, "{processes}");
    let script = "tail -n +3 /proc/net/dev; (: >/dev/tcp/127.0.0.1/9) 2>/dev/null || echo none";
    let network = text(&behind(&cell, script));
    let known = |line: &str| line == "none" || line.trim_start().starts_with("lo:");
    assert!(
        network.ends_with("none\n") && network.lines().all(known),
        "{network}"
    );
}

#[test]
fn what_is_built_can_be_written_and_nothing_else() {
    let (cell, _) = cell();
    let script = "for place in / /mos /usr /etc /dev /cargo/registry /proc/sys/kernel/hostname /mos/target /tmp; do
        { : >$place/x || : >$place; } 2>/dev/null && echo $place; done; :";
    assert_eq!(text(&behind(&cell, script)), "/mos/target\n/tmp\n");
    assert!(cell.path().join("tree/target/x").is_file());
    assert!(!cell.path().join("tree/x").exists());
}

#[test]
fn nobody_is_root_in_there() {
    let (cell, _) = cell();
    let said = text(&behind(
        &cell,
        "id -u; grep -E 'CapEff|NoNewPrivs' /proc/self/status",
    ));
    assert!(!said.starts_with("0\n"), "{said}");
    assert!(
        said.contains("CapEff:\t0000000000000000\nNoNewPrivs:\t1"),
        "{said}"
    );
}

#[test]
fn nothing_can_be_put_in_the_place_of_something_else() {
    let (cell, _) = cell();
    let script = "unshare -Urm true && echo 'another user'; unshare -Urm mount -t tmpfs none /tmp && echo mounted; id -u";
    let said = text(&behind(&cell, script));
    assert!(!said.contains("mounted"), "{said}");
}

#[test]
fn there_are_so_many_processes_and_no_more() {
    let (cell, _) = cell();
    let bomb = "for _ in $(seq 2000); do sleep 9 >&- 2>&- & done; echo no limit";
    let said = text(&behind(&cell, bomb));
    assert!(
        said.contains("fork") && !said.contains("no limit"),
        "{said}"
    );
}

#[test]
fn what_many_processes_take_of_that_is_nobody_elses() {
    let (many, few) = (cell(), cell());
    let script = "for i in {1..490}; do sleep 600 >&- 2>&- & done; echo begun; read";
    let mut child = Command::new(MOS)
        .args(["wall", "--tree"])
        .arg(many.0.path().join("tree"))
        .args(["--", "bash", "-c", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut begun = [0; 5];
    child.stdout.take().unwrap().read_exact(&mut begun).unwrap();
    let script = "for i in {1..50}; do sleep 600 >&- 2>&- & done; echo fine";
    assert_eq!(text(&behind(&few.0, script)), "fine\n");
    // It ends with its line.
    drop(child.stdin.take());
    child.wait().unwrap();
}

#[test]
fn one_process_is_limited_too() {
    let (cell, _) = cell();
    let limits = text(&behind(&cell, "ulimit -t; ulimit -f; ulimit -v; ulimit -c"));
    let limits: Vec<u64> = limits
        .lines()
        .filter_map(|limit| limit.parse().ok())
        .collect();
    assert_eq!(limits.len(), 4, "each of them is a number");
    let file = behind(&cell, "head -c 300M /dev/zero >target/large");
    assert!(!file.status.success());
}

#[test]
fn what_goes_on_ends_with_who_began_it() {
    let (cell, _) = cell();
    let script = "exec 9>target/held; flock 9; sleep 600";
    let mut child = Command::new(MOS)
        .args(["wall", "--tree"])
        .arg(cell.path().join("tree"))
        .args(["--", "bash", "-c", script])
        .spawn()
        .unwrap();
    let held = cell.path().join("tree/target/held");
    let free = || match fs::File::open(&held) {
        Ok(file) => file.try_lock().is_ok(),
        Err(_) => true,
    };
    let wait = |until: &dyn Fn() -> bool| {
        (0..600).any(|_| {
            std::thread::sleep(std::time::Duration::from_millis(50));
            until()
        })
    };
    assert!(wait(&|| !free()), "it never began");
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(wait(&free), "it goes on");
}

/// What gets by the scan and reads a file or the environment, if it is there to be read.
fn spies(secret: &str) -> [(&'static str, String); 4] {
    let call = "macro_rules! call { ($n:ident $a:tt) => { $n ! $a } }";
    [
        (
            "spy.rs",
            format!("#!/x )\nconst S: &str = include_str!({secret:?});\n"),
        ),
        (
            "spy.rs",
            format!(
                "{call}\nconst O: Option<&str> = call!(option_env (\"MOS_SECRET\"));\n\
                 const S: &str = match O {{ Some(s) => s, None => \"\" }};\n"
            ),
        ),
        (
            "spy.rs",
            format!(
                "macro_rules! read {{ ($p:ident $m:ident) => {{ #[$p = {secret:?}] mod $m; }} }}\n\
                 read!(path spy);\nconst S: &str = spy::S;\n"
            ),
        ),
        (
            "spy.S",
            format!(".altmacro\n.macro spy one two\n.&one&two {secret:?}\n.endm\nspy inc bin\n"),
        ),
    ]
}

/// Compiles what is called `spy` as well as it can, and shows what came of it.
const COMPILE: &str = "set -- target/spy.rs target/made
    if [[ -e spy.rs ]]; then
        { cat spy.rs; echo 'fn main() { println!(\"{S}\"); }'; } >$1
        rustc --edition 2024 -A warnings -o $2 $1 && $2
    else
        cc -c -o $2 spy.S && cat $2
    fi";

#[test]
fn who_gets_by_the_scan_finds_nothing() {
    for (name, source) in spies("/none") {
        let hint = scan::check(name, source.as_bytes(), b"");
        assert!(hint.is_ok(), "the scan finds it now: {source}");
        let (cell, secret) = cell();
        let source = source.replace("/none", &secret);
        fs::write(cell.path().join("tree").join(name), &source).unwrap();
        let said = text(&behind(&cell, COMPILE));
        assert!(!said.contains(SECRET), "{source}: {said}");
        // It is a spy: where there is no wall, it finds what it looks for.
        let mut outside = Command::new("bash");
        outside.args(["-c", COMPILE]).env("MOS_SECRET", SECRET);
        let outside = outside.current_dir(cell.path().join("tree")).output();
        let said = text(&outside.unwrap());
        assert!(said.contains(SECRET), "{source}: {said}");
    }
}

#[test]
fn where_there_can_be_no_wall_nothing_is_graded() {
    let mut grade = Command::new(MOS);
    let (cell, secret) = cell();
    grade.args(["grade-submission", "--file"]).arg(secret);
    let output = grade.env("PATH", cell.path()).output().unwrap();
    let said = text(&output);
    let expected = "mos: this machine cannot keep submissions behind a wall, so nothing is graded; UNCONFINED=1 does \
         without: bubblewrap is not installed (there is no bwrap)\n";
    assert_eq!((said.as_str(), output.status.code()), (expected, Some(1)));
}

/// How an emulator takes an image that is none.
fn taken(tree: &Tree, machine: Machine) -> Verdict {
    let settings = Settings {
        sealed: true,
        ..Settings::default()
    };
    let mut session = Session::start(tree, machine, b"no kernel", settings, &[]).unwrap();
    while session.next(None) != Event::End {}
    session.finish().unwrap()
}

#[test]
fn an_emulator_behind_the_wall_reads_what_it_is_handed_as_any_other() {
    let tree = Tree::here().unwrap();
    let guarded = tree.clone().guarded(MOS.into());
    for machine in Machine::ALL {
        let [inside, outside] = [&guarded, &tree].map(|tree| taken(tree, machine));
        let kinds = [&inside, &outside].map(std::mem::discriminant);
        assert_eq!(kinds[0], kinds[1], "{inside:?}, not {outside:?}");
        let said = format!("{inside:?}");
        assert!(
            !said.contains("denied") && !said.contains("No such file"),
            "{said}"
        );
    }
}
