//! tee: writes what it reads to several places.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

use alloc::vec::Vec;
use libos::fs::{File, OpenOptions};
use libos::process::ExitCode;
use mos_programs::arguments::ANY;
use mos_programs::{FAILED, FINE, Flag, On, Usage, run, stream};

const USAGE: Usage = Usage {
    name: "tee",
    operands: "[FILE...]",
    purpose: "write what is read to standard output and to files",
    flags: &[Flag::new('a', "at their ends")],
    count: (0, ANY),
};

fn main() -> ExitCode {
    run(&USAGE, |arguments| {
        let mut files: Vec<File> = Vec::new();
        let mut status = FINE;
        for path in &arguments.operands {
            let mut options = OpenOptions::new();
            options.write(true).create(true);
            match arguments.has('a') {
                true => options.append(true),
                false => options.truncate(true),
            };
            match options.open(path).on(path) {
                Ok(file) => files.push(file),
                Err(failure) => {
                    libos::io::eprintln!("tee: {failure}");
                    status = FAILED;
                }
            }
        }
        stream::pieces("-", |piece| {
            stream::write(&mut libos::io::stdout(), piece)?;
            let mut files = files.iter_mut();
            files.try_for_each(|file| stream::write(file, piece))?;
            Ok(true)
        })?;
        Ok(status)
    })
}
