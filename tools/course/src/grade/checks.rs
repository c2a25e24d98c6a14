//! The checks, as `tests/checks/labN.toml` and, where it exists, `tests/private/labN.toml` list them.

use super::check::Check;
use anyhow::{Context, Result, bail, ensure};
use mos_run::emulator::MEMORY;
use mos_run::files;
use mos_run::lab::Lab;
use mos_run::number::Number;
use mos_run::tree::Tree;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::path::Path;

/// The labs there are checks for: each with a file in `tests/checks`.
///
/// # Errors
/// The folder cannot be read.
pub fn labs(tree: &Tree) -> Result<Vec<Lab>> {
    let folder = tree.root().join("tests/checks");
    let entries = folder.read_dir();
    let entries = entries.with_context(|| format!("cannot list {}", folder.display()))?;
    let lab = |name: &str| Lab::of_stem(name.strip_suffix(".toml")?);
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut labs: Vec<Lab> = names.filter_map(|name| lab(&name)).collect();
    labs.sort_unstable();
    Ok(labs)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    lab: Lab,
    check: Vec<Check>,
}

/// The checks of `lab`: the public ones, then the private ones if there are any and `private` asks for them.
///
/// # Errors
/// There are none, or a file makes no sense.
pub fn load(tree: &Tree, lab: Lab, private: bool) -> Result<Vec<Check>> {
    let known = labs(tree)?;
    if !known.contains(&lab) {
        let known: Vec<String> = known.iter().map(Lab::to_string).collect();
        bail!("LAB={lab}: no such lab; use one of {}", known.join(", "));
    }
    let file = |folder: &str| {
        tree.root()
            .join(folder)
            .join(format!("{}.toml", lab.stem()))
    };
    let mut checks = read(&file("tests/checks"), lab, false)?;
    let more = file("tests/private");
    if private && more.exists() {
        checks.extend(read(&more, lab, true)?);
    }
    validate(&checks, lab).with_context(|| format!("the checks of lab {lab}"))?;
    Ok(checks)
}

fn read(path: &Path, lab: Lab, private: bool) -> Result<Vec<Check>> {
    let text = String::from_utf8(files::read(path)?)?;
    let file: File = toml::from_str(&text).with_context(|| format!("in {}", path.display()))?;
    ensure!(file.lab == lab, "{} is of lab {}", path.display(), file.lab);
    let mut checks = file.check;
    for check in &mut checks {
        (check.lab, check.private) = (lab, private);
        // lab smp begin
        check.kernel.cpus = check.cpus.unwrap_or(1);
        // lab smp end
    }
    Ok(checks)
}

/// The points that could be had of these, without what is a bonus.
pub fn due<'a>(checks: impl IntoIterator<Item = &'a Check>) -> u32 {
    let due = checks.into_iter().filter(|check| !check.bonus);
    due.map(|check| check.points).sum()
}

fn validate(checks: &[Check], lab: Lab) -> Result<()> {
    let mut names = BTreeSet::new();
    for check in checks {
        let name = &check.name;
        ensure!(names.insert(name), "two are called {name}");
        ensure!(!check.steps.is_empty(), "{name} has no steps");
        ensure!(check.params.len() <= 4, "{name} has more than four params");
        ensure!(
            check
                .memory
                .is_none_or(|memory| (1..=MEMORY).contains(&memory)),
            "{name} has other than 1 to {MEMORY} MiB of memory"
        );
        // lab smp begin
        ensure!(
            check.cpus.is_none_or(|cpus| (1..=8).contains(&cpus)),
            "{name} has other than 1 to 8 CPUs"
        );
        // lab smp end
        let programs = check.programs().len();
        ensure!(
            check.priorities.len() <= programs,
            "{name} has more priorities than programs"
        );
        // lab 5 begin
        let stranger = check
            .devices
            .iter()
            .find(|name| !check.programs().contains(name));
        ensure!(
            stranger.is_none(),
            "{name} does not start {}, which is to have devices",
            stranger.map_or("", String::as_str)
        );
        ensure!(
            check.disk.is_some() || check.aboard.is_empty() && check.after.is_none(),
            "{name} has no disk"
        );
        ensure!(
            check.after.iter().all(|after| check.steps.contains(after)),
            "{name} has no step for what is on the disk afterwards"
        );
        // lab 5 end
        let steps: BTreeSet<_> = check.steps.iter().collect();
        ensure!(steps.len() == check.steps.len(), "{name} has a step twice");
        for needed in &check.needs {
            let both = (needed.parse::<Number>(), check.exercise.parse());
            let comes_first = matches!(both, (Ok(needed), Ok(own)) if needed < own);
            ensure!(
                comes_first,
                "{name} needs {needed}, which does not come before {}",
                check.exercise
            );
        }
        match &check.twin {
            Some(twin) => {
                let found = checks.iter().any(|c| c.name == *twin && c.twin.is_none());
                ensure!(found, "{name} is the twin of {twin}, which is none");
                ensure!(check.points == 0, "{name} is a twin and has points");
            }
            None => ensure!(check.points > 0, "{name} is worth nothing"),
        }
    }
    let points = due(checks);
    ensure!(
        points == 100 || !lab.is_handed_out(),
        "the points add up to {points}"
    );
    Ok(())
}

#[cfg(test)]
mod tests;
