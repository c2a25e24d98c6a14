//! What stands in tables as text and is something else.

use clap::ValueEnum;
// lab 5 begin
use mos_exam::disk::Recipe;
// lab 5 end
use mos_run::features::Features;
use mos_run::machine::Machine;
use mos_run::number::Number;
use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// The number of an exercise.
///
/// # Errors
/// It is none.
pub fn number<'de, D: Deserializer<'de>>(from: D) -> Result<Number, D::Error> {
    String::deserialize(from)?.parse().map_err(D::Error::custom)
}

/// The names of machines.
///
/// # Errors
/// One is none.
pub fn machines<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Machine>, D::Error> {
    let names = Vec::<String>::deserialize(from)?;
    let machine = |name: &String| {
        let unknown = |_| D::Error::custom(format!("`{name}` is no machine"));
        Machine::from_str(name, false).map_err(unknown)
    };
    names.iter().map(machine).collect()
}

/// The names of features of the kernel.
///
/// # Errors
/// One is none.
pub fn features<'de, D: Deserializer<'de>>(from: D) -> Result<Features, D::Error> {
    let names = Vec::<String>::deserialize(from)?;
    let mut features = Features::NONE;
    match names.iter().find(|&name| !features.add(name)) {
        Some(name) => Err(D::Error::custom(format!(
            "`{name}` is no feature of the kernel"
        ))),
        None => Ok(features),
    }
}

// lab 5 begin
/// The name of a kind of disk.
///
/// # Errors
/// There is none of this name.
pub fn recipe<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Recipe>, D::Error> {
    let name = String::deserialize(from)?;
    let known = Recipe::ALL.into_iter().find(|(known, _)| *known == name);
    let unknown = || D::Error::custom(format!("`{name}` is no kind of disk"));
    known.map(|(_, recipe)| Some(recipe)).ok_or_else(unknown)
}

// lab 5 end
#[cfg(test)]
mod tests {
    use super::*;
    use mos_run::lab::Lab;

    #[derive(Deserialize)]
    struct Table {
        #[serde(deserialize_with = "number")]
        exercise: Number,
        #[serde(default, deserialize_with = "machines")]
        machines: Vec<Machine>,
        #[serde(default, deserialize_with = "features")]
        kernel: Features,
    }

    #[test]
    fn what_is_no_number_or_machine_or_feature_is_refused() {
        let read = toml::from_str::<Table>;
        let table = read("exercise = '4.3'\nmachines = ['gxemul']").expect("a table");
        assert_eq!(
            table.exercise,
            Number {
                lab: Lab::Number(4),
                index: 3
            }
        );
        assert_eq!(table.machines, [Machine::Gxemul]);
        assert!(
            read("exercise = '4.3'")
                .expect("a table")
                .machines
                .is_empty()
        );
        let table = read("exercise = '4.3'\nkernel = ['monitor']").expect("a table");
        assert_eq!(table.kernel, Features::MONITOR);
        assert!(read("exercise = '4'").is_err());
        assert!(read("exercise = '4.3'\nmachines = ['pdp11']").is_err());
        let error = read("exercise = '4.3'\nkernel = ['monitor', 'checks']").map(|_| ());
        let error = error.expect_err("no such feature").to_string();
        assert!(
            error.contains("`checks` is no feature of the kernel"),
            "{error}"
        );
    }
}
