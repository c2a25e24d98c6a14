//! What is on the disk of a check's run: names and sizes, of which guest and host draw the same. What is in the files
//! only the host draws, from another seed: that is to be had by reading them.

use crate::{Lots, Path};

/// What kind of disk it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recipe {
    /// Sectors without a file system.
    Sectors,
    /// A file system with nothing in it.
    Empty,
    /// Files of all sizes that make a difference, in several folders.
    Files,
    /// A folder with many files, and free entries between them.
    Crowded,
    /// All blocks but [`LEFT`] are taken.
    Full,
    /// Files whose blocks lie all over the disk.
    Fragmented,
    /// As [`Files`](Self::Files), but it is no file system that anybody knows.
    Foreign,
    /// As [`Files`](Self::Files), but the first file names a block beyond the disk's end, and the second has more bytes than
    /// blocks.
    Beyond,
    /// As [`Files`](Self::Files), but it was not closed, and blocks are taken that nobody has.
    Torn,
    /// Small files with lines of words.
    Texts,
}

/// Blocks that a full disk has left.
pub const LEFT: u32 = 3;
/// Bytes of a block.
const BLOCK: u32 = 4096;
/// The file of [`Recipe::Files`] that is the largest.
const LARGEST: u32 = 7;
/// Draws of one file or folder.
const EACH: u32 = 16;

impl Recipe {
    /// Each with its name in the tables of checks.
    pub const ALL: [(&'static str, Self); 10] = [
        ("sectors", Self::Sectors),
        ("empty", Self::Empty),
        ("files", Self::Files),
        ("crowded", Self::Crowded),
        ("full", Self::Full),
        ("fragmented", Self::Fragmented),
        ("foreign", Self::Foreign),
        ("beyond", Self::Beyond),
        ("torn", Self::Torn),
        ("texts", Self::Texts),
    ];
}

/// A file that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Planned {
    /// Where.
    pub path: Path,
    /// Its bytes.
    pub size: u32,
}

/// The names and sizes of what is on a disk.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    recipe: Recipe,
    seed: u64,
}

impl Plan {
    /// Those of a run whose order has this `seed`.
    pub const fn new(recipe: Recipe, seed: u64) -> Self {
        Self { recipe, seed }
    }

    /// Blocks of the disk.
    pub const fn blocks(&self) -> u32 {
        match self.recipe {
            Recipe::Sectors => 64,
            Recipe::Full => 256,
            _ => 1024,
        }
    }

    /// Files that are there.
    pub const fn files(&self) -> u32 {
        match self.recipe {
            Recipe::Sectors | Recipe::Empty => 0,
            Recipe::Files | Recipe::Foreign | Recipe::Beyond | Recipe::Torn => 30,
            Recipe::Crowded => 500,
            Recipe::Full => 12,
            Recipe::Fragmented | Recipe::Texts => 8,
        }
    }

    /// Folders that are there, without the root.
    pub const fn folders(&self) -> u32 {
        match self.recipe {
            Recipe::Sectors | Recipe::Empty | Recipe::Fragmented | Recipe::Full => 0,
            Recipe::Files | Recipe::Foreign | Recipe::Beyond | Recipe::Torn => 3,
            Recipe::Crowded => 1,
            Recipe::Texts => 2,
        }
    }

    /// Folder number `n`. The second is in the first, all others are in the root.
    pub fn folder(&self, n: u32) -> Path {
        let name = |n| self.lots(u32::MAX, n).any() >> 8;
        let first = Path::ROOT.below('d', name(0));
        match n {
            0 => first,
            1 => first.below('d', name(1)),
            _ => Path::ROOT.below('d', name(n)),
        }
    }

