//! kill: ends processes, as far as the kernel lets a program.

#![no_std]
#![forbid(unsafe_code)]

use libos::process::ExitCode;
use libos::{EnvId, destroy, env};
use mos_programs::arguments::ANY;
use mos_programs::{Failure, On, Usage, each, run_words};

const USAGE: Usage = Usage {
    name: "kill",
    operands: "ID...",
    purpose: "end processes; the kernel lets only who has started one, so that the shell's own kill can more",
    flags: &[],
    count: (1, ANY),
};

fn main() -> ExitCode {
    run_words(&USAGE, |arguments| {
        Ok(each(&USAGE, &arguments.operands, |text| end(text).on(text)))
    })
}

fn end(text: &str) -> Result<(), Failure> {
    let id = u32::from_str_radix(text, 16).map(EnvId);
    // Where 0 is meant, it would be this program.
    let id = id.ok().filter(|&id| id != EnvId::SELF);
    let id = id.ok_or_else(|| Failure::new("a process is 8 hex digits"))?;
    if env::all().all(|slot| slot.id() != id) {
        return Err(Failure::new("there is no such process"));
    }
    destroy(id).map_err(|_| Failure::new("only who has started it can end it"))
}
