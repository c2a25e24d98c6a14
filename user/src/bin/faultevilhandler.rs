//! A handler in the kernel, which it refuses.

#![no_std]
#![forbid(unsafe_code)]

use libos::{Error, layout, println, probe};
use mos_abi::Sysno;
use mos_abi::exceptions::Exceptions;

fn main() -> Result<(), Error> {
    probe::expect_faults()?;
    let kinds = Exceptions::TLB_LOAD | Exceptions::TLB_STORE;
    let arguments = [0, kinds.bits(), 0x8001_0020, layout::UXSTACKTOP, 0];
    println!(
        "the kernel says {:?}",
        probe::call(Sysno::SetExceptionHandler, arguments)
    );
    probe::poke(0, 0);
    Ok(())
}
