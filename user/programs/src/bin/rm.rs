//! rm: removes files.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use libos::fs;
use libos::process::ExitCode;
use mos_programs::arguments::ANY;
use mos_programs::{Failure, Flag, On, Usage, each, run};

const USAGE: Usage = Usage {
    name: "rm",
    operands: "PATH...",
    purpose: "remove files",
    flags: &[
        Flag::new('f', "what is not there is fine"),
        Flag::new('r', "directories too, with all that is in them"),
    ],
    count: (0, ANY),
};

fn remove_all(path: &str) -> Result<(), Failure> {
    if !fs::metadata(path).on(path)?.is_dir() {
        return fs::remove_file(path).on(path);
    }
    let mut names: Vec<String> = Vec::new();
    for entry in fs::read_dir(path).on(path)? {
        names.push(entry.on(path)?.file_name().into());
    }
    let folder = path.trim_end_matches('/');
    names
        .iter()
        .try_for_each(|name| remove_all(&format!("{folder}/{name}")))?;
    fs::remove_dir(path).on(path)
}

fn main() -> ExitCode {
    run(&USAGE, |arguments| {
        if arguments.operands.is_empty() && !arguments.has('f') {
            return Err(Failure::new("something is missing; rm --help says more"));
        }
        Ok(each(&USAGE, &arguments.operands, |path| {
            let is_there = fs::metadata(path).is_ok();
            if !is_there && arguments.has('f') {
                return Ok(());
            }
            match arguments.has('r') {
                // Nothing would be left to go on with.
                true if path.bytes().all(|byte| byte == b'/') => {
                    Err(Failure::new("the root stays")).on(path)
                }
                true => remove_all(path),
                false => fs::remove_file(path).on(path),
            }
        }))
    })
}
