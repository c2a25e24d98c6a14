//! A handler where no code is: its fetch is the next exception, and so on, until the exception stack is full.

#![no_std]
#![forbid(unsafe_code)]

use libos::{Error, layout, probe};
use mos_abi::Sysno;
use mos_abi::exceptions::Exceptions;

fn main() -> Result<(), Error> {
    probe::expect_faults()?;
    let kinds = Exceptions::TLB_LOAD | Exceptions::TLB_STORE;
    let arguments = [0, kinds.bits(), 0x0ead_bee8, layout::UXSTACKTOP, 0];
    probe::call(Sysno::SetExceptionHandler, arguments)?;
    probe::poke(0, 0);
    Ok(())
}
