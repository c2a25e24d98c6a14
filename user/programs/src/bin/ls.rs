//! ls: lists directories.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use libos::fs::{self, Metadata};
use libos::io::println;
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
        Flag::new('R', "with what is in directories in them, and so on"),
        Flag::new('l', "with kinds and sizes"),
        Flag::new('1', "one name a line, which is so anyway"),
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
    let kind = if data.is_dir() { "d" } else { "-" };
    format!("{kind} {:8} {name}{slash}\n", data.len())
}

/// Lists what is at `path`, with its name above, if it `is_headed`.
fn list(arguments: &Arguments, path: &str, is_headed: bool) -> Result<(), Failure> {
    let data = fs::metadata(path).on(path)?;
    let mut output = stream::output();
    if !data.is_dir() || arguments.has('d') {
        return stream::write(&mut output, line(arguments, path, &data).as_bytes());
    }
    if is_headed {
        stream::write(&mut output, format!("{path}:\n").as_bytes())?;
    }
    let mut entries = Vec::new();
    for entry in fs::read_dir(path).on(path)? {
        let entry = entry.on(path)?;
        entries.push((String::from(entry.file_name()), entry.metadata()));
    }
    entries.retain(|(name, _)| arguments.has('a') || !name.starts_with('.'));
    entries.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
    entries.iter().try_for_each(|(name, data)| {
        stream::write(&mut output, line(arguments, name, data).as_bytes())
    })?;
    if !arguments.has('R') {
        return Ok(());
    }
    stream::flush(&mut output)?;
    let folders = entries.iter().filter(|(_, data)| data.is_dir());
    folders.into_iter().try_for_each(|(name, _)| {
        println!();
        list(
            arguments,
            &format!("{}/{name}", path.trim_end_matches('/')),
            true,
        )
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
            let is_headed = paths.len() > 1 || arguments.has('R');
            if !is_first && fs::metadata(path).is_ok_and(|data| data.is_dir()) {
                println!();
            }
            is_first = false;
            list(arguments, path, is_headed)
        }))
    })
}
