//! GXemul's console: one byte register (GXemul manual, "dev_cons").

use core::convert::Infallible;

use embedded_hal_nb::nb;
use embedded_hal_nb::serial::{ErrorType, Read, Write};
use mos_abi::line;
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
/// The first register's physical address.
pub const DATA: u32 = 0x1000_0000;

/// The console, with how many bytes it has read.
pub struct Console(usize);

impl Console {
    /// The driver.
    pub const NEW: Self = Self(0);

    fn registers(&self) -> &'static RegisterBlock {
        // SAFETY: testmips has the console here, in kseg1.
        unsafe { &*core::ptr::with_exposed_provenance(BASE) }
    }

    /// A byte was read. Says so after every so many, as GXemul has nobody wait who sends.
    pub fn taken(&mut self) {
        self.0 = self.0.wrapping_add(1);
        if self.0.is_multiple_of(line::TAKEN) {
            let Ok(()) = nb::block!(self.write(line::XON));
        }
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
