//! What a program in user mode does: one load or store at a time.

use mos_abi::layout::{PAGE_SIZE, ULIM};
use mos_abi::{PteFlags, pte};
use mos_core::env::rule::Rule;
use mos_core::machine::Frame;

use super::{Sim, tlb};

/// Cause.ExcCode of what can happen to a program.
pub mod code {
    /// TLB Mod.
    pub const TLB_MOD: u32 = 1;
    /// TLBL.
    pub const TLB_LOAD: u32 = 2;
    /// TLBS.
    pub const TLB_STORE: u32 = 3;
    /// AdEL.
    pub const ADDRESS_LOAD: u32 = 4;
    /// AdES.
    pub const ADDRESS_STORE: u32 = 5;
    /// Sys.
    pub const SYSCALL: u32 = 8;
    /// Bp.
    pub const BREAK: u32 = 9;
    /// RI.
    pub const RESERVED: u32 = 10;
    /// CpU.
    pub const COPROCESSOR: u32 = 11;
    /// Ov.
    pub const OVERFLOW: u32 = 12;
}

/// What a program does to a word of memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Access {
    /// A load, or the fetch of an instruction.
    Load,
    /// A store.
    Store,
}

/// A word of physical memory.
type Place = (Frame, usize);

impl<const ASIDS: u32, R: Rule, const STEPS: u32> Sim<ASIDS, R, STEPS> {
    /// Loads the word at `va`, or the exception's code.
    pub fn user_load(&mut self, va: u32) -> Result<u32, u32> {
        let (frame, index) = self.translate(va, Access::Load)?;
        Ok(self.ram.word(frame, index))
    }

    /// Stores a word at `va`, or the exception's code.
    pub fn user_store(&mut self, va: u32, value: u32) -> Result<(), u32> {
        let (frame, index) = self.translate(va, Access::Store)?;
        self.ram.frame(frame)[index] = value;
        Ok(())
    }

    /// The TLB's way from an address to memory.
    fn translate(&mut self, va: u32, access: Access) -> Result<Place, u32> {
        let (address, invalid) = match access {
            Access::Load => (code::ADDRESS_LOAD, code::TLB_LOAD),
            Access::Store => (code::ADDRESS_STORE, code::TLB_STORE),
        };
        if va >= ULIM || !va.is_multiple_of(4) {
            return Err(address);
        }
        let (directory, asid) = self.space.expect("user mode without an address space");
        let entry = match self.tlb.lookup(va, asid.number()) {
            Some(entry) => entry,
            None => {
                let entry = tlb::refill(&self.ram, directory, va);
                self.tlb.load(va, asid.number(), entry);
                entry
            }
        };
        let flags = pte::flags(entry);
        if !flags.contains(PteFlags::V) {
            Err(invalid)
        } else if access == Access::Store && !flags.contains(PteFlags::R) {
            Err(code::TLB_MOD)
        } else {
            Ok((Frame::of_pte(entry), (va % PAGE_SIZE / 4) as usize))
        }
    }
}
