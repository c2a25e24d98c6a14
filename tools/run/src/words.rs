//! What is said while something is compiled: by the compiler on what it compiles, which is as much the words of who wrote
//! that, and by cargo on the compiler.

use serde_json::Value;
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

/// The compiler's words, as a person reads them, in cargo's `messages`, of which each is a line. One that is cut off is left
/// out.
pub fn of_compiler(messages: &[u8]) -> Vec<u8> {
    let lines = messages.split_inclusive(|&byte| byte == b'\n');
    let words = lines.filter_map(|line| {
        let message: Value = serde_json::from_slice(line).ok()?;
        let message = message.get("message")?;
        let text = |key| message.get(key).and_then(Value::as_str);
        // How many there were, in the end, is cargo's to say.
        let counts = text("message")
            .is_some_and(|text| text.starts_with("aborting due to") || text.ends_with(" emitted"));
        text("rendered").filter(|_| !counts).map(str::to_owned)
    });
    words.collect::<String>().into_bytes()
}

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

    #[test]
    fn the_compilers_words_are_found_among_messages() {
        let message = |text: &str, rendered: &str| {
            let message = serde_json::json!({ "message": text, "rendered": rendered });
            let line = serde_json::json!({ "reason": "compiler-message", "message": message });
            format!("{line}\n")
        };
        let lines = [
            message("bad", "error: bad\n \"rendered\":\"\n"),
            "{\"reason\":\"compiler-artifact\"}\nnonsense\n".to_owned(),
            message("aborting due to 1 previous error", "error: aborting\n"),
            message("1 warning emitted", "warning: 1 warning emitted\n"),
            message("E1", "For more, try it\n"),
            message("cut", "off")[..20].to_owned(),
        ];
        let words = of_compiler(lines.concat().as_bytes());
        let expected = "error: bad\n \"rendered\":\"\nFor more, try it\n";
        assert_eq!(String::from_utf8(words).unwrap(), expected);
    }
}
