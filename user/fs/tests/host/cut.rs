//! The power is cut at every write, and again while the disk is mended; and the disk may do in any order what
//! it was not made to wait for.
//!
//! `MOS_CUTS=n` cuts at least n times instead of 12,000; `MOS_SEED=n` repeats one run.

use crate::both::Both;
use crate::disk::{Event, RamDisk};
use crate::model::{Model, Tree};
use crate::op::{Op, op};
use crate::{rig, seeds};
use proptest::collection::vec;
use std::collections::BTreeMap;
use std::ops::Range;

/// How often the power is cut without `MOS_CUTS`.
const CUTS: u64 = 12_000;
const BLOCKS: u32 = 48;

/// What was done to a disk, and what was on it when.
struct History {
    /// What was there at first.
    start: RamDisk,
    events: Vec<Event>,
    /// The model after each operation, and how many events there were by then.
    steps: Vec<(Model, usize)>,
    /// Those of the steps after which all was on the disk.
    synced: Vec<usize>,
}

impl History {
    /// Does `ops`, and a sync after each if `eager`.
    fn of(ops: &[Op], eager: bool) -> Self {
        let mut disk = rig::empty(BLOCKS);
        let start = disk.clone();
        disk.events = Some(Vec::new());
        let mut both = Both::new(rig::mount(disk, 16));
        let mut history = Self {
            start,
            events: Vec::new(),
            steps: vec![(both.model.clone(), 0)],
            synced: vec![0],
        };
        for op in ops {
            // What reopens is a mount: its events would be lost.
            let op = if matches!(op, Op::Reopen) {
                &Op::Sync
            } else {
                op
            };
            both.step(op);
            history.note(&mut both, matches!(op, Op::Sync));
            if eager {
                both.step(&Op::Sync);
                history.note(&mut both, true);
            }
        }
        history.events = both.fs.disk().events.take().expect("they are kept");
        history
    }

    fn note(&mut self, both: &mut Both, synced: bool) {
        let events = both.fs.disk().events.as_ref().map_or(0, Vec::len);
        if synced {
            self.synced.push(self.steps.len());
        }
        self.steps.push((both.model.clone(), events));
    }

    /// The steps that may be what is on the disk after so many events: from the last sync on to what was being done.
    fn window(&self, events: usize) -> &[(Model, usize)] {
        let is_done = |&&step: &&usize| self.steps[step].1 <= events;
        let first = self.synced.iter().rev().find(is_done);
        let last = self.steps.iter().position(|step| step.1 >= events);
        let last = last.unwrap_or(self.steps.len() - 1);
        let first = *first.expect("the first");
        &self.steps[first..=last.max(first)]
    }

    /// The events after which nothing was waited for when so many had happened.
    fn epoch(&self, events: usize) -> Range<usize> {
        let is_flush = |event: &Event| matches!(event, Event::Flush);
        let flush = self.events[..events].iter().rposition(is_flush);
        flush.map_or(0, |flush| flush + 1)..events
    }
}

/// The trees of a window by their paths.
struct Versions<'h> {
    window: &'h [(Model, usize)],
    /// Whether it must be one of the steps to the last byte.
    whole: bool,
}

