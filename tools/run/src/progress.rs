//! Signs of life while cargo builds: a first build takes a minute.

use anyhow::{Context, Result};
use indicatif::{ProgressBar, ProgressStyle};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Write, stderr};
use std::os::unix::fs::FileExt;
use std::process::{Command, ExitStatus};
use std::sync::{Mutex, PoisonError};
use std::thread::sleep;
use std::time::Duration;

/// How often a terminal shows something new.
const TICK: Duration = Duration::from_millis(50);
/// What has been told where there is no terminal: each step once, however often it is taken.
static TOLD: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
/// Has `tools/environment.sh` ask cargo for its own bar, though its words go to a file. Not an option of cargo's: those
/// behind its subcommand would make it forget the settings before it.
const BAR: &str = "MOS_BAR";
/// Bytes at the end of the file that hold one, colors included.
const TAIL: usize = 256;

/// A sign of life on a terminal, and nothing elsewhere.
pub fn spinner() -> ProgressBar {
    let spinner = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
        spinner.set_style(style);
    }
    spinner.enable_steady_tick(Duration::from_millis(200));
    spinner
}

/// Runs `command`, a cargo whose words go to `said`, to its end. Shows on `spinner` how far `step` is; without a
/// terminal, tells on standard error that it is being taken. Where nothing has to be compiled, there is nothing to
/// tell.
///
/// # Errors
/// It cannot be run.
pub fn follow(
    step: &str,
    mut command: Command,
    said: &File,
    spinner: &ProgressBar,
) -> Result<ExitStatus> {
    spinner.set_message(step.to_owned());
    let mut child = command.env(BAR, "1").spawn().context("cannot run cargo")?;
    loop {
        if let Some(status) = child.try_wait().context("cannot wait for cargo")? {
            return Ok(status);
        }
        if let Some(state) = newest(said) {
            spinner.set_message(format!("{step}: {state}"));
            if spinner.is_hidden() {
                tell(step);
            }
        }
        sleep(TICK);
    }
}

/// Says once that `step` is being taken.
fn tell(step: &str) {
    let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    if told.insert(step.to_owned()) {
        // Who does not listen misses nothing else.
        let _ = writeln!(stderr(), "{step}");
    }
}

/// What the bar at the end of the file says, if there is one. The place where cargo writes is not moved.
fn newest(said: &File) -> Option<String> {
    let end = said.metadata().ok()?.len();
    let start = end.saturating_sub(TAIL as u64);
    let mut tail = vec![0; usize::try_from(end - start).ok()?];
    said.read_exact_at(&mut tail, start).ok()?;
    state(&String::from_utf8_lossy(&tail)).map(str::to_owned)
}

/// What the bar at the end of `text` says behind its drawing, how many crates are done and which are being compiled:
/// `12/40: core, syn`.
fn state(text: &str) -> Option<&str> {
    let bar = text.strip_suffix('\r')?.rsplit(['\r', '\n']).next()?;
    let (drawing, state) = bar.split_once("] ")?;
    let (_, drawn) = drawing.rsplit_once('[')?;
    let (count, compiled) = state.split_once(": ")?;
    let is_bar = drawn.trim_matches(['=', '>', ' ']).is_empty() && count.contains('/');
    // Others than cargo may draw one too, for the terminal to obey.
    let is_plain = !state.contains(char::is_control);
    (is_bar && is_plain && !compiled.trim().is_empty()).then(|| state.trim_end())
}

/// The words without the bars among them: each ends by going back to the start of its line.
pub fn without(words: &[u8]) -> Vec<u8> {
    let lines = words.split_inclusive(|&byte| byte == b'\n');
    let shown = lines.flat_map(|line| line.rsplit(|&byte| byte == b'\r').next());
    shown.flatten().copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Seek};
    use std::thread;

    /// With cargo's word before the second, for which there is room on wide terminals.
    const BARS: &str =
        "[      ] 0/4: core     \r\x1b[1m    Building\x1b[0m [=> ] 1/4: core, a(build)   \r";

    #[test]
    fn the_last_bar_is_found_and_the_words_are_left_without_any() {
        assert_eq!(state(BARS), Some("1/4: core, a(build)"));
        assert_eq!(state(&format!("{BARS}warning: unused\n")), None);
        assert_eq!(state("[=>] 1/4: core\r"), Some("1/4: core"));
        assert_eq!(state("[==>] 4/4: \r"), None);
        assert_eq!(state("[=>] 1/4: core\u{1b}[2J\r"), None);
        assert_eq!(state(""), None);
        let words = format!("{BARS}warning: unused\n --> a.rs\n{BARS}error: bad\n");
        let plain = without(words.as_bytes());
        assert_eq!(plain, b"warning: unused\n --> a.rs\nerror: bad\n");
        assert!(without(BARS.as_bytes()).is_empty());
    }

    #[test]
    fn a_step_is_told_while_something_is_compiled_and_words_stay_whole() {
        let step = "compiling for a test";
        let folder = tempfile::tempdir().unwrap();
        let heard = folder.path().join("heard");
        let script = "printf 'one\\n[>  ] 1/4: core\\r' >&2
            until [ -e \"$HEARD\" ]; do sleep 0.01; done
            printf 'two\\n' >&2
            exit 3";
        let mut said = tempfile::tempfile().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", script]).env("HEARD", &heard);
        command.stderr(said.try_clone().unwrap());
        thread::spawn(move || {
            while !TOLD.lock().unwrap().contains(step) {
                sleep(TICK);
            }
            std::fs::write(heard, "").unwrap();
        });
        let status = follow(step, command, &said, &ProgressBar::hidden()).unwrap();
        assert_eq!(status.code(), Some(3));
        let mut words = String::new();
        said.rewind().unwrap();
        said.read_to_string(&mut words).unwrap();
        assert_eq!(words, "one\n[>  ] 1/4: core\rtwo\n");
    }
}
