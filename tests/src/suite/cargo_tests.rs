//! Runs `cargo test` and counts.

use super::step::Tally;
use anyhow::{Context, Result};
use indicatif::ProgressBar;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::thread;

/// Runs `command`, a `cargo test`, showing how many tests have passed so far.
///
/// # Errors
/// It cannot be started.
pub fn run(mut command: Command, spinner: &ProgressBar) -> Result<Tally> {
    command.stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().context("cannot run cargo")?;
    // One channel for both, so that the lines keep their order.
    let (sender, lines) = channel();
    forward(child.stdout.take(), sender.clone());
    forward(child.stderr.take(), sender);

    let mut tally = Tally::default();
    let mut so_far = 0;
    for line in lines {
        if line.starts_with("test ") && line.ends_with(" ok") {
            so_far += 1;
            spinner.set_message(format!("{so_far} passed"));
        }
        if let Some((passed, failed)) = result(&line) {
            tally.passed += passed;
            tally.failed += failed;
            tally.tests += passed + failed;
        }
        tally.output += &line;
        tally.output.push('\n');
    }
    let status = child.wait().context("cannot wait for cargo")?;
    if !status.success() && tally.failed == 0 {
        // Something did not compile or crashed, which no result tells.
        tally.failed = 1;
    }
    Ok(tally)
}

/// Sends every line of `stream` to `lines`, from a thread of its own.
fn forward(stream: Option<impl Read + Send + 'static>, lines: Sender<String>) {
    let Some(stream) = stream else { return };
    thread::spawn(move || {
        for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line).into_owned();
            if lines.send(line).is_err() {
                break;
            }
        }
    });
}

/// What a line like `test result: ok. 3 passed; 1 failed; ...` says: passed and failed.
fn result(line: &str) -> Option<(usize, usize)> {
    let (_, counts) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let count = |word: &str| {
        let entry = counts.split("; ").find(|entry| entry.ends_with(word))?;
        entry.split_once(' ')?.0.parse().ok()
    };
    Some((count(" passed")?, count(" failed")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Tally {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        run(command, &ProgressBar::hidden()).unwrap()
    }

    #[test]
    fn results_are_added_up() {
        let line = "test result: ok. 20 passed; 1 failed; 3 ignored; 0 measured; 7 filtered out";
        assert_eq!(result(line), Some((20, 1)));
        assert_eq!(result("test a::result: ok ... ok"), None);
        assert_eq!(result("test result: strange"), None);
        let tally = shell(&format!(
            "echo '{line}'; echo 'test x ... ok'; echo '{line}'; exit 1"
        ));
        assert_eq!((tally.passed, tally.failed, tally.tests), (40, 2, 42));
    }

    #[test]
    fn a_run_without_results_has_failed_if_it_says_so() {
        let tally = shell("echo error: no such type >&2; exit 101");
        assert_eq!((tally.passed, tally.failed), (0, 1));
        assert_eq!(tally.output, "error: no such type\n");
        assert_eq!(shell("exit 0").failed, 0);
    }
}
