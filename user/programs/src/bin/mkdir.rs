//! mkdir: makes directories.

#![no_std]
#![forbid(unsafe_code)]

use libos::fs;
use libos::process::ExitCode;
use mos_programs::arguments::ANY;
use mos_programs::{Failure, Flag, On, Usage, each, run};

const USAGE: Usage = Usage {
    name: "mkdir",
    operands: "DIR...",
    purpose: "make directories",
    flags: &[Flag::new(
        'p',
        "with those on the way there; those that exist are fine",
    )],
    count: (1, ANY),
};

fn make_all(path: &str) -> Result<(), Failure> {
    let ends = path
        .match_indices('/')
        .map(|(at, _)| at)
        .chain([path.len()]);
    for end in ends {
        let part = path.get(..end).unwrap_or_default();
        let exists = || fs::metadata(part).is_ok_and(|data| data.is_dir());
        if !part.is_empty() && !exists() {
            fs::create_dir(part).on(part)?;
        }
    }
    Ok(())
}

fn main() -> ExitCode {
    run(&USAGE, |arguments| {
        Ok(each(&USAGE, &arguments.operands, |path| {
            match arguments.has('p') {
                true => make_all(path),
                false => fs::create_dir(path).on(path),
            }
        }))
    })
}
