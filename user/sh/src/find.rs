//! Where programs are.

use crate::system::{Kind, Look};
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;

/// Where they are looked for when no variable says so.
pub const PATH: &str = "/bin:/";
/// What the courses have at the end of a program's name.
const SUFFIX: &str = ".b";

/// The path of the program that is called `name`, with or without `.b`: one of the folders in `path`, which colons
/// separate, has it, unless `name` is a path itself.
pub fn find(name: &str, path: &str, look: &mut impl Look) -> Option<String> {
    // No file can be called that everywhere.
    let name = if name == "[" { "test" } else { name };
    if name.contains('/') {
        return at(name, look);
    }
    let mut folders = path.split(':').filter(|folder| !folder.is_empty());
    folders.find_map(|folder| {
        let folder = folder.trim_end_matches('/');
        at(&format!("{folder}/{name}"), look)
    })
}

fn at(path: &str, look: &mut impl Look) -> Option<String> {
    let with = format!("{path}{SUFFIX}");
    let without = path.strip_suffix(SUFFIX).unwrap_or(path);
    let mut found = [path, &with, without].into_iter();
    found
        .find(|path| !path.ends_with('/') && look.kind(path) == Some(Kind::File))
        .map(str::to_owned)
}

/// The name of a program without what the courses have at its end.
pub fn short(name: &str) -> &str {
    name.strip_suffix(SUFFIX).unwrap_or(name)
}
