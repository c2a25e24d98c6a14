//! The two 8259 interrupt controllers of the PIIX4 (Intel 8259A data sheet), of which only line 4, the
//! UART's, is let through.

use volatile_register::RW;

/// One controller's two registers.
#[repr(C)]
struct RegisterBlock {
    /// ICW1, OCW2 and OCW3 when written; the answer to a poll when read.
    command: RW<u8>,
    /// ICW2 to ICW4, then the mask.
    data: RW<u8>,
}

const MASTER: usize = 0xb800_0020;
const SLAVE: usize = 0xb800_00a0;
/// The PIIX4's register that says which of the master's lines are level-triggered.
const ELCR: usize = 0xb800_04d0;
/// The UART's line.
const LINE: u8 = 4;
/// OCW3: the next read acknowledges the interrupt.
const POLL: u8 = 0x0c;
/// OCW2: end of the interrupt of a given line.
const END_OF: u8 = 0x60;

fn registers(base: usize) -> &'static RegisterBlock {
    // SAFETY: malta has a controller at both addresses, in kseg1.
    unsafe { &*core::ptr::with_exposed_provenance(base) }
}

fn write(register: &RW<u8>, value: u8) {
    // SAFETY: the registers have no effect on memory.
    unsafe { register.write(value) }
}

/// Lets the UART's line through and nothing else.
pub fn init() {
    // ICW1: cascaded, ICW4 follows. ICW2: first vector. ICW3: where the slave is. ICW4.
    for (base, icw2, icw3, mask) in [(MASTER, 0x20, 1 << 2, !(1 << LINE)), (SLAVE, 0x28, 2, 0xff)] {
        write(&registers(base).command, 0x11);
        write(&registers(base).data, icw2);
        write(&registers(base).data, icw3);
        write(&registers(base).data, 1);
        write(&registers(base).data, mask);
    }
    // SAFETY: malta has the register here, in kseg1.
    let elcr = unsafe { &*core::ptr::with_exposed_provenance::<RW<u8>>(ELCR) };
    write(elcr, 1 << LINE);
}

/// Acknowledges the UART's interrupt. It is level-triggered: as long as there is a byte to be read, there is another.
pub fn acknowledge() {
    let master = registers(MASTER);
    write(&master.command, POLL);
    // The line is in the answer, but only one is let through.
    _ = master.command.read();
    write(&master.command, END_OF | LINE);
}
