//! What is there.

use crate::image::{Image, below};
use anyhow::{Context, Result};
use mos_fs::dir::Stat;
use mos_run::out;

fn line(name: &str, stat: Stat, long: bool) -> String {
    let slash = if stat.is_directory { "/" } else { "" };
    if long {
        format!("{:>8} {name}{slash}\n", stat.size)
    } else {
        format!("{name}{slash}\n")
    }
}

/// Prints what is in the directory at `path`, or the file itself.
pub fn list(image: &mut Image, path: &str, long: bool) -> Result<()> {
    let stat = image.fs.stat(path.as_bytes());
    let stat = stat.with_context(|| path.to_owned())?;
    if !stat.is_directory {
        return out::print(line(path, stat, long));
    }
    let entries = image.entries(path)?.into_iter();
    let lines = entries.map(|entry| line(&entry.name.to_string(), entry.stat, long));
    out::print(lines.collect::<String>())
}

/// Prints all that is below `path`.
pub fn tree(image: &mut Image, path: &str) -> Result<()> {
    out::print(format!("{path}\n"))?;
    branch(image, path, 1, &mut 0)
}

fn branch(image: &mut Image, path: &str, depth: usize, seen: &mut u64) -> Result<()> {
    for entry in image.entries(path)? {
        *seen += 1;
        image.must_have_room_for(*seen)?;
        let name = entry.name.to_string();
        let line = line(&name, entry.stat, false);
        out::print(format!("{}{line}", "    ".repeat(depth)))?;
        if entry.stat.is_directory {
            branch(image, &below(path, &name), depth + 1, seen)?;
        }
    }
    Ok(())
}
