//! Its floating-point unit, where a test gives it one.

use std::collections::BTreeMap;

use mos_core::slot::Slot;

/// f0 to f31 and FCSR.
pub type Registers = [u32; 33];

/// What memory holds that nobody has written yet.
const RUBBISH: Registers = [0xdead_beef; 33];

/// In Status: interrupts of the console come through.
pub const LISTENS: u32 = 1 << 10;
/// In Status: the unit is the program's.
pub const USABLE: u32 = 1 << 29;

/// The unit, and what is kept of it for each slot.
#[derive(Clone, Debug)]
pub struct Unit {
    /// What it holds.
    pub holds: Registers,
    kept: BTreeMap<usize, Registers>,
}

impl Default for Unit {
    fn default() -> Self {
        Self {
            holds: RUBBISH,
            kept: BTreeMap::new(),
        }
    }
}

impl Unit {
    fn kept(&mut self, slot: Slot) -> &mut Registers {
        self.kept.entry(slot.index()).or_insert(RUBBISH)
    }

    /// What is kept is 0.
    pub fn clear(&mut self, slot: Slot) {
        *self.kept(slot) = [0; 33];
    }

    /// To memory.
    pub fn store(&mut self, slot: Slot) {
        *self.kept(slot) = self.holds;
    }

    /// From memory.
    pub fn load(&mut self, slot: Slot) {
        self.holds = *self.kept(slot);
        let (enabled, happened) = (self.holds[32] >> 7 & 0x1f, self.holds[32] >> 12 & 0x3f);
        assert_eq!((enabled | 0x20) & happened, 0, "that raises an exception");
    }

    /// From one place to another.
    pub fn copy(&mut self, from: Slot, to: Slot) {
        *self.kept(to) = *self.kept(from);
    }

    /// FCSR in memory.
    pub fn kept_fcsr(&mut self, slot: Slot) -> u32 {
        self.kept(slot)[32]
    }

    /// FCSR as it was, without what has happened.
    pub fn take_cause(&mut self) -> u32 {
        let fcsr = self.holds[32];
        self.holds[32] = fcsr & !0x3_f000;
        fcsr
    }
}
