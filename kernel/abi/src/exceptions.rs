//! The exceptions that a program may handle itself: `set_exception_handler`.

use bitflags::bitflags;

bitflags! {
    /// Kinds of exceptions: bit n is the kind whose ExcCode in Cause is n (IDT R30xx manual, "The Cause register"; MIPS32 PRA,
    /// "Cause").
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Exceptions: u32 {
        /// TLBL: a load or a fetch from an unmapped page.
        const TLB_LOAD = 1 << 2;
        /// TLBS: a store to an unmapped page.
        const TLB_STORE = 1 << 3;
        /// AdEL: a load or a fetch from an address that is misaligned or the kernel's.
        const ADDRESS_LOAD = 1 << 4;
        /// AdES: a store to such an address.
        const ADDRESS_STORE = 1 << 5;
        /// Bp: `break`.
        const BREAKPOINT = 1 << 9;
        /// RI: an instruction that there is not.
        const RESERVED = 1 << 10;
        /// CpU: an instruction of a coprocessor that is not there or not the program's.
        const COPROCESSOR = 1 << 11;
        /// Ov: an overflow of signed arithmetic.
        const OVERFLOW = 1 << 12;
        /// Tr: `teq` and its like.
        const TRAP = 1 << 13;
        /// FPE: a floating-point exception; none comes where there is no unit. FCSR is in the place of BadVAddr.
        const FLOATING = 1 << 15;
    }
}
