//! ps: lists processes.

#![no_std]
#![forbid(unsafe_code)]

use libos::env;
use libos::io::println;
use libos::process::ExitCode;
use mos_programs::{FINE, Usage, run};

const USAGE: Usage = Usage {
    name: "ps",
    operands: "",
    purpose: "list processes: who they are, who has started them, what they do, how often they had the CPU",
    flags: &[],
    count: (0, 0),
};

fn main() -> ExitCode {
    run(&USAGE, |_| {
        println!("process  parent   status          turns");
        for slot in env::all() {
            let status = status_of(slot);
            println!(
                "{} {} {status:12} {:8}",
                slot.id(),
                slot.parent(),
                slot.runs()
            );
        }
        Ok(FINE)
    })
}

fn status_of(slot: env::Slot) -> &'static str {
    use libos::EnvStatus::{Free, NotRunnable, Runnable};
    match slot.status() {
        Free => "gone",
        Runnable => "runs",
        NotRunnable => "waits",
    }
}
