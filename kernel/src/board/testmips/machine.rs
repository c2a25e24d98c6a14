//! What GXemul tells of the machine, and its end.

use core::arch::asm;

use volatile_register::RO;

use super::Console;

/// Memory in bytes (GXemul manual, "dev_mp").
const MEMORY: usize = 0xb100_0090;

/// Memory in bytes.
pub fn memory_size() -> u32 {
    // SAFETY: testmips has the register here, in kseg1.
    unsafe { &*core::ptr::with_exposed_provenance::<RO<u32>>(MEMORY) }.read()
}

/// Ends the run. GXemul's exit status is 0 for success, 1 for failure.
pub fn power_off(success: bool) -> ! {
    // exercise 1.11 begin
    // otherwise: let _ = success;
    // otherwise: loop {}
    if !success {
        // There is no register for this; GXemul exits with status 1 on the R3000's missing EntryLo1.
        // SAFETY: it does not return.
        unsafe { asm!("mtc0 $zero, $3") }
    }
    Console::NEW.halt()
    // exercise 1.11 end
}
