//! What an instruction can have raised.

use mos_abi::Trapframe;
use mos_abi::trapframe::reg;

use crate::env::fault::Exception;

/// Whether the exception that `tf` tells of, at the instruction `word`, is one that this instruction raises with these
/// registers. Of k1, which the entry code has overwritten by then, anything is believed.
pub fn raises(word: u32, tf: &Trapframe) -> bool {
    let (op, function) = (word >> 26, word & 0x3f);
    let is_load = matches!(op, 0x20..=0x26);
    let is_store = matches!(op, 0x28..=0x2b | 0x2e);
    let is_special = |wanted| op == 0 && function == wanted;
    match Exception::of(tf.cp0_cause) {
        Exception::TlbLoad | Exception::AddressLoad => is_load && accesses(word, tf),
        Exception::TlbMod | Exception::TlbStore | Exception::AddressStore => {
            is_store && accesses(word, tf)
        }
        Exception::Syscall => is_special(0x0c),
        Exception::Breakpoint => is_special(0x0d),
        // addi, add and sub
        Exception::Overflow => op == 0x08 || is_special(0x20) || is_special(0x22),
        _ => false,
    }
}

/// Whether the load or store `word` is about the word at BadVAddr.
fn accesses(word: u32, tf: &Trapframe) -> bool {
    let base = (word >> 21 & 0x1f) as usize;
    let offset = i32::from(word as u16 as i16);
    let address = tf
        .regs
        .get(base)
        .map(|base| base.wrapping_add_signed(offset));
    base == reg::K1 || address.is_some_and(|va| (va ^ tf.cp0_badvaddr) < 4)
}
