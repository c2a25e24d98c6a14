//! Variables: names and values that a program has from its parent and gives to its children.
//!
//! Where relative paths begin is one of them.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::global::Global;
use crate::rt;

/// The variable that says where relative paths begin.
pub(crate) const PWD: &str = "PWD";

/// `NAME=value` each, once something has been changed.
static CHANGED: Global<Option<Vec<String>>> = Global::new(None);

/// The name in `NAME=value`.
pub(crate) fn name_of(var: &str) -> &str {
    var.split_once('=').map_or(var, |(name, _)| name)
}

fn value_of<'a>(var: &'a str, name: &str) -> Option<&'a str> {
    var.strip_prefix(name)?.strip_prefix('=')
}

/// All variables, `NAME=value` each.
pub(crate) fn all_vars() -> Vec<String> {
    CHANGED.with(|vars| match vars {
        Some(vars) => vars.clone(),
        None => rt::variables().map(ToOwned::to_owned).collect(),
    })
}

/// The value of the variable `name`.
pub fn var(name: &str) -> Option<String> {
    CHANGED.with(|vars| match vars {
        Some(vars) => vars
            .iter()
            .find_map(|var| value_of(var, name).map(ToOwned::to_owned)),
        None => rt::variables().find_map(|var| value_of(var, name).map(ToOwned::to_owned)),
    })
}

/// Names and values of all variables.
pub fn vars() -> impl Iterator<Item = (String, String)> {
    all_vars().into_iter().filter_map(|var| {
        let (name, value) = var.split_once('=')?;
        Some((name.to_owned(), value.to_owned()))
    })
}

/// Gives the variable `name` a value.
pub fn set_var(name: &str, value: &str) {
    let mut vars = all_vars();
    vars.retain(|var| name_of(var) != name);
    vars.push(format!("{name}={value}"));
    CHANGED.set(Some(vars));
}

/// There is no variable `name` any more.
pub fn remove_var(name: &str) {
    let mut vars = all_vars();
    vars.retain(|var| name_of(var) != name);
    CHANGED.set(Some(vars));
}

/// Where relative paths begin.
pub fn current_dir() -> String {
    var(PWD).unwrap_or_else(|| "/".to_owned())
}

/// Has relative paths begin at `path`, an absolute one. Whether there is such a directory is not looked at.
pub fn set_current_dir(path: &str) {
    set_var(PWD, path);
}
