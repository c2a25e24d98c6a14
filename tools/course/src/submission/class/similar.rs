//! Which archives look alike: a hint to people, who look at both, and no verdict.
//!
//! Winnowing (Schleimer, Wilkerson, Aiken 2003): every sequence of some tokens has a hash, of which the least in each window
//! is kept. What is in the given code is left out beforehand, and what most of a class have: there may be no other way.

use super::tokens;
use crate::plain;
use anyhow::{Context, Result};
use mos_run::lab::Lab;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Tokens of a sequence, and sequences of a window.
const SEQUENCE: usize = 12;
const WINDOW: usize = 8;
/// Hashes that two must share to be named, and percent of the smaller one's.
const COMMON_MIN: usize = 8;
const SHARE_MIN: usize = 40;
/// From this size on, what more than half of a class have is nobody's own.
const CLASS_MIN: usize = 10;
/// Hashes that are kept of one archive: many times what a lab asks for. Of more the least ones, in which others are as like it.
const KEPT_MAX: usize = 1 << 14;
/// What stands for a name that a student has chosen.
const CHOSEN: &str = "x";

/// Files by their names.
pub type Sources = BTreeMap<String, String>;

/// What is known of one archive's sources.
#[derive(Clone, Debug)]
pub struct Print {
    /// Its name and its student's number.
    pub file: String,
    /// See `file`.
    pub id: String,
    /// The lab.
    pub lab: Lab,
    hashes: BTreeMap<u64, String>,
}

/// Two archives that have more in common than others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pair {
    /// The lab.
    pub lab: Lab,
    /// Percent of what is the smaller one's own that is the other's as well.
    pub share: usize,
    /// The hashes that both have.
    pub common: usize,
    /// The names and numbers of both.
    pub one: String,
    /// See `one`.
    pub one_id: String,
    /// See `one`.
    pub other: String,
    /// See `one`.
    pub other_id: String,
    /// The files in which it is, those with the most first.
    pub files: String,
}

/// What every student of a lab was given: its words and its sequences.
#[derive(Clone, Debug)]
pub struct Given {
    words: BTreeSet<String>,
    known: HashSet<u64>,
}

impl Given {
    /// Of these sources.
    pub fn new(sources: &Sources) -> Self {
        let words = sources.values().flat_map(|text| tokens::of(text));
        let words: BTreeSet<String> = words.map(str::to_owned).collect();
        let known = sources.values().flat_map(|text| sequences(text, &words));
        Self {
            known: known.collect(),
            words,
        }
    }
}

impl Print {
    /// Of these sources of a student of `lab`.
    pub fn new(file: &str, id: &str, lab: Lab, sources: &Sources, given: &Given) -> Self {
        let mut hashes = BTreeMap::new();
        for (name, text) in sources {
            let all = sequences(text, &given.words);
            for own in all.split(|hash| given.known.contains(hash)) {
                hashes.extend(winnow(own).into_iter().map(|hash| (hash, name.clone())));
                while hashes.len() > KEPT_MAX {
                    hashes.pop_last();
                }
            }
        }
        Self {
            file: file.to_owned(),
            id: id.to_owned(),
            lab,
            hashes,
        }
    }
}

/// The hashes of all sequences in a text.
fn sequences(text: &str, given: &BTreeSet<String>) -> Vec<u64> {
    let tokens = tokens::of(text).into_iter();
    let tokens = tokens.map(|token| match tokens::is_chosen(token, given) {
        true => CHOSEN,
        false => token,
    });
    let tokens: Vec<u64> = tokens.map(hash).collect();
    tokens.windows(SEQUENCE).map(hash).collect()
}

fn hash<T: Hash + ?Sized>(what: &T) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}

/// The least hash of each window.
fn winnow(hashes: &[u64]) -> HashSet<u64> {
    let windows = hashes.windows(WINDOW.min(hashes.len()).max(1));
    windows
        .filter_map(|window| window.iter().min().copied())
        .collect()
}

/// The pairs that have the most in common, those first.
pub fn pairs(prints: &[Print]) -> Vec<Pair> {
    let mut owners: HashMap<(Lab, u64), Vec<usize>> = HashMap::new();
    for (at, print) in prints.iter().enumerate() {
        for &hash in print.hashes.keys() {
            owners.entry((print.lab, hash)).or_default().push(at);
        }
    }
    let usual = |(lab, _): &(Lab, u64), owners: &Vec<usize>| {
        let class = prints.iter().filter(|print| print.lab == *lab).count();
        class >= CLASS_MIN && 2 * owners.len() > class
    };
    owners.retain(|key, owners| !usual(key, owners));
    let mut own = vec![0; prints.len()];
    let mut common: HashMap<(usize, usize), Vec<u64>> = HashMap::new();
    for ((_, hash), owners) in &owners {
        for (n, &one) in owners.iter().enumerate() {
            own[one] += 1;
            for &other in &owners[n + 1..] {
                common.entry((one, other)).or_default().push(*hash);
            }
        }
    }
    let pair = |((one, other), hashes): (&(usize, usize), &Vec<u64>)| {
        let share = 100 * hashes.len() / own[*one].min(own[*other]).max(1);
        let (one, other) = (&prints[*one], &prints[*other]);
        (hashes.len() >= COMMON_MIN && share >= SHARE_MIN).then(|| Pair {
            lab: one.lab,
            share,
            common: hashes.len(),
            one: one.file.clone(),
            one_id: one.id.clone(),
            other: other.file.clone(),
            other_id: other.id.clone(),
            files: files(one, hashes),
        })
    };
    let mut pairs: Vec<Pair> = common.iter().filter_map(pair).collect();
    pairs.sort_by(|a, b| {
        let rank = |pair: &Pair| (pair.share, pair.common);
        let names = |pair: &Pair| (pair.one.clone(), pair.other.clone());
        rank(b).cmp(&rank(a)).then_with(|| names(a).cmp(&names(b)))
    });
    pairs
}

