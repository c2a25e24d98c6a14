//! What is on a disk, and what is wrong with it, as somebody sees it who wants to mend nothing.

use crate::image::{BLOCK, Entry, IN_USE, Image, MAGIC, MOST, SUPER};
use std::collections::BTreeMap;

/// Folders in one another, beyond which one is taken to be in itself.
const DEPTH: usize = 32;
/// Bytes of names and blocks beyond which nobody looks for more: some folder has itself in it, or many have one block, and
/// what a small disk seems to hold then is more than there is memory and time for.
const PLENTY: usize = 1 << 25;
/// What a name takes, for each of its path's letters: as somebody writes it who shows what cannot be printed.
const SHOWN: usize = 8;

/// A file or folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// A folder.
    Folder,
    /// A file with these bytes. Where it has no block there are zeros.
    File(Vec<u8>),
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// What the super block says: `closed`, `in use`, or whose it is not.
    pub state: &'static str,
    /// What is wrong, and how often.
    pub wrong: BTreeMap<&'static str, u32>,
    /// What there is, by its path.
    pub nodes: BTreeMap<String, Node>,
}

impl Look {
    fn complain(&mut self, what: &'static str) {
        *self.wrong.entry(what).or_default() += 1;
    }
}

/// Looks at a disk.
pub fn look(image: &Image) -> Look {
    let mut looker = Looker {
        image,
        blocks: image.word(SUPER + 4).min(image.blocks()),
        users: vec![0; image.blocks() as usize],
        left: PLENTY,
        look: Look::default(),
    };
    looker.look.state = match (image.word(SUPER), image.word(IN_USE)) {
        (MAGIC, 0) => "closed",
        (MAGIC, _) => "in use",
        _ => "another magic number",
    };
    if image.word(SUPER) == MAGIC {
        if image.word(SUPER + 4) != image.blocks() {
            looker.look.complain("another number of blocks");
        }
        looker.folder(Entry::ROOT, "", 0);
        looker.bitmap();
    }
    looker.look
}

struct Looker<'a> {
    image: &'a Image,
    blocks: u32,
    /// How many files have each block.
    users: Vec<u32>,
    /// What is left of [`PLENTY`].
    left: usize,
    look: Look,
}

impl Looker<'_> {
    /// Looks into a folder at `path`, which is empty for the root.
    fn folder(&mut self, folder: Entry, path: &str, depth: usize) {
        if !(self.image.size(folder) as usize).is_multiple_of(BLOCK) {
            self.look.complain("folders of no whole blocks");
        }
        for block in self.numbers(folder) {
            for entry in Entry::all_of(block) {
                let name = self.image.name(entry);
                if block == 0 || name.is_empty() {
                    continue;
                }
                let path = format!("{path}/{name}");
                if depth > DEPTH || !self.takes(SHOWN * path.len()) {
                    self.look.complain("folders without an end");
                    return;
                }
                self.node(entry, path, depth);
            }
        }
    }

    fn node(&mut self, entry: Entry, path: String, depth: usize) {
        let node = match self.image.kind(entry) {
            0 => Node::File(self.bytes(entry)),
            1 => Node::Folder,
            _ => return self.look.complain("entries of no kind"),
        };
        let is_folder = node == Node::Folder;
        if self.look.nodes.insert(path.clone(), node).is_some() {
            self.look.complain("names that are there twice");
        }
        if is_folder {
            self.folder(entry, &path, depth + 1);
        }
    }

    /// Whether there is so much left to be looked at; where there is not, nothing is.
    fn takes(&mut self, bytes: usize) -> bool {
        let left = self.left.checked_sub(bytes);
        self.left = left.unwrap_or(0);
        left.is_some()
    }

    /// The blocks of a file or folder, 0 where it has none; and counts them.
    fn numbers(&mut self, entry: Entry) -> Vec<u32> {
        let blocks = self.image.size(entry).div_ceil(BLOCK as u32);
        if blocks > MOST {
            self.look.complain("files that are too long");
            return Vec::new();
        }
        if !self.takes(blocks as usize * BLOCK) {
            self.look.complain("more than there is on a disk");
            return Vec::new();
        }
        let indirect = self.image.indirect(entry);
        // Without a use it is void, whatever it says.
        if blocks > 10 && self.used(indirect) == 0 {
            self.look.complain("files without their indirect block");
            return Vec::new();
        }
        let numbers = (0..blocks).map(|index| self.used(self.image.number(entry, index)));
        numbers.collect()
    }

    /// The block, if it may be a file's; counted.
    fn used(&mut self, block: u32) -> u32 {
        if block == 0 {
            return 0;
        }
        if !(Image::reserved(self.blocks)..self.blocks).contains(&block) {
            self.look.complain("numbers that are no file's block");
            return 0;
        }
        self.users[block as usize] += 1;
        block
    }

    fn bytes(&mut self, entry: Entry) -> Vec<u8> {
        let mut bytes = Vec::new();
        for block in self.numbers(entry) {
            match block {
                0 => bytes.extend([0; BLOCK]),
                block => bytes.extend(&self.image.0[Image::place(block)]),
            }
        }
        bytes.resize((self.image.size(entry) as usize).min(bytes.len()), 0);
        bytes
    }

    fn bitmap(&mut self) {
        for block in 0..self.blocks {
            let is_own = block < Image::reserved(self.blocks);
            let users = self.users[block as usize] + u32::from(is_own);
            match (users, self.image.is_free(block)) {
                (0, true) | (1, false) => {}
                (0, false) => self.look.complain("blocks taken that nobody has"),
                (_, true) => self.look.complain("blocks in use that are free"),
                (_, false) => self.look.complain("blocks of two files"),
            }
        }
    }
}
