//! The checks of lab 3 that take programs: `tests/checks/lab3.toml` says what each of them tests.

#![no_std]
#![forbid(unsafe_code)]

mod faults;
mod misdeeds;
mod turns;

use libos::println;
use mos_user::check::Check;

fn main() {
    let Some(check) = Check::ordered() else {
        return;
    };
    match check.name() {
        "first-run" => turns::first_run(check),
        "idle" => turns::idle(check),
        "timer" => turns::timer(check),
        "registers-saved" => turns::registers_saved(check),
        "registers-restored" => turns::registers_restored(check),
        "refill" => faults::refill(check),
        "demand" => faults::demand(check),
        "exceptions" => misdeeds::exceptions(check),
        "exception-kinds" => misdeeds::exception_kinds(check),
        "kill-line" => misdeeds::kill_line(check),
        name => println!("there is no check {name} in lab 3"),
    }
}
