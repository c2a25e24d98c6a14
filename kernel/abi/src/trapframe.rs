//! The registers of an interrupted program.

/// Registers as SAVE_ALL stores them and as the exception stack of a program shows them.
///
/// 39 words, 156 bytes; the offsets are known to assembly on both sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Trapframe {
    /// General registers $0 to $31.
    pub regs: [u32; 32],
    /// CP0 Status at the exception.
    pub cp0_status: u32,
    /// Multiplier result, high word.
    pub hi: u32,
    /// Multiplier result, low word.
    pub lo: u32,
    /// CP0 BadVAddr: the address that faulted, for address and TLB exceptions.
    pub cp0_badvaddr: u32,
    /// CP0 Cause: ExcCode in bits 6..2, BD in bit 31.
    pub cp0_cause: u32,
    /// CP0 EPC: where the program goes on.
    pub cp0_epc: u32,
    /// Where the program goes on, as `set_trapframe` reads it; equal to EPC in what the kernel writes.
    pub pc: u32,
}

/// Words in a [`Trapframe`].
pub const TF_WORDS: usize = 39;
/// Bytes in a [`Trapframe`].
pub const TF_SIZE: u32 = 156;

/// Register numbers (o32) that the kernel itself reads or writes.
pub mod reg {
    /// Result of a call.
    pub const V0: usize = 2;
    /// Second result of a call.
    pub const V1: usize = 3;
    /// First argument: the system call number.
    pub const A0: usize = 4;
    /// Second argument.
    pub const A1: usize = 5;
    /// Third argument.
    pub const A2: usize = 6;
    /// Fourth argument.
    pub const A3: usize = 7;
    /// k1, the kernel's own.
    pub const K1: usize = 27;
    /// Stack pointer.
    pub const SP: usize = 29;
    /// Return address.
    pub const RA: usize = 31;
    /// What all of them are called in the o32 ABI.
    pub const NAMES: [&str; 32] = [
        "zero", "at", "v0", "v1", "a0", "a1", "a2", "a3", "t0", "t1", "t2", "t3", "t4", "t5", "t6",
        "t7", "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "t8", "t9", "k0", "k1", "gp", "sp",
        "fp", "ra",
    ];
}

impl Trapframe {
    /// All registers zero.
    pub const ZERO: Self = Self::from_words(&[0; TF_WORDS]);

    /// The frame as its 39 words, in memory order.
    pub const fn to_words(&self) -> [u32; TF_WORDS] {
        let mut words = [0; TF_WORDS];
        let [
            regs @ ..,
            cp0_status,
            hi,
            lo,
            cp0_badvaddr,
            cp0_cause,
            cp0_epc,
            pc,
        ] = &mut words;
        *regs = self.regs;
        *cp0_status = self.cp0_status;
        *hi = self.hi;
        *lo = self.lo;
        *cp0_badvaddr = self.cp0_badvaddr;
        *cp0_cause = self.cp0_cause;
        *cp0_epc = self.cp0_epc;
        *pc = self.pc;
        words
    }

    /// The frame that these 39 words are.
    pub const fn from_words(w: &[u32; TF_WORDS]) -> Self {
        let [
            regs @ ..,
            cp0_status,
            hi,
            lo,
            cp0_badvaddr,
            cp0_cause,
            cp0_epc,
            pc,
        ] = *w;
        Self {
            regs,
            cp0_status,
            hi,
            lo,
            cp0_badvaddr,
            cp0_cause,
            cp0_epc,
            pc,
        }
    }
}

const _: () = {
    assert!(size_of::<Trapframe>() == TF_SIZE as usize);
    assert!(core::mem::offset_of!(Trapframe, cp0_status) == 128);
    assert!(core::mem::offset_of!(Trapframe, cp0_badvaddr) == 140);
    assert!(core::mem::offset_of!(Trapframe, cp0_epc) == 148);
    assert!(core::mem::offset_of!(Trapframe, pc) == 152);
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_frame_are_the_same_thing() {
        let words: [u32; TF_WORDS] = core::array::from_fn(|i| i as u32 * 3 + 1);
        let tf = Trapframe::from_words(&words);
        assert_eq!(tf.regs[31], 94);
        assert_eq!(tf.cp0_epc, 112);
        assert_eq!(tf.to_words(), words);
    }
}
