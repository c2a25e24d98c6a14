//! The same, but the kernel is to read from a page that is not there: it asks no handler, and refuses.

#![no_std]
#![forbid(unsafe_code)]

use libos::exception::{Exception, Exceptions, Next, map_missing, set_exception_handler};
use libos::{Error, println, probe};
use mos_abi::Sysno;

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
    let refused = probe::call(Sysno::Puts, [0x0ead_beef, 4, 0, 0, 0]);
    println!("the kernel says {refused:?}");
    Ok(())
}
