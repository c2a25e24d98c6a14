//! cp: copies files.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

use alloc::format;
use alloc::string::String;
use libos::fs::{self, File};
use libos::io::Write;
use libos::process::ExitCode;
use mos_programs::arguments::ANY;
use mos_programs::{FAILED, Failure, Flag, On, Usage, each, run, stream};

const USAGE: Usage = Usage {
    name: "cp",
    operands: "FROM... TO",
    purpose: "copy a file, or files into a directory",
    flags: &[Flag::new('r', "directories too, with all that is in them")],
    count: (2, ANY),
};

fn is_dir(path: &str) -> bool {
    fs::metadata(path).is_ok_and(|data| data.is_dir())
}

fn copy(from: &str, to: &str, recursive: bool) -> Result<(), Failure> {
    if !is_dir(from) {
        return copy_file(from, to);
    }
    if !recursive {
        return Err(Failure::new(format!("{from}: it is a directory")));
    }
    let inside = format!("{}/", from.trim_end_matches('/'));
    if to.starts_with(&inside) {
        return Err(Failure::new(format!("{to} is in {from}")));
    }
    if !is_dir(to) {
        fs::create_dir(to).on(to)?;
    }
    for entry in fs::read_dir(from).on(from)? {
        let name = String::from(entry.on(from)?.file_name());
        let below = |path: &str| format!("{}/{name}", path.trim_end_matches('/'));
        copy(&below(from), &below(to), recursive)?;
    }
    Ok(())
}

fn copy_file(from: &str, to: &str) -> Result<(), Failure> {
    if from == to {
        return Err(Failure::new(format!("{from} is the same file")));
    }
    // What cannot be read is no reason to make the other one empty.
    File::open(from).on(from)?;
    let mut file = File::create(to).on(to)?;
    stream::pieces(from, |piece| {
        file.write_all(piece).on(to)?;
        Ok(true)
    })
}

fn main() -> ExitCode {
    run(&USAGE, |arguments| {
        let Some((to, from)) = arguments.operands.split_last() else {
            return Ok(FAILED);
        };
        let into = is_dir(to);
        if from.len() > 1 && !into {
            return Err(Failure::new(format!("{to}: it is no directory")));
        }
        Ok(each(&USAGE, from, |from| {
            let name = from
                .trim_end_matches('/')
                .rsplit('/')
                .next()
                .unwrap_or_default();
            let to = match into {
                true => format!("{}/{name}", to.trim_end_matches('/')),
                false => String::from(*to),
            };
            copy(from, &to, arguments.has('r'))
        }))
    })
}
