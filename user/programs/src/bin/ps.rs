//! ps: lists processes.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

use alloc::format;
use alloc::string::String;
use libos::env;
use libos::io::println;
use libos::process::{ExitCode, name_of};
use mos_programs::{FINE, Usage, run};

const USAGE: Usage = Usage {
    name: "ps",
    operands: "",
    purpose: "list processes: who they are, who has started them, what they do, on which CPU, how often they had one, what they are called",
    flags: &[],
    count: (0, 0),
};

fn main() -> ExitCode {
    run(&USAGE, |_| {
        println!("process  parent   status       cpu    turns name");
        for slot in env::all() {
            let status = status_of(slot);
            let cpu = slot.cpu().map_or(String::from("-"), |cpu| format!("{cpu}"));
            println!(
                "{} {} {status:12} {cpu:3} {:8} {}",
                slot.id(),
                slot.parent(),
                slot.runs(),
                name_of(slot.id()).unwrap_or_else(|| String::from("-"))
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
