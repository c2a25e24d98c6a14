//! touch: makes empty files.

#![no_std]
#![forbid(unsafe_code)]

use libos::fs::OpenOptions;
use libos::process::ExitCode;
use mos_programs::arguments::ANY;
use mos_programs::{On, Usage, each, run};

const USAGE: Usage = Usage {
    name: "touch",
    operands: "FILE...",
    purpose: "make empty files; those that exist stay as they are",
    flags: &[],
    count: (1, ANY),
};

fn main() -> ExitCode {
    run(&USAGE, |arguments| {
        Ok(each(&USAGE, &arguments.operands, |path| {
            let mut options = OpenOptions::new();
            options.write(true).create(true).open(path).on(path)?;
            Ok(())
        }))
    })
}
