//! The console: the board's serial port, behind a lock.

use core::fmt;

use embedded_hal::delay::DelayNs;
use embedded_hal_nb::serial::{Read, Write};
use mos_abi::text::put_char;
use spin::Mutex;

use crate::board::{Delay, Serial};

/// How soon a transmitter that is not ready is looked at again, and how often: for ten seconds in all. A byte takes it 87 us
/// at 115,200 baud, but who reads what an emulator sends may take his time.
const PAUSE_US: u32 = 10;
const PATIENCE: u32 = 1_000_000;

/// The port, and whether bytes were given up of which nobody was told yet.
struct Port {
    serial: Serial,
    has_lost: bool,
}

static PORT: Mutex<Port> = Mutex::new(Port {
    serial: Serial::NEW,
    has_lost: false,
});

/// Writes a byte.
pub fn put(byte: u8) {
    let mut port = PORT.lock();
    if port.serial.write(byte).is_err() {
        port.put_late(byte);
    }
}

/// Reads a byte, if one is there.
pub fn get() -> Option<u8> {
    let mut port = PORT.lock();
    let byte = port.serial.read().ok()?;
    port.serial.taken();
    Some(byte)
}

/// Says that output was lost, if it was, and if there is again somebody to hear it. For now and then, as a byte has no time
/// for it.
#[optimize(size)]
pub fn tell_loss() {
    let mut port = PORT.lock();
    if port.has_lost && port.is_ready_soon() {
        port.has_lost = false;
        for &byte in b"\n[mos] output was lost before this line\n" {
            port.put_late(byte);
        }
    }
}

impl Port {
    /// Writes a byte once the transmitter is ready. Where it does not become ready, the byte is given up rather than the
    /// kernel, and so are those that follow, soon.
    #[cold]
    #[optimize(size)]
    fn put_late(&mut self, byte: u8) {
        let patience = if self.has_lost { 1 } else { PATIENCE };
        let is_ready = (0..patience).any(|_| self.is_ready_soon());
        if !is_ready || self.serial.write(byte).is_err() {
            self.has_lost = true;
        }
    }

    #[optimize(size)]
    #[inline(never)]
    fn is_ready_soon(&mut self) -> bool {
        Delay.delay_us(PAUSE_US);
        self.serial.flush().is_ok()
    }
}

/// Formatted text for the console.
pub struct Console;

impl fmt::Write for Console {
    #[inline(never)]
    fn write_str(&mut self, text: &str) -> fmt::Result {
        // exercise 1.4 begin
        // otherwise: let _ = text;
        text.bytes().for_each(put);
        // exercise 1.4 end
        Ok(())
    }

    fn write_char(&mut self, c: char) -> fmt::Result {
        put_char(c, put);
        Ok(())
    }
}

/// Takes the lock away from whoever has it: for a panic, which may have come while it was held.
pub fn force_unlock() {
    // SAFETY: there is one CPU and the panic never returns, so the old holder does not go on.
    unsafe { PORT.force_unlock() }
}
