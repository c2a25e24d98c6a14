//! The catalogue of mutants, `tests/mutants`: mistakes that students make.
//!
//! A mutant is a piece of the solution and what stands there instead. It is found by its text, which must be
//! there exactly once, in a solved tree of the lab that teaches it.

pub mod mutate;

use crate::labs::Course;
use crate::text;
use anyhow::{Context, Result, ensure};
use mos_run::files;
use mos_run::lab::Lab;
use mos_run::machine::Machine;
use mos_run::number::Number;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::path::Path;

/// One mistake.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mutant {
    /// Its name, unique among all.
    pub name: String,
    /// The exercise that it is a mistake in.
    #[serde(deserialize_with = "text::number")]
    pub exercise: Number,
    /// The mistake, in a sentence.
    pub mistake: String,
    /// The file, as seen from the tree's root.
    pub file: String,
    /// What stands there.
    pub before: String,
    /// What the mistake puts there.
    pub after: String,
    /// The machines on which it shows, if its file does not say.
    #[serde(default, deserialize_with = "text::machines")]
    machines: Vec<Machine>,
}

impl Mutant {
    /// Where the mistake is looked for, unless somebody asks for another machine.
    pub fn machine(&self) -> Machine {
        let shows = |&machine: &Machine| self.shows_on(machine);
        let mut where_it_shows = [Machine::Malta, Machine::Gxemul].into_iter();
        where_it_shows.find(shows).unwrap_or(Machine::Malta)
    }

    /// Whether it is a mistake on `machine`, and not in what another one has.
    pub fn shows_on(&self, machine: Machine) -> bool {
        let others = match machine {
            Machine::Malta => ["/r3000/", "/testmips/"],
            Machine::Gxemul => ["/mips32/", "/malta/"],
        };
        let is_there = self.machines.is_empty() || self.machines.contains(&machine);
        is_there && !others.iter().any(|folder| self.file.contains(folder))
    }

    /// `text` with the mistake in it.
    ///
    /// # Errors
    /// What stands there is not there, or more than once.
    pub fn apply(&self, text: &str) -> Result<String> {
        let count = text.matches(&self.before).count();
        let (name, file) = (&self.name, &self.file);
        ensure!(
            count == 1,
            "mutant {name}: its text is in {file} {count} times"
        );
        Ok(text.replacen(&self.before, &self.after, 1))
    }
}

/// A file of the catalogue.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    mutant: Vec<Mutant>,
}

/// All mutants of the tree at `root`, lab by lab.
///
/// # Errors
/// A file is missing or broken, an exercise does not exist, or two mutants have the same name.
pub fn load(course: &Course, root: &Path) -> Result<Vec<Mutant>> {
    let mut mutants = Vec::new();
    let whole = Lab::named().filter(|lab| !lab.is_handed_out());
    for lab in course.labs().iter().map(|lab| lab.number).chain(whole) {
        let path = root.join(format!("tests/mutants/{}.toml", lab.stem()));
        if !lab.is_handed_out() && !path.exists() {
            continue;
        }
        let text = String::from_utf8(files::read(&path)?)?;
        let table: Table =
            toml::from_str(&text).with_context(|| format!("in {}", path.display()))?;
        for mutant in table.mutant {
            let (name, number) = (&mutant.name, mutant.exercise);
            let known = course.exercise(number).is_some() || !lab.is_handed_out();
            ensure!(
                known && number.lab == lab,
                "mutant {name}: lab {lab} has no exercise {number}"
            );
            mutants.push(mutant);
        }
    }
    let mut names = BTreeSet::new();
    for mutant in &mutants {
        let name = &mutant.name;
        ensure!(names.insert(name), "two mutants have the name {name}");
    }
    Ok(mutants)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mutant(before: &str) -> Mutant {
        Mutant {
            name: "m".to_owned(),
            exercise: Number {
                lab: Lab::Number(2),
                index: 9,
            },
            mistake: "A mistake.".to_owned(),
            file: "kernel/src/arch/r3000/tlb.S".to_owned(),
            before: before.to_owned(),
            after: "x".to_owned(),
            machines: Vec::new(),
        }
    }

    #[test]
    fn a_mistake_is_made_in_one_place_only() {
        assert_eq!(mutant("b").apply("abc").expect("one place"), "axc");
        for text in ["ac", "abcb"] {
            assert!(mutant("b").apply(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_mistake_in_the_code_of_one_machine_is_looked_for_there() {
        assert_eq!(mutant("b").machine(), Machine::Gxemul);
        let file = "kernel/src/arch/mips32/tlb.S".to_owned();
        let malta = Mutant {
            file,
            ..mutant("b")
        };
        assert_eq!(malta.machine(), Machine::Malta);
        assert!(!malta.shows_on(Machine::Gxemul));
        let file = "kernel/core/src/env/life.rs".to_owned();
        let both = Mutant {
            file,
            ..mutant("b")
        };
        assert_eq!(both.machine(), Machine::Malta);
        assert!(both.shows_on(Machine::Gxemul));
        let one = Mutant {
            machines: vec![Machine::Gxemul],
            ..both
        };
        assert_eq!(one.machine(), Machine::Gxemul);
    }
}
