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

/// The whole manual.
fn manual() -> String {
    let mut text = String::from(include_str!("introduction.md"));
    text.push_str("\n## The calls\n\n| no. | call | what it does |\n| --- | --- | --- |\n");
    for call in Sysno::ALL {
        let args = call.args().join(", ");
        let (number, name, doc) = (*call as u32, call.name(), call.doc().trim());
        writeln!(text, "| {number} | `{name}({args})` | {doc} |").expect("a string");
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