impl Versions<'_> {
    fn trees(&self, path: &[u8]) -> Vec<Option<Tree>> {
        let tree = |(model, _): &(Model, usize)| model.lookup(path).ok().map(|id| model.tree(id));
        self.window.iter().map(tree).collect()
    }

    /// Whether `tree` at `path` can be made of what was there in the window.
    fn allow(&self, path: &[u8], tree: &Tree) -> Result<(), String> {
        let name = path.escape_ascii();
        match tree {
            Tree::Directory(entries) => {
                let was = |tree: &Option<Tree>| matches!(tree, Some(Tree::Directory(_)));
                if !self.trees(path).iter().any(was) {
                    return Err(format!("{name} was no directory"));
                }
                self.allow_names(path, entries)?;
                entries
                    .iter()
                    .try_for_each(|(name, tree)| self.allow(&[path, b"/", name].concat(), tree))
            }
            Tree::File(bytes) => self.allow_file(path, bytes),
        }
    }

    /// What is not there was not there at some time.
    fn allow_names(&self, path: &[u8], entries: &BTreeMap<Vec<u8>, Tree>) -> Result<(), String> {
        for (model, _) in self.window {
            let Ok(Ok(all)) = model.lookup(path).map(|id| model.entries(id)) else {
                continue;
            };
            for name in all.keys().filter(|&name| !entries.contains_key(name)) {
                let path = [path, b"/", &name[..]].concat();
                if self.trees(&path).iter().all(Option::is_some) {
                    return Err(format!("{} is lost", path.escape_ascii()));
                }
            }
        }
        Ok(())
    }

    /// A file that was at `path` in the window had this size, and each sector was once as it is.
    fn allow_file(&self, path: &[u8], bytes: &[u8]) -> Result<(), String> {
        let ids = self
            .window
            .iter()
            .filter_map(|(model, _)| model.lookup(path).ok());
        for id in ids {
            let models = self.window.iter().map(|(model, _)| model);
            let known = models.filter(|model| id < model.nodes.len());
            let versions: Vec<&Vec<u8>> = known.filter_map(|model| model.bytes(id).ok()).collect();
            let size = versions.iter().any(|version| version.len() == bytes.len());
            let sector = |(index, sector): (usize, &[u8])| {
                let at = index * 512;
                let was = |version: &&Vec<u8>| {
                    let there = version.get(at..).unwrap_or_default();
                    let len = there.len().min(sector.len());
                    let is_old = |(more, &byte): (usize, &u8)| {
                        let old = |version: &&Vec<u8>| version.get(at + len + more) == Some(&byte);
                        byte == 0 || versions.iter().any(old)
                    };
                    there[..len] == sector[..len] && sector[len..].iter().enumerate().all(is_old)
                };
                versions.iter().any(was)
            };
            if size && bytes.chunks(512).enumerate().all(sector) {
                return Ok(());
            }
        }
        Err(format!("{} was never like that", path.escape_ascii()))
    }

    /// What is on `disk` must be one of these, and at worst blocks are lost. Returns what mending has written.
    fn judge(&self, mut disk: RamDisk) -> Vec<Event> {
        disk.events = Some(Vec::new());
        let mut fs = rig::mount(disk, 16);
        let (_, findings) = rig::check(&mut fs);
        for finding in findings {
            assert!(finding.problem.is_harmless(), "{finding:?}");
        }
        let tree = rig::tree(&mut fs, b"").expect("the disk works");
        let is_one = self.window.iter().any(|(model, _)| model.tree(0) == tree);
        if !is_one {
            assert!(!self.whole, "it is neither before nor after");
            if let Err(why) = self.allow(b"", &tree) {
                panic!("{why}");
            }
        }
        fs.disk().events.take().expect("they are kept")
    }
}

/// Whether what an operation writes may be there in part: it changes bytes in place.
fn may_be_partial(before: &Model, after: &Model) -> bool {
    (0..before.nodes.len()).any(|id| {
        let (old, new) = (before.bytes(id), after.bytes(id));
        let (Ok(old), Ok(new)) = (old, new) else {
            return false;
        };
        new.len() >= old.len() && !new.starts_with(old)
    })
}

/// Cuts everywhere in what `ops` do, with a sync after each if `eager`; tells how often.
fn cut_everywhere(ops: &[Op], eager: bool, seed: u64) -> u64 {
    let is_partial = |before: &Model, after: &Model| !eager || may_be_partial(before, after);
    cut_history(&History::of(ops, eager), &is_partial, seed)
}

/// Cuts everywhere in a history in which something may be there in part where that `is_partial`.
fn cut_history(history: &History, is_partial: &dyn Fn(&Model, &Model) -> bool, seed: u64) -> u64 {
    let mut disk = history.start.clone();
    let mut cuts = 0;
    let mut chance = seed | 1;
    let mut draw = || {
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        chance
    };
    let mut flushed = disk.clone();
    for events in 1..=history.events.len() {
        let event = &history.events[events - 1];
        disk.apply(event);
        if matches!(event, Event::Flush) {
            flushed = disk.clone();
            continue;
        }
        let window = history.window(events);
        let whole = !is_partial(&window[0].0, &window[window.len() - 1].0);
        let versions = Versions { window, whole };
        let mended = versions.judge(disk.clone());
        cuts += 1;
        if draw() % 4 == 0 {
            let mut again = disk.clone();
            for event in &mended {
                again.apply(event);
                versions.judge(again.clone());
                cuts += 1;
            }
        }
        // What was not waited for may be there or not.
        let mut some = flushed.clone();
        let lost = draw();
        for at in history.epoch(events) {
            if lost >> (at % 61) & 1 == 0 {
                some.apply(&history.events[at]);
            }
        }
        versions.judge(some);
        cuts += 1;
    }
    cuts
}

