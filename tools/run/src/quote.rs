//! Text as others take it for one word, whatever is in it.

/// `text` for a POSIX shell, as it is where that does no harm.
pub fn shell(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "/._-+=:,@%".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// `text` for gdb's commands that take words.
pub fn gdb(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', r"\\").replace('"', "\\\""))
}

/// `text` as a value among QEMU's options.
pub fn qemu(text: &str) -> String {
    text.replace(',', ",,")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn a_shell_takes_back_what_was_quoted() {
        for text in [
            "",
            "a",
            "a b",
            "it's",
            "'",
            "$HOME `x` \\ \"",
            "*?[]~",
            "é中",
            "a\nb",
            "-n",
            "~",
        ] {
            let script = format!("printf %s {}", shell(text));
            let output = Command::new("sh").args(["-c", &script]).output().unwrap();
            assert_eq!(String::from_utf8(output.stdout).unwrap(), text);
        }
        assert_eq!(shell("/tmp/mos-1/attach.gdb"), "/tmp/mos-1/attach.gdb");
    }

    #[test]
    fn gdb_and_qemu_get_one_word() {
        assert_eq!(gdb(r#"a "b" \c"#), r#""a \"b\" \\c""#);
        assert_eq!(qemu("a,b"), "a,,b");
    }
}
