//! The shell with programs, on a disk whose contents nobody knows beforehand.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use libos::fd;
use libos::io::Error;
use libos::process::{Command, ExitStatus};
use mos_exam::disk::{Plan, Planned, Recipe};
use mos_exam::{saw, step, sum};
use mos_user::check::Check;

/// Bytes that are shown as they are.
const SHOWN: usize = 200;

/// Has the shell carry out `text`: how that ended, and what was written.
fn run(text: &str) -> Result<(ExitStatus, Vec<u8>), Error> {
    let (from, to) = fd::pipe()?;
    let mut command = Command::new("/bin/sh");
    command.arg("-c").arg(text).stdout(to).stderr(to);
    let mut child = command.spawn()?;
    fd::close(to)?;
    let mut bytes = Vec::new();
    let mut room = [0; 512];
    loop {
        match fd::read(from, &mut room)? {
            0 => break,
            count => bytes.extend_from_slice(&room[..count]),
        }
    }
    fd::close(from)?;
    Ok((child.wait(), bytes))
}

fn shell(check: &Check, text: &str) -> Result<(), Error> {
    let (status, bytes) = run(text)?;
    if bytes.len() <= SHOWN {
        saw!(
            check,
            "what the shell writes",
            String::from_utf8_lossy(&bytes)
        );
    } else {
        saw!(
            check,
            "how many bytes the shell writes, and their sum",
            (bytes.len(), sum(&bytes))
        );
    }
    saw!(check, "its status", status.code());
    Ok(())
}

/// A file of the disk that has something in it.
fn file(check: &mut Check) -> Planned {
    let plan = Plan::new(Recipe::Texts, check.seed());
    plan.file(check.lots.from(1, plan.files() - 1))
}

/// `;`, `&&`, `||` and `!`.
pub fn chains(mut check: Check) -> Result<(), Error> {
    let [a, b] = [(); 2].map(|()| format!("{:x}", check.lots.any()));
    let all = |check: &Check, texts: &[&str]| {
        let texts = texts.iter().map(|text| format!("{text}; echo $?"));
        let text = texts.collect::<Vec<_>>().join("; ");
        shell(check, &text.replace('A', &a).replace('B', &b))
    };
    step!(check, "what comes behind && is done where all went well");
    all(
        &check,
        &[
            "true && echo A",
            "false && echo A",
            "true && true && echo B",
            "true && false && echo A",
        ],
    )?;
    step!(check, "what comes behind || is done where it did not");
    all(
        &check,
        &[
            "true || echo A",
            "false || echo A",
            "false || false || echo B",
            "false || true || echo A",
        ],
    )?;
    step!(check, "both go by what was done last");
    all(
        &check,
        &[
            "true || echo A && echo B",
            "false && echo A || echo B",
            "false || echo A && echo B",
            "true && false || echo B; echo A",
        ],
    )?;
    step!(check, "the status is the last one's");
    all(
        &check,
        &["false", "true && false", "! true", "false || ! false"],
    )?;
    shell(&check, "exit 7 && echo A")
}

/// `<`, `>`, `>>`, `2>` and `>&`.
pub fn files(mut check: Check) -> Result<(), Error> {
    let [one, other] = [(); 2].map(|()| file(&mut check).path);
    step!(check, "a command reads a file, and writes one");
    shell(&check, &format!("cat < {one}"))?;
    shell(&check, &format!("cat < {one} > /copy; cat /copy"))?;
    shell(&check, &format!("cat {other} > /copy; cat < /copy"))?;
    step!(check, "or writes at its end");
    shell(
        &check,
        &format!("echo a > /end; cat {one} >> /end; echo b >> /end; cat /end"),
    )?;
    shell(&check, "echo first >> /fresh; cat /fresh")?;
    step!(check, "what is wrong goes where it is led to");
    shell(&check, "cat /none 2> /wrong; echo $?; cat /wrong")?;
    shell(&check, "cat /none > /out 2>&1; cat /out")?;
    shell(&check, "echo a 2> /x >&2; cat /x")?;
    step!(check, "of several the last one counts, and all are done");
    shell(&check, "echo a > /p > /q; cat /p /q")?;
    shell(&check, &format!("cat < {one} < {other}"))?;
    step!(check, "where one cannot be done, nothing is");
    shell(
        &check,
        &format!("cat < /none > /never; echo $?; cat /never; cat {one} > /no/such; echo $?"),
    )?;
    step!(check, "they may stand anywhere, and take a group's output");
    shell(&check, &format!("> /any cat {one}; < /any cat"))?;
    shell(
        &check,
        &format!("(cat {one}; cat {other}) > /both; cat /both"),
    )?;
    shell(&check, "cat <<< 'some text'")?;
    libos::fs::sync()?;
    Ok(())
}

