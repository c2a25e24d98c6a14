//! What is on a disk before a run.

use crate::grade::check::Check;
use crate::grade::order::put;
use crate::grade::parts::Parts;
use anyhow::{Context, Result};
use fsformat::{Image, Writer, image};
use mos_exam::disk::{LEFT, Plan, Recipe};
use mos_exam::{Lots, Order};
use mos_run::tree::Tree;
use mos_run::{files, strip};
use sha2::{Digest, Sha256};

/// The folder of programs.
const PROGRAMS: &str = "/bin";
/// Blocks that a torn disk has lost.
const LOST: usize = 5;
/// Files of a damaged disk: one with a number beyond the disk, and one with a block that is not there.
const ASTRAY: u32 = 7;
const HOLED: u32 = 6;

/// A number of the run's from which nobody finds the way back to the run's `seed`, nor to another such number.
pub fn hidden(seed: u64, what: &str, index: u32) -> u64 {
    let mut hash = Sha256::new();
    hash.update(seed.to_le_bytes());
    hash.update(index.to_le_bytes());
    hash.update(what);
    let hash = hash.finalize();
    hash.first_chunk().copied().map_or(0, u64::from_le_bytes)
}

/// What is on the disk of `check` in the run with this `seed`, if it has one. The programs on it are those of `tree`.
///
/// # Errors
/// A program is missing, or it does not fit.
pub fn of(parts: &Parts, tree: &Tree, check: &Check, seed: u64) -> Result<Option<Image>> {
    let Some(recipe) = check.disk else {
        return Ok(None);
    };
    let order = check.order_of(check.seed(seed));
    let plan = Plan::new(recipe, order.seed);
    let secret = check.salted(seed);
    if recipe == Recipe::Sectors {
        let bytes = plan.blocks() as usize * image::BLOCK;
        return Ok(Some(Image(noise(secret, 0, bytes))));
    }
    let mut writer = Writer::new(plan.blocks());
    if recipe == Recipe::Fragmented {
        Lots::new(hidden(secret, "order", 0)).shuffle(writer.free());
    }
    if !check.aboard.is_empty() {
        writer.folder(PROGRAMS)?;
    }
    for name in &check.aboard {
        let program = program(parts, tree, name, &order);
        let program = program.with_context(|| format!("the program {name}"))?;
        writer.file(&format!("{PROGRAMS}/{name}"), &program)?;
    }
    for n in 0..plan.folders() {
        writer.folder(plan.folder(n).as_str())?;
    }
    let mut entries = Vec::new();
    for n in 0..plan.files() {
        let file = plan.file(n);
        let bytes = match recipe {
            Recipe::Texts => text(secret, n, file.size as usize),
            _ => noise(secret, n, file.size as usize),
        };
        entries.push(writer.file(file.path.as_str(), &bytes)?);
    }
    for n in (0..plan.files()).filter(|&n| plan.is_removed(n)) {
        writer.remove(plan.file(n).path.as_str())?;
    }
    if recipe == Recipe::Full {
        // The blocks and the one with their numbers.
        let rest = writer.left() - LEFT as usize - 1;
        writer.file("/rest", &noise(secret, u32::MAX, rest * image::BLOCK))?;
    }
    let lost: Vec<u32> = writer.free().iter().take(LOST).copied().collect();
    let mut disk = match recipe {
        Recipe::Torn => writer.cut(),
        _ => writer.finish(),
    };
    match recipe {
        Recipe::Foreign => disk.set_word(image::SUPER, Lots::new(secret).any() | 1),
        Recipe::Beyond => {
            disk.set_number(entries[ASTRAY as usize], 3, plan.blocks() + 7);
            let hole = disk.number(entries[HOLED as usize], 1);
            disk.set_number(entries[HOLED as usize], 1, 0);
            disk.set_free(hole, true);
        }
        Recipe::Torn => lost
            .into_iter()
            .for_each(|block| disk.set_free(block, false)),
        _ => {}
    }
    Ok(Some(disk))
}

