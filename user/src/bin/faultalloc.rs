//! A handler that maps what is missing: pages on demand, by the program itself.

#![no_std]
#![forbid(unsafe_code)]

use libos::exception::{Exception, Exceptions, Next, map_missing, set_exception_handler};
use libos::{Error, println, probe};

/// Says where, and maps a page there.
fn handler(exception: &Exception) -> Next {
    let va = exception.va.unwrap_or(0);
    println!("fault {va:x}");
    if let Err(error) = map_missing(exception) {
        panic!("allocating at {va:x} in page fault handler: {error}");
    }
    Next::Resume
}

fn main() -> Result<(), Error> {
    set_exception_handler(Exceptions::TLB_LOAD | Exceptions::TLB_STORE, handler)?;
    for va in [0x0ead_beec, 0x0afe_bffc, 0x0afe_c000] {
        println!("I read {:08x} from location {va:#x}!", probe::peek(va));
    }
    println!("once more: {:08x}", probe::peek(0x0ead_beec));
    Ok(())
}
