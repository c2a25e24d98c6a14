//! Who called whom: o32 has no frame pointer, so the frames are read off the functions' own prologues.

use core::iter;

use crate::{package, stack};

/// `addiu sp, sp, imm` without the immediate.
const ADDIU_SP: u32 = 0x27bd_0000;
/// `sw ra, imm(sp)` without the immediate.
const SW_RA: u32 = 0xafbf_0000;
/// More frames than this are a loop.
const MAX_FRAMES: usize = 40;

unsafe extern "C" {
    static _text: u32;
    static _etext: u32;
}

/// The address in each function from the innermost on: `pc`, then where each would return to.
pub fn frames(pc: u32, sp: u32, ra: u32) -> impl Iterator<Item = u32> {
    let first = Frame {
        pc,
        sp,
        ra: Some(ra),
    };
    iter::successors(Some(first), Frame::caller)
        .map(|frame| frame.pc)
        .take(MAX_FRAMES)
}

struct Frame {
    pc: u32,
    sp: u32,
    /// The return address, where it may still be in its register.
    ra: Option<u32>,
}

impl Frame {
    /// The caller's frame: the prologue between the start of the function and `pc` says how large this
    /// one is and where it keeps the return address.
    #[optimize(size)]
    #[inline(never)]
    fn caller(&self) -> Option<Frame> {
        let start = package::symbol(self.pc)?.address;
        let (mut size, mut saved) = (0, None);
        let mut address = start;
        while address < self.pc {
            let word = text(address)?;
            address = address.wrapping_add(4);
            let immediate = word as u16 as i16;
            match word & 0xffff_0000 {
                ADDIU_SP if immediate < 0 && size == 0 => size = immediate.unsigned_abs().into(),
                // Only the first is the prologue's: ra serves as an ordinary register after that.
                SW_RA if saved.is_none() => saved = Some(immediate as u32),
                _ => {}
            }
        }
        let ra = match saved {
            Some(offset) => on_stack(self.sp.wrapping_add(offset))?,
            None => self.ra?,
        };
        // Calls return behind the delay slot: 8 bytes on.
        let pc = ra.wrapping_sub(8);
        text(pc)?;
        Some(Frame {
            pc,
            sp: self.sp.wrapping_add(size),
            ra: None,
        })
    }
}

/// The instruction at `address`, if that is in the kernel's text.
pub fn text(address: u32) -> Option<u32> {
    let range = (&raw const _text).addr()..(&raw const _etext).addr();
    let inside = range.contains(&(address as usize)) && address.is_multiple_of(4);
    // SAFETY: it is in the text, and aligned.
    inside.then(|| unsafe { core::ptr::with_exposed_provenance::<u32>(address as usize).read() })
}

/// The word at `address`, if that is on the kernel's stack.
fn on_stack(address: u32) -> Option<u32> {
    let inside = stack::range().contains(&(address as usize)) && address.is_multiple_of(4);
    // SAFETY: it is on the stack, and aligned.
    inside.then(|| unsafe { core::ptr::with_exposed_provenance::<u32>(address as usize).read() })
}
