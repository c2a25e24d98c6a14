//! What a person does with the system: lines that are piped in and lines that are typed, and what is on the disk afterwards.

use super::pty::Terminal;
use super::{PATIENCE, make, told};
use anyhow::{Context, Result, ensure};
use libtest_mimic::Failed;
use mos_run::machine::Machine;
use mos_run::tree::Tree;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc;
use std::thread;

/// The system's disk, made anew in `folder`.
pub(super) fn disk(tree: &Tree, folder: &Path) -> Result<String> {
    let path = folder.join("disk.img").display().to_string();
    let made = make(tree, &["disk", &format!("OUT={path}")]).output()?;
    let said = String::from_utf8_lossy(&made.stderr);
    ensure!(made.status.success(), "no disk: {said}");
    Ok(path)
}

pub(super) fn run(tree: &Tree, machine: Machine, disk: &str) -> Command {
    let words = [format!("MACHINE={machine}"), format!("DISK={disk}")];
    make(tree, &["run", &words[0], &words[1]])
}

/// What a run says that reads `typed` and nothing more.
fn piped(mut command: Command, typed: &str) -> Result<Output> {
    command.stdin(Stdio::piped());
    let spawned = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = spawned.spawn()?;
    let mut input = child.stdin.take().context("a pipe was asked for")?;
    let typed = typed.to_owned();
    thread::spawn(move || input.write_all(typed.as_bytes()));
    let (sender, ended) = mpsc::channel();
    thread::spawn(move || sender.send(child.wait_with_output()));
    Ok(ended.recv_timeout(PATIENCE)??)
}

/// The lines that a run prints which carries out `script`, without those that show it.
pub(super) fn lines(
    tree: &Tree,
    machine: Machine,
    disk: &str,
    script: &str,
) -> Result<Vec<String>> {
    lines_of(run(tree, machine, disk), script)
}

/// The same of this run.
fn lines_of(command: Command, script: &str) -> Result<Vec<String>> {
    let output = piped(command, script)?;
    let console = String::from_utf8_lossy(&output.stdout).replace('\r', "");
    let told = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "{}: {console}{told}",
        output.status
    );
    let shown = console.lines().filter(|line| !line.starts_with("mos $ "));
    Ok(shown.map(str::to_owned).collect())
}

/// Lines in turn, with others between them.
pub(super) fn expect(lines: &[String], expected: &[&str]) -> Result<()> {
    let mut rest = lines.iter();
    for line in expected {
        let found = rest.any(|seen| seen == line);
        ensure!(found, "no {line:?} in its place in\n{}", lines.join("\n"));
    }
    Ok(())
}

/// Lines that are piped in, twice on one disk.
pub fn script(tree: &Tree, machine: Machine) -> Result<(), Failed> {
    told(|| script_with(tree, machine, "CPUS=1"))
}

/// The same where pipelines run on several CPUs, each of which has run other programs in the same frames.
pub fn script_on_four(tree: &Tree, machine: Machine) -> Result<(), Failed> {
    told(|| script_with(tree, machine, "CPUS=4"))
}

fn script_with(tree: &Tree, machine: Machine, word: &str) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let disk = disk(tree, folder.path())?;
    let run = || {
        let mut command = run(tree, machine, &disk);
        command.arg(word);
        command
    };
    let first = "ls; cat motd | wc -l\nmkdir -p a/b && cd a && pwd\n\
            echo one two > b/file; echo three >> b/file; wc b/file < b/file; cat < b/file | cat | wc\n\
            nothing; echo $?; (cd /; pwd); pwd; false || echo or; false && echo and\n\
            cat b/missing 2> err; wc -l err; export X=5; sh -c 'echo $X $0 $1' name word\n\
            echo 'echo script $1; exit 3' > s; sh s arg; echo $?; ./s; echo *; echo \"*\" ; cat <<< here\n\
            cat\nthis is read by cat\n";
    let seen = lines_of(run(), first)?;
    expect(
        &seen,
        &[
            "bin",
            "etc",
            "motd",
            "newmotd",
            "       4 ",
            "/a",
            "       2       3      14 b/file",
            "       2       3      14 ",
            "sh: nothing: not found",
            "127",
            "/",
            "/a",
            "or",
            "       1 err",
            "5 name word",
            "script arg",
            "3",
            "script",
            "b err s",
            "*",
            "here",
            "this is read by cat",
        ],
    )?;
    let second = "cat a/b/file; rm -r a; ls a; tail -n 1 .mos_history; halt\necho not any more\n";
    let seen = lines_of(run(), second)?;
    expect(&seen, &["one two", "three", "ls: a: file not found"])?;
    ensure!(!seen.iter().any(|line| line == "not any more"), "{seen:?}");
    let check = make(tree, &["fsck", &format!("IMG={disk}")]).output()?;
    let said = String::from_utf8_lossy(&check.stdout);
    ensure!(check.status.success(), "{said}");
    Ok(())
}

