//! The checks of the lab about several CPUs. `tests/checks/smp.toml` says what each of them tests.
//!
//! What is reported depends on nothing but the seed: not on which CPU did what, nor on who was first.

#![no_std]
#![forbid(unsafe_code)]

mod calls;
mod elsewhere;
mod family;
mod memory;
mod together;

use libos::{Error, println};
use mos_user::check::Check;

fn main() -> Result<(), Error> {
    let Some(check) = Check::ordered() else {
        return Ok(());
    };
    match check.name() {
        "cpus-together" => together::together(check),
        "cpus-registers" => together::registers(check),
        "cpus-shares" => together::shares(check),
        "calls-at-once" => calls::at_once(check),
        "messages-between" => calls::messages(check),
        "woken-at-once" => calls::woken(check),
        "ended-elsewhere" => elsewhere::ended(check),
        "stopped-elsewhere" => elsewhere::stopped(check),
        "mapped-elsewhere" => memory::mapped(check),
        "unmapped-elsewhere" => memory::unmapped(check),
        "tables-of-all" => memory::views(check),
        "ids-again" => memory::ids(check),
        other => {
            println!("there is no check {other}");
            Ok(())
        }
    }
}
