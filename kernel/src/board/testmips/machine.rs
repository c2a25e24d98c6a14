//! What GXemul tells of the machine, and its end.

use volatile_register::RO;

use super::Console;
use crate::arch;

/// Memory in bytes (GXemul manual, "dev_mp").
const MEMORY: usize = 0xb100_0090;

/// Memory in bytes.
pub fn memory_size() -> u32 {
    // SAFETY: testmips has the register here, in kseg1.
    unsafe { &*core::ptr::with_exposed_provenance::<RO<u32>>(MEMORY) }.read()
}

/// Asks for the end of the run. GXemul's exit status is 0 for success, 1 for failure.
pub fn power_off(success: bool) {
    // exercise 1.11 begin
    // otherwise: let _ = success;
    if !success {
        arch::gxemul_fail();
    }
    Console::NEW.halt();
    // exercise 1.11 end
}
