//! tree: lists all that is below directories.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use libos::fs;
use libos::io::println;
use libos::process::ExitCode;
use mos_programs::arguments::ANY;
use mos_programs::{Failure, On, Usage, each, run};

const USAGE: Usage = Usage {
    name: "tree",
    operands: "[DIR...]",
    purpose: "list all that is below directories, or this one",
    flags: &[],
    count: (0, ANY),
};

fn branch(path: &str, depth: usize) -> Result<(), Failure> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(path).on(path)? {
        let entry = entry.on(path)?;
        entries.push((String::from(entry.file_name()), entry.metadata().is_dir()));
    }
    entries.sort_unstable();
    for (name, is_dir) in entries {
        let slash = if is_dir { "/" } else { "" };
        println!("{:1$}{name}{slash}", "", 4 * depth);
        if is_dir {
            branch(&format!("{}/{name}", path.trim_end_matches('/')), depth + 1)?;
        }
    }
    Ok(())
}

fn main() -> ExitCode {
    run(&USAGE, |arguments| {
        let paths = match arguments.operands.as_slice() {
            [] => &["."],
            paths => paths,
        };
        Ok(each(&USAGE, paths, |path| {
            println!("{path}");
            branch(path, 1)
        }))
    })
}
