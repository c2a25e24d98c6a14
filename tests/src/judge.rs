//! Compares what was seen of a run with what a case expects.

// teacher begin
use crate::case::Disk;
// teacher end
use crate::case::{Case, End, Expect};
// teacher begin
use crate::disk;
// teacher end
use crate::play::Seen;
use anyhow::{Context, Result, bail, ensure};
use mos_run::files;
use mos_run::tree::Tree;
use mos_run::verdict::Verdict;
use regex::Regex;
use std::fmt::Write;

/// Lines shown around the first one that differs.
const CONTEXT: usize = 3;

/// Whether `seen` is what `case` expects.
///
/// # Errors
/// It is not: says what differs first. Or the case itself is wrong.
pub fn judge(tree: &Tree, case: &Case, seen: &Seen) -> Result<()> {
    let lines: Vec<&str> = seen.console.lines().map(str::trim_end).collect();
    for expect in case.expect {
        // teacher begin
        if let Expect::OnDisk(files) = expect {
            let first = seen.disks.first().context("there is no disk")?;
            disk::check(first, true, files)?;
        }
        // teacher end
        compare(tree, expect, &lines)?;
    }
    // teacher begin
    for (disk, bytes) in case.disks.iter().zip(&seen.disks) {
        if let Disk::Files(_) | Disk::Cut(_) = disk {
            disk::check(bytes, false, &[])?;
        }
    }
    // teacher end
    if let Some(prompt) = seen.untyped {
        bail!("the guest never printed {prompt:?}, after which something was to be typed");
    }
    match (&seen.verdict, case.end) {
        (None, _) => {
            bail!("had to be killed: it did not end, nor did the kernel's time limit end it")
        }
        (Some(Verdict::Clean), End::Clean) | (Some(Verdict::Failed(_)), End::Failing) => Ok(()),
        (Some(Verdict::Clean), End::Failing) => bail!("ended cleanly, and was to fail"),
        (Some(Verdict::Failed(code)), End::Clean) => bail!("failed with exit status {code}"),
        (Some(Verdict::Stopped(why) | Verdict::Broken(why) | Verdict::Killed(why)), _) => {
            bail!("{why}")
        }
    }
}

fn compare(tree: &Tree, expect: &Expect, lines: &[&str]) -> Result<()> {
    let programs = || lines.iter().copied().filter(|line| !line.starts_with('['));
    match expect {
        Expect::Lines(expected) => same_lines(expected, &programs().collect::<Vec<_>>()),
        Expect::AnyOrder(expected) => {
            let (mut expected, mut seen) = (expected.to_vec(), programs().collect::<Vec<_>>());
            expected.sort_unstable();
            seen.sort_unstable();
            same_lines(&expected, &seen).context("in alphabetical order")
        }
        Expect::Snapshot(name) => snapshot(tree, name, &programs().collect::<Vec<_>>()),
        Expect::InOrder(patterns) => in_order(patterns, lines),
        Expect::Present(patterns) => {
            for pattern in *patterns {
                let regex = Regex::new(pattern)?;
                let found = lines.iter().any(|line| regex.is_match(line));
                ensure!(found, "no line matches {pattern:?}");
            }
            Ok(())
        }
        Expect::Absent(patterns) => {
            for pattern in *patterns {
                let regex = Regex::new(pattern)?;
                if let Some(line) = lines.iter().find(|line| regex.is_match(line)) {
                    bail!("{line:?} matches {pattern:?}, and nothing was to");
                }
            }
            Ok(())
        }
        // teacher begin
        Expect::OnDisk(_) => Ok(()),
        // teacher end
    }
}

fn in_order(patterns: &[&str], lines: &[&str]) -> Result<()> {
    let mut rest = lines.iter();
    let mut before = "the start".to_owned();
    for pattern in patterns {
        let regex = Regex::new(pattern)?;
        let found = rest.any(|line| regex.is_match(line));
        ensure!(found, "no line after {before} matches {pattern:?}");
        before = format!("that for {pattern:?}");
    }
    Ok(())
}

