//! leaks: calls other programs, and looks for what is gone when they have ended.

#![no_std]
#![forbid(unsafe_code)]

use libos::fd::Fd;
use libos::io::println;
use libos::process::ExitCode;
use libos::time::{self, Ticks};
use libos::{env, fs, view};
use mos_programs::arguments::ANY;
use mos_programs::{FAILED, FINE, Failure, Usage, call, run_words};

const USAGE: Usage = Usage {
    name: "leaks",
    operands: "COMMAND...",
    purpose: "have sh carry out each command some times, and say what pages, processes, descriptors or blocks are gone each time",
    flags: &[],
    count: (1, ANY),
};

/// How often it is carried out when something is gone: what stays in memory to be found there the next time is gone once.
const TIMES: usize = 3;
/// Ticks until the kernel has cleared away what has ended.
const PATIENCE: u32 = 100;

/// What there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stock {
    pages: u32,
    processes: usize,
    descriptors: usize,
    blocks: u32,
}

fn stock() -> Result<Stock, Failure> {
    // The server forgets what nobody has open any more.
    let (_, blocks) = fs::space()?;
    Ok(Stock {
        pages: view::free_frames(),
        processes: env::all().count(),
        descriptors: Fd::all().filter(|fd| fd.is_open()).count(),
        blocks,
    })
}

/// What there is after something; `before` it, that was there. What has ended may take a while to be cleared away.
fn settled(before: Stock) -> Result<Stock, Failure> {
    let begun = Ticks::now();
    loop {
        let after = stock()?;
        if after == before || begun.passed().0 > PATIENCE {
            return Ok(after);
        }
        time::sleep(Ticks(1));
    }
}

/// What `command` does to what there is, when it is carried out again and again: before and after the last time.
fn change(command: &str) -> Result<(Stock, Stock), Failure> {
    call("sh", ["-c", command])?;
    let mut change = (stock()?, stock()?);
    for _ in 0..TIMES {
        let before = settled(change.1)?;
        call("sh", ["-c", command])?;
        change = (before, settled(before)?);
        if change.0 == change.1 {
            break;
        }
    }
    Ok(change)
}

fn main() -> ExitCode {
    run_words(&USAGE, |arguments| {
        let mut status = FINE;
        for command in &arguments.operands {
            let (before, after) = change(command)?;
            if before != after {
                println!("{command}: {before:?}, then {after:?}");
                status = FAILED;
            }
        }
        println!("{} commands looked at", arguments.operands.len());
        Ok(status)
    })
}
