//! The compiler's words apart from cargo's: where the sources are not ours, what a compiler says is the words of who wrote them.

use serde_json::Value;
use std::process::Command;

/// Bytes of messages that anybody reads.
pub const MOST: usize = 4 << 20;

/// Has cargo keep them apart: what it puts out then is [`of_compiler`]'s to read, in colors where they are wanted.
pub fn keep_apart(command: &mut Command, colored: bool) {
    let format = if colored {
        "json,json-diagnostic-rendered-ansi"
    } else {
        "json"
    };
    command.args(["--message-format", format]);
}

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

#[cfg(test)]
mod tests {
    use super::*;

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
