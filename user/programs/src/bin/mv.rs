//! mv: gives files other paths.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

use alloc::format;
use alloc::string::String;
use libos::fs;
use libos::process::ExitCode;
use mos_programs::arguments::ANY;
use mos_programs::{FAILED, Failure, On, Usage, each, run};

const USAGE: Usage = Usage {
    name: "mv",
    operands: "FROM... TO",
    purpose: "give a file or directory another path, or several one in another directory",
    flags: &[],
    count: (2, ANY),
};

fn main() -> ExitCode {
    run(&USAGE, |arguments| {
        let Some((to, from)) = arguments.operands.split_last() else {
            return Ok(FAILED);
        };
        let into = fs::metadata(to).is_ok_and(|data| data.is_dir());
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
            fs::rename(from, &to).on(from)
        }))
    })
}
