//! That nobody hears what is said is no reason to break.

#![forbid(unsafe_code)]

use std::fs::File;
use std::process::Command;

#[test]
fn an_error_that_cannot_be_told_is_an_error_and_no_panic() {
    for arguments in [
        ["run", "--prog=no-such-program"],
        ["run", "--machine=pdp11"],
    ] {
        let mut tool = Command::new(env!("CARGO_BIN_EXE_mos-run"));
        let full = File::create("/dev/full").unwrap();
        let status = tool.args(arguments).stderr(full).status().unwrap();
        assert!(
            [Some(1), Some(2)].contains(&status.code()),
            "{arguments:?}: {status}"
        );
    }
}
