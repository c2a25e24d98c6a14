//! The console: formatted output, line by line, and input, byte by byte.

use core::fmt::{self, Write};

use mos_abi::syscall::PUTS_MAX;

use crate::syscall;

/// Prints to the console, formatted as by `format!`.
#[macro_export]
macro_rules! print {
    ($($arg:tt)*) => { $crate::console::print(format_args!($($arg)*)) };
}

/// Prints to the console, formatted as by `format!`, and ends the line.
#[macro_export]
macro_rules! println {
    () => { $crate::print!("\n") };
    ($format:literal $($arg:tt)*) => { $crate::print!("{}\n", format_args!($format $($arg)*)) };
}

/// Bytes that [`print()`] collects before it writes them: what one call writes. Handlers print on a stack of one page, so
/// that it should not be many.
const BUFFER: usize = PUTS_MAX as usize;

/// What `print!` calls.
///
/// The text is formatted first and then written with one call, if it has no more than 256 bytes: so lines of environments
/// that print at the same time do not mix. Nothing is kept for later, which an end or a fork in between would lose or
/// write twice.
pub fn print(arguments: fmt::Arguments<'_>) {
    let mut line = Line {
        bytes: [0; BUFFER],
        len: 0,
    };
    // A `Display` that fails has its text cut short there.
    let _ = line.write_fmt(arguments);
    line.flush();
}

struct Line {
    bytes: [u8; BUFFER],
    len: usize,
}

impl Line {
    fn flush(&mut self) {
        let len = core::mem::take(&mut self.len);
        // SAFETY: the kernel reads the buffer, which it can, since something was written to each byte.
        let _ = unsafe { syscall::puts(self.bytes.as_ptr() as u32, len as u32) };
    }
}

impl Write for Line {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            if self.len == BUFFER {
                self.flush();
            }
            self.bytes[self.len] = byte;
            self.len += 1;
        }
        Ok(())
    }
}

/// Writes one byte.
pub fn putchar(byte: u8) {
    // SAFETY: touches no memory. It cannot fail.
    let _ = unsafe { syscall::putchar(byte.into()) };
}

/// Waits for a byte of input.
pub fn getchar() -> u8 {
    // A wait that is broken off from outside is begun again.
    loop {
        // SAFETY: touches no memory.
        if let Ok(byte) = unsafe { syscall::cgetc() } {
            return byte as u8;
        }
    }
}

// teacher begin
/// A byte of input, if one has come.
pub fn getchar_now() -> Option<u8> {
    // SAFETY: touches no memory.
    unsafe { syscall::cgetc_now() }.ok().map(|byte| byte as u8)
}

// teacher end
/// Reads a line into `buffer`, without its end, showing what is typed; backspace takes the last
/// character back. What does not fit is dropped.
pub fn read_line(buffer: &mut [u8]) -> &[u8] {
    const BACKSPACE: u8 = 0x08;
    const DELETE: u8 = 0x7f;
    let mut len = 0;
    loop {
        match getchar() {
            b'\r' | b'\n' => break,
            BACKSPACE | DELETE if len > 0 => {
                len -= 1;
                print!("\x08 \x08");
            }
            BACKSPACE | DELETE => {}
            byte if len < buffer.len() => {
                buffer[len] = byte;
                len += 1;
                putchar(byte);
            }
            _ => {}
        }
    }
    putchar(b'\n');
    &buffer[..len]
}
