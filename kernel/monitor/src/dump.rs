//! Memory, word by word.

use mos_core::Kernel;
use mos_core::slot::Slot;

use crate::commands::Then;
use crate::words::{Words, Wrong};
use crate::{Target, Why, space};

/// So many words are shown at a time.
const WORDS_MAX: u32 = 256;
/// Words in a line.
const ROW: u32 = 4;
/// Where the kernel's own addresses begin, and where those end that are of memory: kseg0.
const KSEG0: core::ops::Range<u32> = 0x8000_0000..0xa000_0000;

/// `x`.
pub fn program<M: Target>(
    kernel: &mut Kernel<M>,
    _: Why,
    mut words: Words<'_>,
) -> Result<Then, Wrong> {
    let slot = words.env(kernel);
    let va = words.address()?;
    if !KSEG0.contains(&va) {
        slot?;
    }
    let word = |kernel: &mut Kernel<M>, va| at(kernel, slot.ok(), va);
    show(kernel, va, words, word)
}

/// The word at `va`, of a program or of the kernel, which is there without any.
fn at<M: Target>(kernel: &mut Kernel<M>, slot: Option<Slot>, va: u32) -> Option<u32> {
    if KSEG0.contains(&va) {
        return kernel.mem.machine.physical(va - KSEG0.start);
    }
    space::word(kernel, slot?, va)
}

/// `xp`.
pub fn physical<M: Target>(
    kernel: &mut Kernel<M>,
    _: Why,
    mut words: Words<'_>,
) -> Result<Then, Wrong> {
    let pa = words.address()?;
    show(kernel, pa, words, |kernel, pa| {
        kernel.mem.machine.physical(pa)
    })
}

/// Shows as many words as the next of `words` says.
fn show<M: Target>(
    kernel: &mut Kernel<M>,
    start: u32,
    mut words: Words<'_>,
    word: impl Fn(&mut Kernel<M>, u32) -> Option<u32>,
) -> Result<Then, Wrong> {
    let wanted = words.number()?.unwrap_or(ROW);
    let count = wanted.min(WORDS_MAX);
    for row in (0..count).step_by(ROW as usize) {
        let in_row = (count - row).min(ROW);
        let mut text = heapless::String::<64>::new();
        let mut bytes = [b'.'; 4 * ROW as usize];
        let mut places = bytes.iter_mut();
        for n in row..row + in_row {
            let found = word(kernel, start.wrapping_add(n * 4));
            // There is room for a row.
            _ = match found {
                Some(word) => core::fmt::write(&mut text, format_args!(" {word:08x}")),
                None => core::fmt::write(&mut text, format_args!(" --------")),
            };
            for (byte, place) in found
                .unwrap_or(0)
                .to_le_bytes()
                .into_iter()
                .zip(&mut places)
            {
                if matches!(byte, b' '..=b'~') {
                    *place = byte;
                }
            }
        }
        let left = places.len();
        let shown = bytes.get(..bytes.len().saturating_sub(left));
        let bytes = shown.and_then(|bytes| core::str::from_utf8(bytes).ok());
        let bytes = bytes.unwrap_or_default();
        let address = start.wrapping_add(row * 4);
        kernel.say(format_args!("  {address:08x} {text:36}  {bytes}"));
    }
    if wanted > count {
        kernel.say(format_args!("  and so on: {WORDS_MAX:x} words at a time"));
    }
    Ok(Then::Ask)
}
