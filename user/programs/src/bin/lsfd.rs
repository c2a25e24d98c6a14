//! lsfd: lists the descriptors that it was given.

#![no_std]
#![forbid(unsafe_code)]

use libos::fd::{self, Fd, Kind};
use libos::io::println;
use libos::process::ExitCode;
use mos_programs::{FINE, Usage, run};

const USAGE: Usage = Usage {
    name: "lsfd",
    operands: "",
    purpose: "list the descriptors that this program was given: number, kind, size, how far it was read or written",
    flags: &[],
    count: (0, 0),
};

fn main() -> ExitCode {
    run(&USAGE, |_| {
        for fd in Fd::all().filter(|fd| fd.is_open()) {
            let stat = fd::stat(fd)?;
            let kind = match stat.kind {
                Kind::File => "file",
                Kind::Directory => "directory",
                Kind::Console => "console",
                Kind::Pipe => "pipe",
                Kind::Null => "null",
            };
            println!(
                "{:2} {kind:9} {:8} {:8}",
                fd.number(),
                stat.size,
                fd.offset()
            );
        }
        Ok(FINE)
    })
}
