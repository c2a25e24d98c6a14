//! The console: the board's serial port, behind a lock.

use core::fmt;

use embedded_hal_nb::nb::block;
use embedded_hal_nb::serial::{Read, Write};
use spin::Mutex;

use crate::board::Serial;

static SERIAL: Mutex<Serial> = Mutex::new(Serial::NEW);

/// Writes a byte.
pub fn put(byte: u8) {
    let Ok(()) = block!(SERIAL.lock().write(byte));
}

/// Reads a byte, if one is there.
pub fn get() -> Option<u8> {
    SERIAL.lock().read().ok()
}

/// Formatted text for the console.
pub struct Console;

impl fmt::Write for Console {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        // exercise 1.4 begin
        // otherwise: let _ = text;
        text.bytes().for_each(put);
        // exercise 1.4 end
        Ok(())
    }
}

/// Takes the lock away from whoever has it: for a panic, which may have come while it was held.
pub fn force_unlock() {
    // SAFETY: there is one CPU and the panic never returns, so the old holder does not go on.
    unsafe { SERIAL.force_unlock() }
}
