//! An image that grows: folders and files are put into it, each once and as a whole.

use crate::image::{BLOCK, Entry, IN_USE, Image, MAGIC, MOST, SUPER};
use anyhow::{Context, Result, bail, ensure};

/// A disk to which files are added.
#[derive(Clone, Debug)]
pub struct Writer {
    image: Image,
    /// Free blocks, of which the last is taken next.
    free: Vec<u32>,
}

impl Writer {
    /// A disk of so many `blocks` with nothing on it.
    pub fn new(blocks: u32) -> Self {
        let mut image = Image::of_blocks(blocks);
        image.set_word(SUPER, MAGIC);
        image.set_word(SUPER + 4, blocks);
        image.set_entry(Entry::ROOT, "/", true);
        let free: Vec<u32> = (Image::reserved(blocks)..blocks).rev().collect();
        for &block in &free {
            image.set_free(block, true);
        }
        Self { image, free }
    }

    /// Free blocks, of which the last is taken next: for who wants another order.
    pub fn free(&mut self) -> &mut [u32] {
        &mut self.free
    }

    /// How many blocks are free.
    pub fn left(&self) -> usize {
        self.free.len()
    }

    /// Makes a folder, in one that is there.
    ///
    /// # Errors
    /// There is no room, no such folder, or something there already.
    pub fn folder(&mut self, path: &str) -> Result<Entry> {
        self.put(path, true, &[])
    }

    /// Makes a file with these bytes, in a folder that is there.
    ///
    /// # Errors
    /// There is no room, no such folder, or something there already.
    pub fn file(&mut self, path: &str, bytes: &[u8]) -> Result<Entry> {
        self.put(path, false, bytes)
    }

    /// Frees what is at `path`, and its blocks.
    ///
    /// # Errors
    /// There is nothing.
    pub fn remove(&mut self, path: &str) -> Result<()> {
        let entry = self
            .find(path)?
            .with_context(|| format!("there is no {path}"))?;
        let blocks = self.image.size(entry).div_ceil(BLOCK as u32);
        let numbers = (0..blocks).map(|index| self.image.number(entry, index));
        let numbers: Vec<u32> = numbers.chain([self.image.indirect(entry)]).collect();
        for block in numbers.into_iter().filter(|&block| block != 0) {
            self.image.set_free(block, true);
            self.free.push(block);
        }
        self.image.set_entry(entry, "", false);
        Ok(())
    }

    /// The image, not in use.
    pub fn finish(self) -> Image {
        self.image
    }

    /// The image, as if the power had gone while it was in use.
    pub fn cut(mut self) -> Image {
        self.image.set_word(IN_USE, 1);
        self.image
    }

    fn put(&mut self, path: &str, is_folder: bool, bytes: &[u8]) -> Result<Entry> {
        let put = |writer: &mut Self| {
            ensure!(writer.find(path)?.is_none(), "something is there already");
            let (folder, name) = path.rsplit_once('/').context("a path begins with /")?;
            ensure!((1..128).contains(&name.len()), "a name has 1 to 127 bytes");
            let folder = writer.find(folder)?.context("there is no such folder")?;
            let entry = writer.free_entry(folder)?;
            writer.image.set_entry(entry, name, is_folder);
            writer.append(entry, bytes)?;
            Ok(entry)
        };
        put(self).with_context(|| path.to_owned())
    }

    /// The entry of what is at `path`.
    fn find(&self, path: &str) -> Result<Option<Entry>> {
        let mut entry = Entry::ROOT;
        for name in path.split('/').filter(|name| !name.is_empty()) {
            ensure!(self.image.kind(entry) == 1, "it is in no folder");
            let mut entries = self.entries(entry);
            match entries.find(|&entry| self.image.name(entry) == name) {
                Some(found) => entry = found,
                None => return Ok(None),
            }
        }
        Ok(Some(entry))
    }

    fn entries(&self, folder: Entry) -> impl Iterator<Item = Entry> {
        let blocks = self.image.size(folder) / BLOCK as u32;
        let numbers = (0..blocks).map(move |index| self.image.number(folder, index));
        numbers.flat_map(Entry::all_of)
    }

    /// A free entry of `folder`, which gets a block more if it has none.
    fn free_entry(&mut self, folder: Entry) -> Result<Entry> {
        let free = self
            .entries(folder)
            .find(|&entry| self.image.name(entry).is_empty());
        if let Some(entry) = free {
            return Ok(entry);
        }
        let block = self.append(folder, &[0; BLOCK])?;
        Entry::all_of(block).next().context("a block has entries")
    }

    /// Puts `bytes` behind those that a file has, which fill its blocks. Returns its last block.
    fn append(&mut self, entry: Entry, bytes: &[u8]) -> Result<u32> {
        let mut last = 0;
        for chunk in bytes.chunks(BLOCK) {
            let size = self.image.size(entry);
            let index = size / BLOCK as u32;
            if index >= MOST {
                bail!("no file has more than {MOST} blocks");
            }
            if self.image.needs_indirect(entry, index) {
                let indirect = self.take()?;
                self.image.set_indirect(entry, indirect);
            }
            last = self.take()?;
            self.image.set_number(entry, index, last);
            self.image.0[Image::place(last)][..chunk.len()].copy_from_slice(chunk);
            self.image.set_size(entry, size + chunk.len() as u32);
        }
        Ok(last)
    }

    fn take(&mut self) -> Result<u32> {
        let block = self.free.pop().context("the disk is full")?;
        self.image.set_free(block, false);
        self.image.0[Image::place(block)].fill(0);
        Ok(block)
    }
}
