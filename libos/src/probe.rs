//! Probes for tests: what a program should not do, and what it should not notice.

use core::arch::global_asm;

use mos_abi::layout::UTOP;
use mos_abi::trapframe::reg;

use crate::Window;

global_asm!(include_str!("asm/probe.S"));

/// Registers $0 to $31, hi, lo.
type Registers = [u32; 34];

unsafe extern "C" {
    /// Loads the registers with patterns, stores to `va`, and dumps the registers.
    fn probe_registers(va: u32, dump: *mut Registers);
}

/// A register that a store changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Changed {
    /// Its number; 32 is hi, 33 lo.
    pub register: usize,
    /// What it was before.
    pub before: u32,
    /// What it was after.
    pub after: u32,
}

/// Stores to word 0 of `window` with a known value in every register, and names the first that is not
/// the same afterwards. $k0 and $k1 are the kernel's and not looked at.
pub fn registers_survive_store(window: Window) -> Result<(), Changed> {
    let mut after: Registers = [0; 34];
    let dump = &raw mut after;
    // SAFETY: the function writes to the window and to all of `after`, and keeps the registers that
    // its callers rely on.
    unsafe { probe_registers(window.address(), dump) };
    let before = |register: usize| match register {
        reg::A0 => window.address(),
        reg::A1 => dump as u32,
        // The place of $zero holds the sp of before.
        reg::SP => after[0],
        _ => 0x0101_0101 * register as u32,
    };
    (1..after.len())
        .filter(|register| !(26..=27).contains(register))
        .map(|register| Changed {
            register,
            before: before(register),
            after: after[register],
        })
        .find(|r| r.before != r.after)
        .map_or(Ok(()), Err)
}

/// Stores 0 to `va`, at or above UTOP, which ends this environment.
///
/// # Panics
///
/// When `va` is below UTOP or not a multiple of 4.
pub fn store_above_utop(va: u32) {
    assert!(
        va >= UTOP && va.is_multiple_of(4),
        "not above UTOP: {va:#010x}"
    );
    // SAFETY: no Rust object is there. Should the store be done after all, the kernel is broken.
    unsafe { (va as *mut u32).write_volatile(0) }
}
