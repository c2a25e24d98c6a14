//! GXemul's console: one byte register (GXemul manual, "dev_cons").

use core::convert::Infallible;

use embedded_hal_nb::nb;
use embedded_hal_nb::serial::{ErrorType, Read, Write};
use volatile_register::{RO, RW};

/// Its registers.
#[repr(C)]
struct RegisterBlock {
    /// A byte to print when written; the next byte of input when read, 0 if there is none.
    data: RW<u8>,
    _reserved: [RO<u8>; 15],
    /// Any access ends the emulation with status 0.
    halt: RW<u8>,
}

const BASE: usize = 0xb000_0000;

/// The console, as a value without state.
pub struct Console;

impl Console {
    /// The driver.
    pub const NEW: Self = Self;

    fn registers(&self) -> &'static RegisterBlock {
        // SAFETY: testmips has the console here, in kseg1.
        unsafe { &*core::ptr::with_exposed_provenance(BASE) }
    }

    /// Ends the emulation with status 0.
    pub fn halt(&self) {
        self.registers().halt.read();
    }
}

impl ErrorType for Console {
    type Error = Infallible;
}

impl Read for Console {
    /// A NUL byte cannot be told from no input, and is lost.
    fn read(&mut self) -> nb::Result<u8, Infallible> {
        // exercise 1.3 begin
        // otherwise: Err(nb::Error::WouldBlock)
        match self.registers().data.read() {
            0 => Err(nb::Error::WouldBlock),
            byte => Ok(byte),
        }
        // exercise 1.3 end
    }
}

impl Write for Console {
    fn write(&mut self, byte: u8) -> nb::Result<(), Infallible> {
        // exercise 1.2 begin
        // otherwise: let _ = byte;
        // otherwise: Ok(())
        // SAFETY: the register has no effect on memory.
        unsafe { self.registers().data.write(byte) }
        Ok(())
        // exercise 1.2 end
    }

    fn flush(&mut self) -> nb::Result<(), Infallible> {
        Ok(())
    }
}
