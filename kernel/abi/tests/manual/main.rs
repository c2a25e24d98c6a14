//! The manual of the system calls, `docs/syscalls.md`, is made from the table that the kernel and libos
//! are made from. `MOS_BLESS=1 cargo test -p mos-abi` writes it.

use std::fmt::Write;
use std::path::Path;

use mos_abi::{Error, Sysno};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/syscalls.md");

/// The C name of an error: `BadEnv` is `E_BAD_ENV`.
fn c_name(error: Error) -> String {
    let mut name = String::from("E");
    for letter in format!("{error:?}").chars() {
        if letter.is_uppercase() {
            name.push('_');
        }
        name.push(letter.to_ascii_uppercase());
    }
    name
}

/// Calls with this number and above are in no skeleton.
const FURTHER: u32 = 9604;

/// The table's rows for some calls.
fn rows(calls: &[&Sysno]) -> String {
    let mut text = String::new();
    for &&call in calls {
        let args = call.args().join(", ");
        let (number, name, doc) = (call as u32, call.name(), call.doc().trim());
        writeln!(text, "| {number} | `{name}({args})` | {doc} |").expect("a string");
    }
    text
}

/// The whole manual.
fn manual() -> String {
    let mut text = String::from(include_str!("introduction.md"));
    text.push_str("\n## The calls\n\n| no. | call | what it does |\n| --- | --- | --- |\n");
    let (students, further): (Vec<_>, Vec<_>) = Sysno::ALL
        .iter()
        .partition(|&&call| (call as u32) < FURTHER);
    text.push_str(&rows(&students));
    if !further.is_empty() {
        text.push_str("\n<!-- teacher begin -->\n## Further calls\n\n");
        text.push_str("| no. | call | what it does |\n| --- | --- | --- |\n");
        text.push_str(&rows(&further));
        text.push_str("<!-- teacher end -->\n");
    }
    text.push_str("\n## Errors\n\n| v0 | name | meaning |\n| --- | --- | --- |\n");
    for error in Error::ALL {
        let (code, name) = (error.code(), c_name(error));
        writeln!(text, "| {code} | `-{name}` | {error} |").expect("a string");
    }
    text.push_str(
        "\n<!-- Made from kernel/abi/src/syscall.rs; MOS_BLESS=1 cargo test -p mos-abi writes it. -->\n",
    );
    text
}

#[test]
fn the_manual_is_up_to_date() {
    let text = manual();
    if std::env::var_os("MOS_BLESS").is_some() {
        let docs = Path::new(PATH).parent().expect("docs");
        std::fs::create_dir_all(docs).expect("docs can be made");
        std::fs::write(PATH, &text).expect("the manual can be written");
    }
    let written = std::fs::read_to_string(PATH).unwrap_or_default();
    assert!(
        written == text,
        "docs/syscalls.md is out of date: MOS_BLESS=1 cargo test -p mos-abi writes it"
    );
}

#[test]
fn errors_have_the_names_of_the_course() {
    assert_eq!(c_name(Error::IpcNotRecv), "E_IPC_NOT_RECV");
    assert_eq!(c_name(Error::NoFreeEnv), "E_NO_FREE_ENV");
}
