//! What `panic!` does: one message, and the end of this environment alone.

use core::fmt::{self, Write};
use core::panic::PanicInfo;

use crate::{env, syscall};

/// A C string being written; what does not fit is dropped.
struct Text {
    bytes: [u8; 256],
    len: usize,
}

impl Write for Text {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let last = self.bytes.len() - 1;
        for byte in text.bytes().take(last - self.len) {
            self.bytes[self.len] = byte;
            self.len += 1;
        }
        Ok(())
    }
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    let mut text = Text {
        bytes: [0; 256],
        len: 0,
    };
    if let Some(at) = info.location() {
        let _ = write!(text, "{}:{}: ", at.file(), at.line());
    }
    let _ = write!(text, "{}", info.message());
    // SAFETY: the kernel reads the string, which ends with a zero byte.
    let _ = unsafe { syscall::panic(text.bytes.as_ptr() as u32) };
    env::exit()
}