    /// File number `n`.
    pub fn file(&self, n: u32) -> Planned {
        let mut lots = self.lots(n, 0);
        // Two of one folder must not have one name.
        let name = (lots.any() & 0xffff_f000) | n;
        let folders = self.folders();
        let folder = match self.recipe {
            Recipe::Crowded => 1,
            Recipe::Files | Recipe::Foreign | Recipe::Beyond | Recipe::Torn if n > LARGEST => 3,
            _ => lots.from(0, folders),
        };
        let folder = match folder {
            0 => Path::ROOT,
            n => self.folder(n - 1),
        };
        Planned {
            path: folder.below('f', name),
            size: self.size(n, &mut lots),
        }
    }

    fn size(&self, n: u32, lots: &mut Lots) -> u32 {
        let (low, high) = match (self.recipe, n) {
            (Recipe::Full, 0) => (200 * BLOCK, 210 * BLOCK),
            (Recipe::Full, _) => (1, 2 * BLOCK),
            (Recipe::Fragmented, _) => (12 * BLOCK, 40 * BLOCK),
            (Recipe::Crowded, _) => (0, 64),
            (_, 0) => (0, 0),
            (Recipe::Texts, _) => (1, 3000),
            (_, 1) => (1, 511),
            (_, 2) => (513, BLOCK - 1),
            (_, 3) => (BLOCK, BLOCK),
            (_, 4) => (BLOCK + 1, 2 * BLOCK - 1),
            (_, 5) => (10 * BLOCK, 10 * BLOCK),
            (_, 6) => (10 * BLOCK + 1, 16 * BLOCK - 1),
            (_, LARGEST) => (190_000, 210_000),
            _ => (1, 3000),
        };
        lots.from(low, high)
    }

    /// Whether entry number `n` of a crowded folder was removed after all were made: each eighth, from one on that is drawn,
    /// but none of the first three.
    pub const fn is_removed(&self, n: u32) -> bool {
        matches!(self.recipe, Recipe::Crowded) && n % 8 == 3 + (self.seed >> 32) as u32 % 5
    }

    fn lots(&self, file: u32, folder: u32) -> Lots {
        let place = file.wrapping_mul(EACH).wrapping_add(folder);
        Lots::beginning_at(self.seed.rotate_left(32) ^ 0x6469_736b, place)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::collections::BTreeSet;
    use std::string::ToString;

    #[test]
    fn which_are_removed_changes_with_the_seed_and_the_first_ones_never_are() {
        let removed = |order: u64| {
            let plan = Plan::new(Recipe::Crowded, order << 32);
            let removed = (0..plan.files()).filter(move |&n| plan.is_removed(n));
            removed.collect::<BTreeSet<_>>()
        };
        let all: BTreeSet<_> = (0..8).map(removed).collect();
        assert_eq!(all.len(), 5);
        // Checks look for these.
        assert!(all.iter().flatten().all(|n| ![1, 9, 42].contains(n)));
    }

    #[test]
    fn every_path_is_there_once_and_changes_with_the_seed() {
        for (name, recipe) in Recipe::ALL {
            let paths = |seed| {
                let plan = Plan::new(recipe, seed);
                let files = (0..plan.files()).map(move |n| plan.file(n).path.to_string());
                let folders = (0..plan.folders()).map(move |n| plan.folder(n).to_string());
                folders.chain(files).collect::<BTreeSet<_>>()
            };
            let (first, second) = (paths(1), paths(2));
            let plan = Plan::new(recipe, 1);
            assert_eq!(first.len() as u32, plan.files() + plan.folders(), "{name}");
            assert!(first.is_disjoint(&second), "{name}");
        }
    }

    #[test]
    fn sizes_are_on_either_side_of_what_makes_a_difference() {
        for seed in 0..20 {
            let plan = Plan::new(Recipe::Files, seed);
            let sizes = [0, 1, 2, 3, 4, 5, 6, LARGEST].map(|n| plan.file(n).size);
            assert!(sizes.is_sorted());
            assert_eq!([sizes[0], sizes[3], sizes[5]], [0, 4096, 40_960]);
        }
    }
}
