//! Reading, writing, sizes.

use crate::cache::Class;
use crate::inode::{At, Inode};
use crate::layout::{BLOCK, Block, DIRECTS, block_at, blocks_of};
use crate::{Disk, Error, Fs, Handle, Store};

/// What is added to a file.
static ZEROS: Block = [0; BLOCK];

/// The part of `offset..offset + rest` that is in one block: the block's index, where it begins there, and how long it is.
fn piece(offset: u32, rest: usize) -> (u32, usize, usize) {
    let from = offset as usize % BLOCK;
    let index = block_at(offset);
    (index, from, rest.min(BLOCK.wrapping_sub(from)))
}

impl<D: Disk, S: Store> Fs<D, S> {
    /// Reads what is at `offset`, as much as is there and `buffer` has room for; tells how much. A directory reads as its
    /// entries.
    ///
    /// # Errors
    /// `file` is not open, or the disk failed before anything was read.
    pub fn read(&mut self, file: Handle, offset: u32, buffer: &mut [u8]) -> Result<usize, Error> {
        // exercise 5.9 begin
        let at = self.at(file)?;
        let inode = self.inode(at)?;
        let there = inode.size.saturating_sub(offset) as usize;
        let len = there.min(buffer.len());
        let buffer = buffer.get_mut(..len).unwrap_or_default();
        let mut done = 0_usize;
        while done < len {
            let offset = offset.wrapping_add(done as u32);
            let (index, from, len) = piece(offset, len.wrapping_sub(done));
            let to = buffer.get_mut(done..).and_then(|rest| rest.get_mut(..len));
            match self.read_piece(&inode, index, from, to.unwrap_or_default()) {
                Err(error) if done == 0 => return Err(error),
                Err(_) => break,
                Ok(()) => done = done.wrapping_add(len),
            }
        }
        Ok(done)
        // exercise 5.9 end
    }

    fn read_piece(
        &mut self,
        inode: &Inode,
        index: u32,
        from: usize,
        to: &mut [u8],
    ) -> Result<(), Error> {
        // exercise 5.9 begin
        let block = self.number(inode, index)?;
        if block == 0 {
            to.fill(0);
            return Ok(());
        }
        let bytes = self.read_block(block)?.get(from..).unwrap_or_default();
        if let Some(bytes) = bytes.get(..to.len()) {
            to.copy_from_slice(bytes);
        }
        Ok(())
        // exercise 5.9 end
    }

    /// Writes `bytes` at `offset`, which may be behind the end; tells how many: not all, if the disk is full or fails in
    /// between.
    ///
    /// # Errors
    /// `file` is not open or a directory, the file would be too large, or nothing could be written.
    pub fn write(&mut self, file: Handle, offset: u32, bytes: &[u8]) -> Result<usize, Error> {
        self.must_be_writable()?;
        let at = self.at(file)?;
        let mut inode = self.file(at)?;
        let len = u32::try_from(bytes.len()).map_err(|_| Error::TooBig)?;
        let end = offset.checked_add(len).ok_or(Error::TooBig)?;
        if end > self.format.most_bytes() {
            return Err(Error::TooBig);
        }
        if bytes.is_empty() {
            return Ok(0);
        }
        self.prepare_to_grow(&inode, end)?;
        self.holding(at.place().0, |fs| {
            let old = inode;
            fs.grow(&mut inode, offset)?;
            // exercise 5.13 begin
            let mut done = 0_usize;
            while done < bytes.len() {
                let offset = offset.wrapping_add(done as u32);
                let (_, _, len) = piece(offset, bytes.len().wrapping_sub(done));
                let rest = bytes.get(done..).unwrap_or_default();
                let bytes = rest.get(..len).unwrap_or_default();
                match fs.write_piece(&mut inode, offset, bytes) {
                    Err(error) if done == 0 => return Err(error),
                    Err(_) => break,
                    Ok(()) => done = done.wrapping_add(len),
                }
            }
            // Only now: what is added is there as a whole or not at all, however much has been written back meanwhile.
            if inode != old {
                fs.set_inode(at, &inode)?;
            }
            Ok(done)
            // exercise 5.13 end
        })
    }

    /// Writes what is in one block, and no further than behind the end. The entry does not say so yet.
    fn write_piece(&mut self, inode: &mut Inode, offset: u32, bytes: &[u8]) -> Result<(), Error> {
        // exercise 5.13 begin
        let (index, from, len) = piece(offset, bytes.len());
        let there = if index < inode.blocks() {
            self.number(inode, index)?
        } else {
            0
        };
        if there != 0 {
            self.store(there, from, bytes)?;
        } else {
            self.add_block(inode, index, from, bytes)?;
        }
        inode.size = inode.size.max(offset.wrapping_add(len as u32));
        Ok(())
        // exercise 5.13 end
    }

    /// Gives a file another size: cuts it off, or adds zeros.
    ///
    /// # Errors
    /// `file` is not open or a directory, the size is too large, or the disk failed; then it is as it was.
    pub fn set_size(&mut self, file: Handle, size: u32) -> Result<(), Error> {
        self.must_be_writable()?;
        let at = self.at(file)?;
        let mut inode = self.file(at)?;
        if size > self.format.most_bytes() {
            return Err(Error::TooBig);
        }
        if size >= inode.size {
            self.prepare_to_grow(&inode, size)?;
            return self.holding(at.place().0, |fs| {
                fs.grow(&mut inode, size)?;
                fs.set_inode(at, &inode)
            });
        }
        // exercise 5.15 begin
        let cut = inode.cut(size);
        self.holding(inode.indirect, |fs| {
            fs.set_inode(at, &cut)?;
            fs.free_beyond(&inode, &cut)
        })?;
        if cut.indirect != inode.indirect {
            self.free(inode.indirect);
        }
        Ok(())
        // exercise 5.15 end
    }

    /// The file at `at`, which is no directory.
    pub(crate) fn file(&mut self, at: At) -> Result<Inode, Error> {
        let inode = self.inode(at)?;
        if inode.is_directory() {
            return Err(Error::IsDirectory);
        }
        Ok(inode)
    }

    /// Words of an indirect block that the disk may still go by must not be changed.
    pub(crate) fn prepare_to_grow(&mut self, inode: &Inode, size: u32) -> Result<(), Error> {
        if self.has_shrunk && size > inode.size && blocks_of(size) > DIRECTS {
            self.write_back()?;
        }
        Ok(())
    }

    /// Adds zeros up to `size`. What was left behind the end becomes zero only now: until the smaller size is on the
    /// disk, it is part of the file there.
    pub(crate) fn grow(&mut self, inode: &mut Inode, size: u32) -> Result<(), Error> {
        if size <= inode.size {
            return Ok(());
        }
        let (index, from, len) = piece(inode.size, size.wrapping_sub(inode.size) as usize);
        if from != 0 {
            let block = self.number(inode, index)?;
            if block != 0 {
                self.store(block, from, ZEROS.get(..len).unwrap_or_default())?;
            }
        }
        if inode.indirect != 0 {
            self.must_be_usable(inode.indirect)?;
            let format = self.format;
            let from = format.indirect(inode.blocks());
            let words = from..format.indirect(blocks_of(size));
            let block = self.read_block(inode.indirect)?;
            let is_zero = |words: &[u8]| words.iter().all(|&byte| byte == 0);
            if !block.get(words.clone()).is_none_or(is_zero) {
                self.edit(inode.indirect, Class::Indirect, words)?.fill(0);
            }
        }
        inode.size = size;
        Ok(())
    }
}
