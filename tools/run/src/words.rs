//! What is said while something is compiled: by the compiler on what it compiles, which is as much the words of who wrote
//! that, and by cargo on the compiler.

#[cfg(feature = "grading")]
pub mod messages;

use std::error::Error;
use std::fmt;

/// The compiler was ended, or did not come to work, whatever it was to compile.
#[derive(Debug)]
pub struct Ended(pub String);

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Ended {}

/// What ended a compiler, if the `words` say that something did: cargo's own alone, where nothing is that a source says.
pub fn ended(words: &str) -> Option<String> {
    words
        .lines()
        .find_map(|line| by_signal(line).or_else(|| by_system(line)))
}

/// By a signal: ``  process didn't exit successfully: `rustc` (signal: 9, SIGKILL: kill)``.
fn by_signal(line: &str) -> Option<String> {
    let rest = line.strip_prefix("  process didn't exit successfully: `")?;
    let (_, signal) = rest.rsplit_once("` (signal: ")?;
    let name = signal.find("SIG").map_or(signal, |at| &signal[at..]);
    let name = name.split([':', ')']).next()?;
    Some(match name {
        // See tools/rustc.sh.
        "SIGXCPU" => {
            "the compiler was ended after minutes of work; is a constant computed for ever?"
                .to_owned()
        }
        _ => format!("the compiler was ended by {name}"),
    })
}

/// Since the system could not do what cargo asked for, or the compiler, which then panics.
fn by_system(line: &str) -> Option<String> {
    let cause = line.strip_prefix("  ");
    let says = |number, kind| {
        cause.is_some_and(|cause| cause.ends_with(&format!(" (os error {number})")))
            || line.contains(&format!("Os {{ code: {number}, kind: {kind}, "))
    };
    if says(28, "StorageFull") {
        Some("the disk is full".to_owned())
    } else if says(11, "WouldBlock") {
        // A thread that could not be begun.
        Some("there were too many processes".to_owned())
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cargo(how: &str) -> String {
        format!(
            "error: could not compile `a`\n\nCaused by:\n  process didn't exit successfully: `rustc --x` ({how})\n"
        )
    }

    #[test]
    fn what_ended_a_compiler_is_told_from_what_is_wrong_with_a_source() {
        let time = ended(&cargo("signal: 24, SIGXCPU: CPU time limit exceeded"));
        assert!(time.is_some_and(|why| why.contains("a constant computed for ever")));
        let killed = ended(&cargo("signal: 9, SIGKILL: kill"));
        assert_eq!(killed.as_deref(), Some("the compiler was ended by SIGKILL"));
        assert_eq!(ended(&cargo("exit status: 1")), None);
        let full =
            "error: failed to write `a`\n\nCaused by:\n  No space left on device (os error 28)";
        assert_eq!(ended(full).as_deref(), Some("the disk is full"));
        let many = "failed to spawn helper thread: Os { code: 11, kind: WouldBlock, message: \"Resource temporarily unavailable\" }";
        assert!(ended(many).is_some_and(|why| why.contains("processes")));
    }
}
