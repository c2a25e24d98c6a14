//! free: says how much memory and room on the disk there is.

#![no_std]
#![forbid(unsafe_code)]

use libos::io::println;
use libos::process::ExitCode;
use libos::{fs, view};
use mos_programs::{FINE, Usage, run};

const USAGE: Usage = Usage {
    name: "free",
    operands: "",
    purpose: "say how many KiB of memory and on the disk nobody uses",
    flags: &[],
    count: (0, 0),
};

/// KiB of a page, and of a block.
const KIB: u32 = 4;

fn main() -> ExitCode {
    run(&USAGE, |_| {
        println!("memory: {:8} KiB free", view::free_frames() * KIB);
        let (blocks, free) = fs::space()?;
        println!("disk:   {:8} KiB free of {} KiB", free * KIB, blocks * KIB);
        Ok(FINE)
    })
}