/// The files in which `print` has these hashes.
fn files(print: &Print, hashes: &[u64]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for name in hashes.iter().filter_map(|hash| print.hashes.get(hash)) {
        *counts.entry(name).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
    let names: Vec<&str> = counts.into_iter().map(|(name, _)| name).collect();
    names.join(" ")
}

/// The table of pairs.
///
/// # Errors
/// It cannot be formatted.
pub fn table(pairs: &[Pair]) -> Result<Vec<u8>> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    if pairs.is_empty() {
        csv.write_record([
            "lab", "share", "common", "one", "one_id", "other", "other_id", "files",
        ])?;
    }
    for pair in pairs {
        csv.serialize(Pair {
            one: plain::cell(&pair.one),
            other: plain::cell(&pair.other),
            ..pair.clone()
        })?;
    }
    csv.into_inner().context("the table of pairs is not whole")
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIVEN: &str = "pub fn page_insert(table: &mut Table, frame: Frame, va: u32, flags: Flags) -> Result<()> {
        let entry = table.entry(va); if entry.is_valid() && entry.frame() != frame { table.remove(va); } hole!(); Ok(()) }";

    fn print(file: &str, body: &str) -> Print {
        let sources = |text: String| Sources::from([("a.rs".to_owned(), text)]);
        let given = Given::new(&sources(GIVEN.to_owned()));
        let text = GIVEN.replace("hole!();", body);
        Print::new(file, "", Lab::Number(4), &sources(text), &given)
    }

    const FIRST: &str = "let mut count = 0; for slot in table.slots().iter().rev() { if slot.free() { count += 1; \
        table.put(slot, frame | flags); break; } else if count > 3 { return Err(Error::NoMem); } } \
        while count < 12 { count = count * 3 + frame.index(); frame.touch(count); }";
    const OTHER: &str = "match table.find(|s| s.free()) { Some(s) => s.set(frame, flags), None => { let t = Table::new()?; \
        t.link(table); for i in 0..va { t.step(i)?; } return t.add(frame).map(|_| ()).or(Err(Error::Inval)); } } \
        let sum: u32 = [va, va + 1, va + 2].iter().map(|v| v >> 12).sum(); table.check(sum)?;";

    #[test]
    fn who_renames_and_comments_is_found_and_who_did_it_otherwise_is_not() {
        let renamed = FIRST
            .replace("count", "my_number")
            .replace("slot", "place")
            .replace("; ", "; // mine\n    ");
        let prints = [
            print("a", FIRST),
            print("b", OTHER),
            print("c", &renamed),
            print("d", ""),
            print("e", ""),
        ];
        let pairs = pairs(&prints);
        assert_eq!(pairs.len(), 1, "{pairs:?}");
        let pair = &pairs[0];
        assert_eq!((&*pair.one, &*pair.other, pair.share), ("a", "c", 100));
        assert_eq!(pair.files, "a.rs");
    }

    #[test]
    fn what_most_of_a_class_have_is_no_hint() {
        let mut prints: Vec<Print> = (0..CLASS_MIN)
            .map(|n| print(&n.to_string(), FIRST))
            .collect();
        assert!(pairs(&prints).is_empty());
        prints.truncate(2);
        assert_eq!(pairs(&prints).len(), 1);
        // Labs are compared with themselves only.
        prints[1].lab = Lab::Number(3);
        assert!(pairs(&prints).is_empty());
    }

    #[test]
    fn of_an_archive_that_is_full_to_the_brim_no_more_is_kept_than_of_others() {
        let text: String = (0..80_000).map(|n| format!("{n} ")).collect();
        let prints = [print("a", &text), print("b", &text)];
        assert!(prints.iter().all(|print| print.hashes.len() == KEPT_MAX));
        assert_eq!(pairs(&prints)[0].share, 100);
    }

    #[test]
    fn a_table_of_pairs_computes_nothing() {
        let mut prints = [print("=1+1", FIRST), print("b", FIRST)];
        prints[0].id = "123456".to_owned();
        let text = String::from_utf8(table(&pairs(&prints)).unwrap()).unwrap();
        let row = text.lines().nth(1).unwrap();
        assert!(row.contains(",'=1+1,123456,b,,a.rs"), "{text}");
        let none = String::from_utf8(table(&[]).unwrap()).unwrap();
        assert_eq!(text.lines().next(), none.lines().next());
    }
}
