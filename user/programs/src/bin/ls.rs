//! ls: lists directories.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use libos::fs::{self, Metadata};
use libos::process::ExitCode;
use mos_programs::arguments::ANY;
use mos_programs::{Arguments, Failure, Flag, On, Usage, each, run, stream};

const USAGE: Usage = Usage {
    name: "ls",
    operands: "[PATH...]",
    purpose: "list directories, or this one",
    flags: &[
        Flag::new('a', "with names that begin with a dot"),
        Flag::new('d', "directories themselves, not what is in them"),
        Flag::new('F', "with a slash behind directories"),
        Flag::new('l', "with kinds and sizes"),
    ],
    count: (0, ANY),
};

fn line(arguments: &Arguments, name: &str, data: &Metadata) -> String {
    let slash = match data.is_dir() && arguments.has('F') {
        true => "/",
        false => "",
    };
    if !arguments.has('l') {
        return format!("{name}{slash}\n");
    }
    let kind = if data.is_dir() { 'd' } else { '-' };
    format!("{kind} {:8} {name}{slash}\n", data.len())
}

fn list(arguments: &Arguments, path: &str) -> Result<(), Failure> {
    let data = fs::metadata(path).on(path)?;
    let mut output = stream::output();
    if !data.is_dir() || arguments.has('d') {
        return stream::write(&mut output, line(arguments, path, &data).as_bytes());
    }
    let mut entries = Vec::new();
    for entry in fs::read_dir(path).on(path)? {
        let entry = entry.on(path)?;
        entries.push((String::from(entry.file_name()), entry.metadata()));
    }
    entries.retain(|(name, _)| arguments.has('a') || !name.starts_with('.'));
    entries.sort_by(|(one, _), (other, _)| one.cmp(other));
    entries.iter().try_for_each(|(name, data)| {
        stream::write(&mut output, line(arguments, name, data).as_bytes())
    })
}

fn main() -> ExitCode {
    run(&USAGE, |arguments| {
        let paths = match arguments.operands.as_slice() {
            [] => &["."],
            paths => paths,
        };
        let mut is_first = true;
        Ok(each(&USAGE, paths, |path| {
            if paths.len() > 1 && fs::metadata(path).is_ok_and(|data| data.is_dir()) {
                let gap = if is_first { "" } else { "\n" };
                libos::io::println!("{gap}{path}:");
            }
            is_first = false;
            list(arguments, path)
        }))
    })
}