/// `|`.
pub fn pipelines(mut check: Check) -> Result<(), Error> {
    let [one, other] = [(); 2].map(|()| file(&mut check).path);
    step!(check, "the output of one is the input of the next");
    shell(&check, &format!("cat {one} | cat"))?;
    shell(&check, &format!("cat {one} {other} | sort"))?;
    step!(check, "there may be many");
    shell(
        &check,
        &format!("cat {one} | cat | cat | sort -r | cat | cat"),
    )?;
    step!(check, "they run together, whatever there is to be written");
    shell(
        &check,
        &format!("cat {one} {one} {one} {one} {other} {other} {other} {other} | sort | cat"),
    )?;
    step!(check, "the status is the last one's");
    for text in [
        "false | true; echo $?",
        "true | false; echo $?",
        "! true | false; echo $?",
        "nosuch | echo a; echo $?",
        "echo a 2> /quiet | nosuch; echo $?",
    ] {
        shell(&check, text)?;
    }
    step!(check, "who reads no more ends who writes");
    shell(
        &check,
        &format!("cat {one} {other} {one} {other} {one} 2> /quiet | head -n 1"),
    )?;
    step!(check, "groups and redirections take part");
    shell(
        &check,
        &format!("(cat {one}; echo end) | sort > /sorted; cat /sorted"),
    )?;
    shell(
        &check,
        &format!("cat < {one} | cat > /piped; cat /piped | cat"),
    )?;
    step!(check, "what is set within a pipeline stays there");
    shell(&check, "x=1; (x=2; echo $x) | cat; echo $x")?;
    Ok(())
}

/// `&`.
pub fn background(mut check: Check) -> Result<(), Error> {
    let one = file(&mut check).path;
    step!(check, "nobody waits for what ends in &");
    shell(
        &check,
        &format!("cat {one} > /late & echo now; fg > /told; cat /late"),
    )?;
    shell(&check, "false; true & echo $?; nosuch & echo $?; fg")?;
    step!(check, "it reads nothing of what others may want");
    shell(&check, "cat & fg; echo end")?;
    step!(check, "a chain is one job");
    shell(&check, "false && echo a & fg; echo $?; true && echo b & fg")?;
    step!(check, "its process is known");
    shell(&check, "true; echo $!; cat <<< a > /x & fg; jobs; cat /x")?;
    Ok(())
}

/// `wc`.
pub fn counts(mut check: Check) -> Result<(), Error> {
    let plan = Plan::new(Recipe::Texts, check.seed());
    step!(check, "lines, words and bytes are counted");
    for n in 0..plan.files() {
        shell(&check, &format!("wc {}", plan.file(n).path))?;
    }
    step!(check, "of what is read as well, in whatever pieces");
    let (one, other) = (file(&mut check).path, file(&mut check).path);
    shell(&check, &format!("cat {one} {other} {one} | wc"))?;
    shell(&check, "wc <<< ' a  bb\tccc '")?;
    shell(&check, "wc < /none")?;
    step!(check, "or what is asked for alone, and the total");
    shell(
        &check,
        &format!("wc -l {one} {other}; wc -w {one}; wc -c < {other}"),
    )?;
    Ok(())
}
