//! A way to report that needs nothing which is to be checked: bytes straight to the device.

use mos_checks::Desk;
#[cfg(feature = "malta")]
use volatile_register::RO;
use volatile_register::RW;

/// The device, for who has nothing else.
pub struct Wire;

#[cfg(feature = "malta")]
impl Desk for Wire {
    fn put(&mut self, byte: u8) {
        // The UART of `board/malta/uart.rs`: its first register takes a byte once bit 5 of the sixth is set.
        const BASE: usize = 0xb800_03f8;
        // SAFETY: malta has the register here, and it has no effect on memory.
        let lsr = unsafe { &*core::ptr::with_exposed_provenance::<RO<u8>>(BASE + 5) };
        while lsr.read() & 1 << 5 == 0 {}
        // SAFETY: as above.
        unsafe { (*core::ptr::with_exposed_provenance::<RW<u8>>(BASE)).write(byte) }
    }
}

#[cfg(feature = "testmips")]
impl Desk for Wire {
    fn put(&mut self, byte: u8) {
        // The console of `board/testmips/console.rs`.
        const BASE: usize = 0xb000_0000;
        // SAFETY: testmips has the register here, and it has no effect on memory.
        unsafe { (*core::ptr::with_exposed_provenance::<RW<u8>>(BASE)).write(byte) }
    }
}
