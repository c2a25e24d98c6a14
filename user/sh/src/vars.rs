//! Variables.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

/// A value, and whether programs get it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Variable {
    value: String,
    exported: bool,
}

/// Variables by their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vars(BTreeMap<String, Variable>);

impl Vars {
    /// The value of `name`.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|variable| variable.value.as_str())
    }

    /// Gives `name` a value. What programs get stays what they get.
    pub fn set(&mut self, name: &str, value: String) {
        self.0.entry(name.to_owned()).or_default().value = value;
    }

    /// Gives `name` to programs from now on.
    pub fn export(&mut self, name: &str) {
        self.0.entry(name.to_owned()).or_default().exported = true;
    }

    /// Forgets `name`.
    pub fn unset(&mut self, name: &str) {
        self.0.remove(name);
    }

    /// What programs get, by names.
    pub fn exported(&self) -> Vec<(String, String)> {
        let all = self.0.iter().filter(|(_, variable)| variable.exported);
        all.map(|(name, variable)| (name.clone(), variable.value.clone()))
            .collect()
    }
}
