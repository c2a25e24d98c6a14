//! Instructions by their names.

use super::Code;

/// A word that asks the kernel.
pub const SYSCALL: u32 = 0x0000_000c;
/// A word that does nothing.
pub const NOP: u32 = 0;

/// An instruction with three registers.
pub const fn r_type(funct: u32, rs: u32, rt: u32, rd: u32, sa: u32) -> u32 {
    rs << 21 | rt << 16 | rd << 11 | sa << 6 | funct
}

/// An instruction with two registers and 16 bits.
pub const fn i_type(op: u32, rs: u32, rt: u32, low: u32) -> u32 {
    op << 26 | rs << 21 | rt << 16 | low & 0xffff
}

/// `name: bits` of instructions, as methods.
macro_rules! instructions {
    ($($(#[doc = $doc:literal])* $name:ident($($arg:ident),*) = $word:expr;)*) => {
        impl Code {
            $($(#[doc = $doc])*
            pub fn $name(&mut self, $($arg: u32),*) {
                self.word($word);
            })*
        }
    };
}

instructions! {
    /// `sll rd, rt, sa`.
    sll(rd, rt, sa) = r_type(0, 0, rt, rd, sa);
    /// `srl rd, rt, sa`.
    srl(rd, rt, sa) = r_type(2, 0, rt, rd, sa);
    /// `addu rd, rs, rt`.
    addu(rd, rs, rt) = r_type(0x21, rs, rt, rd, 0);
    /// `subu rd, rs, rt`.
    subu(rd, rs, rt) = r_type(0x23, rs, rt, rd, 0);
    /// `xor rd, rs, rt`.
    xor(rd, rs, rt) = r_type(0x26, rs, rt, rd, 0);
    /// `multu rs, rt`.
    multu(rs, rt) = r_type(0x19, rs, rt, 0, 0);
    /// `mfhi rd`.
    mfhi(rd) = r_type(0x10, 0, 0, rd, 0);
    /// `mthi rs`.
    mthi(rs) = r_type(0x11, rs, 0, 0, 0);
    /// `mflo rd`.
    mflo(rd) = r_type(0x12, 0, 0, rd, 0);
    /// `mtlo rs`.
    mtlo(rs) = r_type(0x13, rs, 0, 0, 0);
    /// `andi rt, rs, low`.
    andi(rt, rs, low) = i_type(12, rs, rt, low);
    /// `xori rt, rs, low`.
    xori(rt, rs, low) = i_type(14, rs, rt, low);
    /// `sltiu rt, rs, low`.
    sltiu(rt, rs, low) = i_type(11, rs, rt, low);
    /// Copies `rs` to `rd`.
    mov(rd, rs) = r_type(0x21, rs, 0, rd, 0);
}

impl Code {
    /// Loads `value` into `rt`.
    pub fn li(&mut self, rt: u32, value: u32) {
        if value >> 16 != 0 {
            self.word(i_type(15, 0, rt, value >> 16));
            self.word(i_type(13, rt, rt, value));
        } else {
            self.word(i_type(13, 0, rt, value));
        }
    }

    /// `addiu rt, rs, low`.
    pub fn addiu(&mut self, rt: u32, rs: u32, low: i16) {
        self.word(i_type(9, rs, rt, low as u32));
    }

    /// `lw rt, offset(rs)` with a `nop` for the load delay.
    pub fn lw(&mut self, rt: u32, offset: i16, rs: u32) {
        self.word(i_type(35, rs, rt, offset as u32));
        self.word(NOP);
    }

    /// `sw rt, offset(rs)`.
    pub fn sw(&mut self, rt: u32, offset: i16, rs: u32) {
        self.word(i_type(43, rs, rt, offset as u32));
    }

    /// `jr rs` with a `nop` behind it.
    pub fn jr(&mut self, rs: u32) {
        self.word(r_type(8, rs, 0, 0, 0));
        self.word(NOP);
    }
}
