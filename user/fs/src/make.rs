//! Empty file systems.

use crate::dir::set_name;
use crate::fs::sector_of;
use crate::layout::{
    BITMAP, BITS, BLOCK, BLOCKS, Block, Format, MOST_BLOCKS, ROOT, SUPER, TYPE, TYPE_DIRECTORY,
    block_of_sector, first_free,
};
use crate::{Disk, Error};

/// Makes the first `blocks` blocks of `disk` an empty file system.
///
/// # Errors
/// They are too few, or more than the disk or a file system has, or the disk failed.
pub fn make<D: Disk>(disk: &mut D, blocks: u32) -> Result<(), Error> {
    let first = first_free(blocks);
    let there = block_of_sector(disk.sectors());
    if blocks <= first || blocks > there.min(MOST_BLOCKS) {
        return Err(Error::Invalid);
    }
    let format = Format::Mos;
    let mut block: Block = [0; BLOCK];
    // Nothing is a file system without this one, which comes last.
    for number in [0, SUPER] {
        disk.write(sector_of(number), &block)?;
    }
    for bitmap in BITMAP..first {
        let from = bitmap.wrapping_sub(BITMAP).wrapping_mul(BITS);
        for (number, byte) in (from / 8..).zip(&mut block) {
            let bits = number.wrapping_mul(8)..number.wrapping_add(1).wrapping_mul(8);
            let free = bits.map(|bit| u8::from(bit >= first && bit < blocks));
            *byte = free.rev().fold(0, |byte, bit| byte << 1 | bit);
        }
        disk.write(sector_of(bitmap), &block)?;
    }
    disk.flush()?;
    block = [0; BLOCK];
    if let Some(magic) = block.first_chunk_mut() {
        *magic = format.magic();
    }
    format.set_word(&mut block, BLOCKS, blocks);
    let root = block.get_mut(ROOT..).unwrap_or_default();
    set_name(root, b"/");
    format.set_word(root, TYPE, TYPE_DIRECTORY);
    disk.write(sector_of(SUPER), &block)?;
    Ok(disk.flush()?)
}