/// What somebody tries who has used other systems.
pub fn newcomer(tree: &Tree, machine: Machine) -> Result<(), Failed> {
    told(|| {
        let folder = tempfile::tempdir()?;
        let disk = disk(tree, folder.path())?;
        let typed = "boot; echo boot $?; echo gone > /dev/null; cat < /dev/null; wc -c /dev/null\n\
            [ -e /dev/null ] && [ 1 -lt 2 ] && echo so; [ 1; echo $?; test 1 -lt x; echo $?\n\
            echo one \\\ntwo \\\n  three\n\
            cat /bin/sh | head -n 1 > /dev/null; cat /bin/sh | true; echo quiet\n\
            ls --nosuch; touch -- -a; ls -1 -- -a; mkdir -p d/e; echo x > d/e/f; ls -R d; cat -n motd | head -n 1\n\
            echo mo\tmo\n\
            grep nothing motd; echo grep $?; grep a no/file; echo grep $?; ps | grep ' ps' | wc -l\n";
        let seen = lines(tree, machine, &disk, typed)?;
        let expected = [
            "boot: the system runs already",
            "boot 1",
            "       0 /dev/null",
            "so",
            "test: [: ] is missing",
            "2",
            "test: x: that is no number",
            "2",
            "one two three",
            "quiet",
            "ls: --nosuch: unknown; ls --help says more",
            "-a",
            "d:",
            "e",
            "",
            "d/e:",
            "f",
            "mo mo",
            "grep 1",
            "grep: no/file: file not found",
            "grep 2",
            "       1 ",
        ];
        expect(&seen, &expected)?;
        let complaints = seen.iter().filter(|line| line.contains("nobody reads"));
        ensure!(complaints.count() == 0, "{}", seen.join("\n"));
        let removed = "rm /bin/sh\n";
        lines(tree, machine, &disk, removed)?;
        let output = piped(run(tree, machine, &disk), "echo\n")?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(
            !output.status.success() && said.contains("has no /bin/sh"),
            "{said}"
        );
        Ok(())
    })
}

/// What the courses' programs print.
pub fn course(tree: &Tree, machine: Machine) -> Result<(), Failed> {
    told(|| {
        let folder = tempfile::tempdir()?;
        let disk = disk(tree, folder.path())?;
        let typed = "testfdsharing.b; testpipe; testpiperace; testptelibrary; testbss.b\n\
            primespipe 12; lsfd | cat; testarg a 'b c'; spawnhello; writemotd | tail -n 3\n\
            testkbd < /etc/profile; fstest; fs_test; icode\nls | num\nexit\n";
        let seen = lines(tree, machine, &disk, typed)?;
        expect(
            &seen,
            &[
                "read in child succeeded",
                "read in parent succeeded",
                "pipe tests passed",
                "race didn't happen, 3 descriptors are left",
                "Yes, good.  Now doing a wild write off the end...",
                "2",
                "3",
                "5",
                "7",
                "11",
                "argv[2]: 'b c'",
                "hello, world",
                "This is the NEW message of the day!",
                "(end of file received)",
                "open is good",
                "read is good",
                "open again: OK",
                "read again: OK",
                "file rewrite is good",
                "file remove: OK",
                "alloc_block is good",
                "file_open is good",
                "file_get_block is good",
                "file_flush is good",
                "file_truncate is good",
                "file rewrite is good",
                "icode: read /motd",
                "This is the NEW message of the day!",
                "init: data seems okay",
                "init: bss seems okay",
                "init: args: 'init' 'initarg1' 'initarg2'",
                "init: starting sh",
                "    1 bin",
                "icode: exiting",
            ],
        )
    })
}

/// No lines at all.
pub fn nothing(tree: &Tree, machine: Machine) -> Result<(), Failed> {
    told(|| {
        let folder = tempfile::tempdir()?;
        let disk = disk(tree, folder.path())?;
        let output = run(tree, machine, &disk).output()?;
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        ensure!(output.status.success(), "{}: {said}", output.status);
        ensure!(said.contains("mos $ "), "{said}");
        Ok(())
    })
}

/// Keys, and what is shown then.
const KEYS: &[(&str, &str)] = &[
    ("", "mos $ "),
    ("echo on\x02\x02X\x05e\r", "\nXone\r\n"),
    ("ec\ta\t\x17b\r", "\nb\r\n"),
    ("\x1b[A\x1b[Ac\r", "\nXonec\r\n"),
    ("\x12o b\r", "\nb\r\n"),
    ("cat mo\t | grep Wel\r", "\nWelcome "),
    ("cat <<< \"a\r", "\n> "),
    ("b\"\r", "\na\r\nb\r\n"),
    ("cat\r", "cat\r\n"),
    ("typed\r", "typed\r\ntyped\r\n"),
    ("\x03", "mos $ "),
    ("echo after $?\r", "\nafter 130\r\n"),
    ("(true; (sh -c 'cat; cat'; cat); cat)\r", "cat)\r\n"),
    ("here\r", "here\r\nhere\r\n"),
    ("\x03", "mos $ "),
    ("ps > p; wc -l p\r", "\n       5 p\r\n"),
    ("sh -c 'cat < /motd | cat; cat' &\r", "[1] "),
    ("jobs\r", "running"),
    ("fg\r", ""),
    ("echo a b | xargs -n 1 echo got\r", "\ngot a\r\ngot b\r\n"),
    ("\x04", "power off"),
];

/// A person at a terminal.
pub fn session(tree: &Tree, machine: Machine) -> Result<(), Failed> {
    told(|| {
        let folder = tempfile::tempdir()?;
        let disk = disk(tree, folder.path())?;
        let mut terminal = Terminal::new()?;
        let mut command = run(tree, machine, &disk);
        terminal.serve(&mut command)?;
        let mut child = command.spawn()?;
        drop(command);
        for (keys, shown) in KEYS {
            terminal.press(keys.as_bytes())?;
            terminal.read_on_to(shown)?;
        }
        let status = child.wait()?;
        ensure!(status.success(), "{status}");
        Ok(())
    })
}