fn snapshot(tree: &Tree, name: &str, lines: &[&str]) -> Result<()> {
    let path = tree
        .root()
        .join("tests/snapshots")
        .join(name)
        .with_extension("txt");
    if std::env::var_os("MOS_BLESS").is_some() {
        return files::update(&path, (lines.join("\n") + "\n").as_bytes());
    }
    let text = String::from_utf8(files::read(&path)?)?;
    same_lines(&text.lines().collect::<Vec<_>>(), lines)
        .with_context(|| format!("compared with {}", path.display()))
}

/// Says where `seen` first differs from `expected`, with the lines before.
fn same_lines(expected: &[&str], seen: &[&str]) -> Result<()> {
    if expected == seen {
        return Ok(());
    }
    let equal = expected
        .iter()
        .zip(seen)
        .take_while(|(e, s)| e == s)
        .count();
    let mut message = format!("line {} differs", equal + 1);
    for line in &seen[equal.saturating_sub(CONTEXT)..equal] {
        write!(message, "\n    {line}")?;
    }
    for (sign, lines) in [('-', expected), ('+', seen)] {
        let line = lines.get(equal).copied().unwrap_or("(the end)");
        write!(message, "\n  {sign} {line}")?;
    }
    bail!("{message}\n  (- expected, + seen)")
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONSOLE: &str = "[mos] banner\na\nb \n[0408] ended: x\nc\n[mos] power off\n";

    fn verdict(expect: &'static [Expect], end: End, console: &str, verdict: Verdict) -> Result<()> {
        let case = Case {
            expect,
            end,
            ..Case::DEFAULT
        };
        let seen = Seen {
            console: console.to_owned(),
            verdict: Some(verdict),
            untyped: None,
            // teacher begin
            disks: Vec::new(),
            // teacher end
        };
        judge(&Tree::here()?, &case, &seen)
    }

    fn holds(expect: &'static [Expect]) -> bool {
        verdict(expect, End::Clean, CONSOLE, Verdict::Clean).is_ok()
    }

    #[test]
    fn every_expectation_can_hold_and_fail() {
        assert!(holds(&[]));
        assert!(holds(&[Expect::Lines(&["a", "b", "c"])]));
        assert!(!holds(&[Expect::Lines(&["a", "b"])]));
        assert!(!holds(&[Expect::Lines(&["a", "c", "b"])]));
        assert!(!holds(&[Expect::Lines(&["a", "b", "c", "d"])]));
        assert!(holds(&[Expect::AnyOrder(&["c", "a", "b"])]));
        assert!(!holds(&[Expect::AnyOrder(&["c", "a", "a"])]));
        assert!(holds(&[Expect::InOrder(&["^a$", "ended", "^c$"])]));
        assert!(!holds(&[Expect::InOrder(&["^c$", "^a$"])]));
        assert!(!holds(&[Expect::InOrder(&["^a$", "^a$"])]));
        assert!(holds(&[Expect::Present(&["power off", "^b$"])]));
        assert!(!holds(&[Expect::Present(&["^b$", "panic"])]));
        assert!(holds(&[Expect::Absent(&["panic", "^d"])]));
        assert!(!holds(&[Expect::Absent(&["panic", "ended"])]));
        assert!(!holds(&[Expect::Snapshot("there-is-no-such-snapshot")]));
    }

    #[test]
    fn the_end_must_be_as_expected() {
        let end = |end, seen| verdict(&[], end, CONSOLE, seen).is_ok();
        assert!(end(End::Clean, Verdict::Clean));
        assert!(end(End::Failing, Verdict::Failed(1)));
        assert!(!end(End::Clean, Verdict::Failed(1)));
        assert!(!end(End::Failing, Verdict::Clean));
        assert!(!end(End::Clean, Verdict::Stopped(String::new())));
        assert!(!end(End::Failing, Verdict::Stopped(String::new())));
    }

    #[test]
    fn the_first_difference_is_shown_with_what_was_before() {
        let expect = &[Expect::Lines(&["a", "b", "x", "y"])];
        let error = verdict(expect, End::Clean, CONSOLE, Verdict::Clean).unwrap_err();
        let message = "line 3 differs\n    a\n    b\n  - x\n  + c\n  (- expected, + seen)";
        assert_eq!(error.to_string(), message);
    }
}
