//! The console: the 16550 UART at ISA port 0x3f8 (National Semiconductor PC16550D data sheet).

use core::convert::Infallible;

use embedded_hal_nb::nb;
use embedded_hal_nb::serial::{ErrorType, Read, Write};
use volatile_register::{RO, RW};

/// Its registers, one byte apart.
#[repr(C)]
struct RegisterBlock {
    /// Receiver buffer when read, transmitter holding when written.
    data: RW<u8>,
    /// Interrupt enable.
    ier: RW<u8>,
    _fcr_lcr_mcr: [RW<u8>; 3],
    /// Line status.
    lsr: RO<u8>,
}

const BASE: usize = 0xb800_03f8;
/// The physical address of the first.
pub const DATA: u32 = 0x1800_03f8;
/// Of the line status.
pub const STATUS: u32 = DATA + 5;
/// LSR: a byte was received.
pub const LSR_DATA_READY: u8 = 1 << 0;
/// LSR: the transmitter can take a byte.
const LSR_THR_EMPTY: u8 = 1 << 5;
/// IER: interrupt on a received byte.
const IER_RECEIVED: u8 = 1 << 0;

/// The UART, as a value without state.
pub struct Uart;

impl Uart {
    /// The driver.
    pub const NEW: Self = Self;

    fn registers(&self) -> &'static RegisterBlock {
        // SAFETY: malta has the UART here, in kseg1.
        unsafe { &*core::ptr::with_exposed_provenance(BASE) }
    }

    /// A byte was read. There is nothing to be said about it: as long as one is there, QEMU sends no other.
    pub fn taken(&mut self) {}

    /// Has every received byte raise an interrupt.
    pub fn enable_interrupt(&self) {
        // SAFETY: the register has no effect on memory.
        unsafe { self.registers().ier.write(IER_RECEIVED) }
    }
}

impl ErrorType for Uart {
    type Error = Infallible;
}

impl Read for Uart {
    fn read(&mut self) -> nb::Result<u8, Infallible> {
        // exercise 1.3 begin
        // otherwise: Err(nb::Error::WouldBlock)
        if self.registers().lsr.read() & LSR_DATA_READY == 0 {
            return Err(nb::Error::WouldBlock);
        }
        Ok(self.registers().data.read())
        // exercise 1.3 end
    }
}

impl Write for Uart {
    fn write(&mut self, byte: u8) -> nb::Result<(), Infallible> {
        // exercise 1.2 begin
        // otherwise: let _ = byte;
        // otherwise: Ok(())
        self.flush()?;
        // SAFETY: the register has no effect on memory.
        unsafe { self.registers().data.write(byte) }
        Ok(())
        // exercise 1.2 end
    }

    fn flush(&mut self) -> nb::Result<(), Infallible> {
        // exercise 1.2 begin
        // otherwise: Ok(())
        if self.registers().lsr.read() & LSR_THR_EMPTY == 0 {
            return Err(nb::Error::WouldBlock);
        }
        Ok(())
        // exercise 1.2 end
    }
}