fn cut(name: &str, eager: bool) {
    let lists = vec(op(), 20..90);
    let mut cuts = 0;
    if let Some(seed) = seeds::variable("MOS_SEED") {
        seeds::case(name, seed, &lists, |ops| {
            cuts += cut_everywhere(ops, eager, seed)
        });
        return;
    }
    let most = seeds::variable("MOS_CUTS").unwrap_or(CUTS) / 2;
    for seed in 0.. {
        if cuts >= most {
            println!("{name}: {cuts} cuts, seeds 0..{seed}");
            break;
        }
        seeds::case(name, seed, &lists, |ops| {
            cuts += cut_everywhere(ops, eager, seed)
        });
    }
}

#[test]
fn a_power_cut_leaves_each_file_as_before_or_after_what_was_synced_at_once() {
    cut("cuts in single operations", true);
}

#[test]
fn a_power_cut_leaves_each_file_as_it_was_since_the_last_sync() {
    cut("cuts in many operations", false);
}

#[test]
fn a_file_that_shrinks_and_grows_again_is_at_each_cut_one_of_these() {
    let path = || b"/a".to_vec();
    let ops = [
        Op::Create(path()),
        Op::Write(0, 0, 20 << 12, 1),
        Op::Sync,
        Op::SetSize(0, 15 << 12),
        Op::Write(0, 17 << 12, 4096, 2),
        Op::Sync,
        Op::SetSize(0, 9 << 12),
        Op::SetSize(0, 20 << 12),
        Op::Sync,
    ];
    let history = History::of(&ops, false);
    for seed in 0..9 {
        cut_history(&history, &|_, _| false, seed);
    }
}

#[test]
fn new_directories_are_there_before_anything_leads_to_them() {
    let [a, b, c] = [b"/a", b"/b", b"/c"].map(|path: &[u8; 2]| path.to_vec());
    let below = |name: &[u8]| [b"/b/", name].concat();
    let ops = [
        Op::Create(c),
        // What blocks of directories must not begin with.
        Op::Create(a.clone()),
        Op::Write(1, 0, 24 << 12, 0xff),
        Op::Close(1),
        Op::Sync,
        Op::Remove(a),
        Op::Sync,
        Op::MakeDir(b),
        Op::MakeDir(below(b"a")),
        Op::Create(below(b"a/a")),
        Op::Sync,
    ];
    let history = History::of(&ops, false);
    for seed in 0..9 {
        cut_history(&history, &|_, _| true, seed);
    }
}

#[test]
fn what_is_renamed_has_one_of_its_names_and_what_it_replaces_is_there_until_then() {
    let path = |path: &[u8]| path.to_vec();
    let rename = |from: &[u8], to: &[u8]| Op::Rename(path(from), path(to));
    let ops = [
        Op::MakeDir(path(b"/a")),
        Op::MakeDir(path(b"/b")),
        Op::Create(path(b"/a/a")),
        Op::Write(0, 0, 9000, 1),
        Op::Create(path(b"/a/b")),
        Op::Create(path(b"/a/c")),
        Op::Create(path(b"/b/a")),
        Op::Write(3, 0, 50_000, 2),
        Op::MakeDir(path(b"/b/b")),
        Op::Sync,
        rename(b"/a/a", b"/b/c"),
        Op::Sync,
        rename(b"/b/c", b"/b/a"),
        Op::Close(3),
        Op::Sync,
        rename(b"/b/b", b"/a/e"),
        rename(b"/b/a", b"/a/e/a"),
        rename(b"/a", b"/b/a"),
        Op::Sync,
        rename(b"/b/a/e/a", b"/b/a/c"),
        Op::Sync,
    ];
    let history = History::of(&ops, false);
    for seed in 0..9 {
        cut_history(&history, &|_, _| false, seed);
    }
}
