//! Who rests.
//!
//! A wake-up is not lost: whoever goes to rest says so while it has the lock, and has seen then that there is nothing to do. From
//! there on an interrupt is kept until it is taken.

/// The CPUs that wait for an interrupt and to which nobody has sent one yet. Whoever has the lock writes here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resting(u32);

impl Resting {
    /// No CPU does.
    pub const NONE: Self = Self(0);

    /// CPU `number`, which is in the kernel, will rest when it leaves; or not.
    #[inline(always)]
    pub fn set(&mut self, number: usize, rests: bool) {
        let bit = 1_u32.wrapping_shl(number as u32);
        self.0 = if rests { self.0 | bit } else { self.0 & !bit };
    }

    /// One that rests, which does not count as one from now on: it is to have an interrupt.
    #[inline(always)]
    pub fn wake(&mut self) -> Option<usize> {
        // exercise smp.5 begin
        let number = self.0.trailing_zeros();
        // The lowest bit that is set.
        self.0 &= self.0.wrapping_sub(1);
        (number < u32::BITS).then_some(number as usize)
        // exercise smp.5 end
    }
}
