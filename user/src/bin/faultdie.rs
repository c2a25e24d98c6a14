//! A handler that says what has happened and ends the program.

#![no_std]
#![forbid(unsafe_code)]

use libos::exception::{Exception, Exceptions, Next, set_exception_handler};
use libos::{Error, env, println, probe};

fn handler(exception: &Exception) -> Next {
    let va = exception.va.unwrap_or(0);
    println!(
        "i faulted at va {va:x}, err {}",
        exception.kind.bits().trailing_zeros()
    );
    env::exit()
}

fn main() -> Result<(), Error> {
    set_exception_handler(Exceptions::TLB_LOAD | Exceptions::TLB_STORE, handler)?;
    probe::poke(0x0ead_beec, 0);
    println!("nobody comes here");
    Ok(())
}
