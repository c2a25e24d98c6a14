//! Several CPUs: the Coherent Processing System of a P5600, as QEMU models it (MIPS Coherence Manager and Cluster Power
//! Controller manuals; MIPS Global Interrupt Controller manual). There is none with one CPU.

use volatile_register::RW;

use crate::arch;
use crate::ram::KSEG0;

/// Global control registers: where they are, in kseg1, and what the one says that tells it.
const GCR: usize = 0xbfbf_8000;
const GCR_BASE: usize = GCR + 0x0008;
const IS_THERE: u32 = 0x1fbf_8000;
const GIC_BASE: usize = GCR + 0x0080;
const CPC_BASE: usize = GCR + 0x0088;
/// Of this CPU: how many CPUs there are besides, and which one the next block is about.
const CL_CONFIG: usize = GCR + 0x2010;
const CL_OTHER: usize = GCR + 0x2018;
/// Of that one: where it starts.
const CO_RESET_BASE: usize = GCR + 0x4020;

/// The interrupt controller and the power controller, where they are put: physical addresses, with the bit that enables them.
const GIC_AT: u32 = 0x1bdc_0001;
const CPC_AT: u32 = 0x1bde_0001;
const GIC: usize = 0xbbdc_0000;
const CPC_VP_RUN: usize = 0xbbde_2028;

/// Stops the controller's counter.
const SH_CONFIG: usize = GIC;
const COUNTSTOP: u32 = 1 << 28;
/// Raises a source (bit 31 set) or lowers it.
const SH_WEDGE: usize = GIC + 0x0280;
/// Which sources are let through; a word for 32 of them.
const SH_SMASK: usize = GIC + 0x0380;
/// To which pin of a CPU a source goes; pin n is Cause.IP(n + 2).
const SH_MAP_PIN: usize = GIC + 0x0500;
/// To which CPU.
const SH_MAP_VP: usize = GIC + 0x2000;
const PIN: u32 = 1 << 31;
const RAISE: u32 = 1 << 31;

/// The source that the 8259s are.
const PIC: u32 = 3;
/// The source by which CPU 0 is called; those of the others follow.
const CALL: u32 = 40;

/// The page at which the other CPUs start (JOS: `MPENTRY_PADDR`). It is below the kernel, where no memory is handed out, and
/// above what QEMU's boot loader leaves.
const ENTRY: u32 = 0x0000_8000;

/// Where in that page QEMU has a CPU go that enters Debug Mode, which programs can have it do. Of CPU 0 that is in the boot ROM,
/// and ends in some exception; so it does here. `leave_debug_mode` knows the rest.
const DEBUG_VECTOR: usize = 0x480;
const BREAK: u32 = 0x0000_000d;

fn register(address: usize) -> &'static RW<u32> {
    // SAFETY: a malta with several CPUs has the register here, in kseg1; without, 0 is read there.
    unsafe { &*core::ptr::with_exposed_provenance(address) }
}

fn write(address: usize, value: u32) {
    // SAFETY: the registers have no effect on memory.
    unsafe { register(address).write(value) }
}

/// How many CPUs there are.
pub fn count() -> u32 {
    if register(GCR_BASE).read() & !0x7fff == IS_THERE {
        (register(CL_CONFIG).read() & 0xffff) + 1
    } else {
        1
    }
}

/// Has `source` come to pin `pin` of CPU `cpu`.
fn route(source: u32, pin: u32, cpu: u32) {
    let at = source as usize;
    write(SH_MAP_PIN + 4 * at, PIN | pin);
    write(SH_MAP_VP + 32 * at, 1 << cpu);
    write(SH_SMASK + at / 32 * 4, 1 << (at % 32));
}

/// Readies what they have in common: the 8259s interrupt CPU 0, as they do where there is one. The controller's own timers, which
/// nobody uses, would interrupt all CPUs without end from when its counter has run over, 43 s after the start.
pub fn prepare() {
    write(GIC_BASE, GIC_AT);
    write(CPC_BASE, CPC_AT);
    write(SH_CONFIG, COUNTSTOP);
    route(PIC, 0, 0);
}

/// Has CPU `cpu` begin at `entry`, in kseg0, with what a jump needs in between, as CPUs start at the beginning of a page.
pub fn start(cpu: u32, entry: u32) {
    // exercise smp.1 begin
    const LUI_T0: u32 = 0x3c08_0000;
    const ORI_T0: u32 = 0x3508_0000;
    const JR_T0: u32 = 0x0100_0008;
    let code = [LUI_T0 | entry >> 16, ORI_T0 | entry & 0xffff, JR_T0, 0];
    let page = core::ptr::with_exposed_provenance_mut::<[u32; 4]>((KSEG0 | ENTRY) as usize);
    let debug = page.cast::<u32>().wrapping_add(DEBUG_VECTOR / 4);
    // SAFETY: nobody has this page.
    unsafe {
        page.write_volatile(code);
        debug.write_volatile(BREAK);
    }
    arch::sync();
    write(CL_OTHER, cpu);
    write(CO_RESET_BASE, KSEG0 | ENTRY);
    write(CPC_VP_RUN, 1 << cpu);
    // exercise smp.1 end
}

/// Lets calls of `cpu` through, which is this one.
pub fn join(cpu: u32) {
    route(CALL + cpu, 1, cpu);
}

/// Calls `cpu`.
pub fn send(cpu: u32) {
    write(SH_WEDGE, RAISE | (CALL + cpu));
}

/// `cpu` has heard a call.
pub fn clear(cpu: u32) {
    write(SH_WEDGE, CALL + cpu);
}
