//! Whether the witnesses are there, and get on.

use mos_abi::EnvId;
use mos_audit::{HEART, WITNESSES};
use mos_core::Kernel;
use mos_core::slot::Slot;

use super::turns::slices;
use crate::hardware::Hardware;

/// Ticks that a witness may be without a beat, whoever else is there.
const PATIENCE: u32 = if cfg!(feature = "malta") { 400 } else { 25 };
/// The same for each time slice that somebody may have before its turn comes; it takes some turns for a beat, most on
/// malta, where slices are short.
const FOR_EACH_SLICE: u32 = if cfg!(feature = "malta") { 16 } else { 8 };
/// In how many ticks the number of slices is looked at once.
const LOOK_EVERY: u32 = 16;

/// What was seen of the witnesses: the first programs, which never end.
pub struct Watch([Beat; WITNESSES]);

#[derive(Clone, Copy)]
struct Beat {
    /// The word at [`HEART`] as it was last.
    count: u32,
    /// Ticks since it changed.
    waited: u32,
}

impl Watch {
    /// Nothing yet.
    pub const NEW: Self = Self(
        [Beat {
            count: 0,
            waited: 0,
        }; WITNESSES],
    );

    /// Looks at each of them. What has happened to one panics, as a witness does nothing that could end it.
    pub fn look(&mut self, kernel: &mut Kernel<Hardware>) {
        for (index, beat) in self.0.iter_mut().enumerate() {
            let slot = Slot::new(index);
            let id = EnvId::new(0, index);
            assert_eq!(kernel.id(slot), id, "a witness has ended");
            let directory = kernel.space(slot).directory;
            let heart = kernel.mem.page_lookup(directory, HEART);
            let Some((frame, _)) = heart else {
                panic!("{id}: a witness has lost its memory")
            };
            let count = kernel.mem.words(frame)[0];
            if count != beat.count {
                *beat = Beat { count, waited: 0 };
                continue;
            }
            beat.waited += 1;
            // Not every time: what this takes is taken from the slice that begins.
            // teacher begin
            // otherwise: if beat.waited > PATIENCE && beat.waited.is_multiple_of(LOOK_EVERY) {
            // And of several CPUs not at all, as it is up to the host who gets on.
            if beat.waited > PATIENCE
                && beat.waited.is_multiple_of(LOOK_EVERY)
                && !crate::smp::are_several()
            {
                // teacher end
                let limit = PATIENCE + FOR_EACH_SLICE * slices(kernel);
                assert!(beat.waited <= limit, "{id}: a witness does not get on");
            }
        }
    }

    /// How often the heart of each has beaten.
    pub fn beats(&self) -> [u32; WITNESSES] {
        self.0.map(|beat| beat.count)
    }
}