/// The program called `name`, as a disk has it: with the check's order, if it has a place for one.
fn program(parts: &Parts, tree: &Tree, name: &str, order: &Order<'_>) -> Result<Vec<u8>> {
    let of_disk = tree.disk_program_names().unwrap_or_default();
    if of_disk.iter().any(|known| known == name) {
        return files::read(&tree.disk_files().join("bin").join(name));
    }
    let part = parts.program(&tree.program(name)?)?;
    let mut elf = part.elf.clone();
    if !part.places.is_empty() {
        put(order, &part.places, &mut elf)?;
    }
    strip::strip(&elf)
}

/// Bytes in which there is nothing to be guessed.
fn noise(secret: u64, n: u32, len: usize) -> Vec<u8> {
    let mut lots = Lots::new(hidden(secret, "contents", n));
    let mut bytes = Vec::with_capacity(len + 4);
    while bytes.len() < len {
        bytes.extend(lots.any().to_le_bytes());
    }
    bytes.truncate(len);
    bytes
}

/// Lines of words.
fn text(secret: u64, n: u32, len: usize) -> Vec<u8> {
    let mut lots = Lots::new(hidden(secret, "contents", n));
    let mut bytes = Vec::with_capacity(len + 16);
    while bytes.len() < len {
        for _ in 0..lots.from(1, 7) {
            bytes.push(b'a' + lots.from(0, 25) as u8);
        }
        let ends_line = lots.from(0, 5) == 0;
        bytes.push(if ends_line { b'\n' } else { b' ' });
    }
    bytes.truncate(len);
    if let Some(last) = bytes.last_mut() {
        *last = b'\n';
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use fsformat::{Node, look};
    use mos_exam::disk::Planned;

    fn disk(recipe: Recipe, seed: u64) -> (Image, Plan) {
        let mut check = Check::bare("a");
        check.disk = Some(recipe);
        let tree = Tree::here().unwrap();
        let image = of(&Parts::default(), &tree, &check, seed).unwrap();
        (image.unwrap(), Plan::new(recipe, check.seed(seed)))
    }

    #[test]
    fn what_is_planned_is_there_and_nothing_else() {
        for (name, recipe) in Recipe::ALL {
            let (image, plan) = disk(recipe, 3);
            assert_eq!(image.blocks(), plan.blocks(), "{name}");
            let seen = look(&image);
            let state = match recipe {
                Recipe::Sectors | Recipe::Foreign => "another magic number",
                Recipe::Torn => "in use",
                _ => "closed",
            };
            assert_eq!(seen.state, state, "{name}");
            let is_whole = !matches!(recipe, Recipe::Torn | Recipe::Beyond);
            assert_eq!(seen.wrong.is_empty(), is_whole, "{name}: {:?}", seen.wrong);
            if state == "another magic number" {
                continue;
            }
            for n in 0..plan.files() {
                let Planned { path, size } = plan.file(n);
                let node = seen.nodes.get(path.as_str());
                let right = match node {
                    Some(Node::File(bytes)) => bytes.len() == size as usize,
                    Some(Node::Folder) => false,
                    None => plan.is_removed(n),
                };
                assert!(right, "{name}: {path}");
            }
        }
    }

    #[test]
    fn another_run_has_other_contents() {
        let (one, plan) = disk(Recipe::Files, 1);
        let (other, _) = disk(Recipe::Files, 2);
        assert_ne!(one, other);
        assert_eq!(disk(Recipe::Files, 1).0, one);
        // What the guest is told leads to no contents.
        let path = plan.file(5).path;
        let Node::File(bytes) = &look(&one).nodes[path.as_str()] else {
            panic!("it is no file")
        };
        let mut check = Check::bare("a");
        check.disk = Some(Recipe::Files);
        let told = check.seed(1);
        assert_ne!(noise(told, 5, 16), bytes[..16]);
    }
}
