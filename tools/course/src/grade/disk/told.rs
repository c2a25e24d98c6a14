//! What the host finds on a disk after a run: it reports as the check does.

use fsformat::image::SECTOR;
use fsformat::{Image, Node, look};
use mos_exam::{Label, Observation, sum};
use std::fmt::Debug;

/// The lines of `step` on a disk that was `before`, and is `after` the run.
pub fn report(step: &str, before: &Image, after: &Image) -> String {
    let step = Label::of(step);
    let mut lines = String::new();
    let mut saw = |what: &str, value: &dyn Debug| {
        let what = Label::of(what);
        let line = Observation { step, what, value };
        lines += &format!("{line}\n");
    };
    if before.0.len() != after.0.len() {
        saw("the disk has another size", &after.0.len());
    }
    if look(before).state == "another magic number" {
        let sectors = before.0.chunks(SECTOR).zip(after.0.chunks(SECTOR));
        for (number, (old, new)) in sectors.enumerate() {
            if old != new {
                saw("a sector that has changed", &(number, sum(new)));
            }
        }
        return lines + &untouched(step);
    }
    let (old, seen) = (look(before), look(after));
    saw("the disk is", &seen.state);
    for (what, times) in &seen.wrong {
        saw("wrong on the disk", &(what, times));
    }
    for (path, node) in &seen.nodes {
        // Programs are another tree's own.
        if path.starts_with("/bin") && old.nodes.get(path) == Some(node) {
            continue;
        }
        match node {
            Node::Folder => saw("a folder", path),
            Node::File(bytes) => saw("a file", &(path, bytes.len(), sum(bytes))),
        }
    }
    lines
}

/// The last line on a disk without a file system, so that there is one where nothing has changed.
fn untouched(step: Label) -> String {
    let what = Label::of("all other sectors");
    let value = &"as before";
    format!("{}\n", Observation { step, what, value })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grade::labels::Labels;
    use crate::grade::testimony;
    use fsformat::Writer;

    fn told(before: &Image, after: &Image) -> Vec<String> {
        let labels = Labels::from_sources(include_str!("told.rs"));
        let steps = ["afterwards".to_owned()];
        let lines = report("afterwards", before, after);
        testimony::of(&labels, &steps, &lines)
            .remove("afterwards")
            .unwrap()
    }

    #[test]
    fn what_is_there_afterwards_is_told() {
        let mut writer = Writer::new(64);
        let before = writer.clone().finish();
        writer.folder("/d").unwrap();
        writer.file("/d/f", b"abc").unwrap();
        let mut after = writer.cut();
        after.set_free(63, false);
        let file = format!("a file: (\"/d/f\", 3, {:x})", sum(b"abc"));
        let wrong = "wrong on the disk: (\"blocks taken that nobody has\", 1)";
        let right = ["the disk is: \"in use\"", wrong, "a folder: \"/d\"", &file];
        assert_eq!(told(&before, &after), right);
    }

    #[test]
    fn of_sectors_those_are_told_that_have_changed() {
        let before = Image(vec![7; 4 * SECTOR]);
        let mut after = before.clone();
        after.0[2 * SECTOR + 5] = 8;
        let changed = sum(&after.0[2 * SECTOR..3 * SECTOR]);
        let rest = "all other sectors: \"as before\"";
        let right = [
            format!("a sector that has changed: (2, {changed:x})"),
            rest.to_owned(),
        ];
        assert_eq!(told(&before, &after), right);
        assert_eq!(told(&before, &before), [rest]);
    }
}
