//! What a process and all that it has begun take of the host, as Linux tells it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Hundredths of a second are what Linux counts CPU time in.
pub const SECOND: u64 = 100;
/// Bytes of a page of the host's.
const PAGE: u64 = 4096;

/// What a family of processes has taken so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Hundredths of a second of CPU time, with what those took that have ended meanwhile.
    pub busy: u64,
    /// Bytes of memory; what several have in common counts for each.
    pub memory: u64,
    /// Whether none of its threads is doing anything. Somebody who waits for a core is running, in Linux's words.
    pub sleeps: bool,
}

impl Usage {
    /// Of the process with the id `root` and its descendants.
    pub fn of(root: u32) -> Self {
        let mut usage = Self {
            sleeps: true,
            ..Self::default()
        };
        for (process, stat) in family(root, &all()) {
            usage.busy += stat.busy;
            usage.memory += stat.memory;
            let tasks = fs::read_dir(format!("/proc/{process}/task"));
            let mut tasks = tasks.into_iter().flatten().flatten();
            usage.sleeps &=
                tasks.all(|task| read(&task.path()).is_none_or(|stat| stat.state == 'S'));
        }
        usage
    }
}

/// A line of Linux's on a process or a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stat {
    state: char,
    parent: u32,
    busy: u64,
    memory: u64,
}

/// Every process that there is.
fn all() -> BTreeMap<u32, Stat> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let processes = entries.filter_map(|entry| {
        let process = entry.file_name().to_str()?.parse().ok()?;
        Some((process, read(&entry.path())?))
    });
    processes.collect()
}

/// Those of `all` that descend from `root`, and itself.
fn family(root: u32, all: &BTreeMap<u32, Stat>) -> BTreeMap<u32, Stat> {
    let mut family = BTreeMap::new();
    let mut next = vec![root];
    while let Some(process) = next.pop() {
        // Numbers are used again: a list that took a while to read may have a circle in it.
        if let Some(stat) = all.get(&process)
            && family.insert(process, *stat).is_none()
        {
            let children = all.iter().filter(|(_, stat)| stat.parent == process);
            next.extend(children.map(|(child, _)| child));
        }
    }
    family
}

fn read(folder: &Path) -> Option<Stat> {
    parse(&fs::read_to_string(folder.join("stat")).ok()?)
}

fn parse(line: &str) -> Option<Stat> {
    // The name before may have spaces and parentheses in it.
    let mut fields = line.rsplit_once(") ")?.1.split(' ');
    let number = |field: &str| field.parse::<u64>().ok();
    let state = fields.next()?.chars().next()?;
    let parent = fields.next().and_then(number)?;
    let mut fields = fields.skip(9);
    let busy: Option<u64> = fields.by_ref().take(4).map(number).sum();
    Some(Stat {
        state,
        parent: u32::try_from(parent).ok()?,
        busy: busy?,
        memory: fields.nth(6).and_then(number)?.saturating_mul(PAGE),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};
    use std::thread::sleep;
    use std::time::Duration;

    #[test]
    fn a_line_of_linux_is_read() {
        let line = "12 (a) R (b) S 1 12 12 0 -1 4194560 94 0 0 0 31 7 2 1 20 0 1 0 100 8192 3 0";
        let stat = Stat {
            state: 'S',
            parent: 1,
            busy: 41,
            memory: 3 * PAGE,
        };
        assert_eq!(parse(line), Some(stat));
        assert_eq!(parse("12 (a"), None);
        assert_eq!(parse("12 (a) S 1 2 3"), None);
    }

    #[test]
    fn a_family_is_found_in_whatever_order_and_in_circles_too() {
        let stat = |parent| Stat {
            state: 'S',
            parent,
            busy: 1,
            memory: 0,
        };
        let all: BTreeMap<u32, Stat> = [
            (2, stat(9)),
            (5, stat(2)),
            (7, stat(5)),
            (8, stat(1)),
            (9, stat(7)),
        ]
        .into_iter()
        .collect();
        let family: Vec<u32> = family(5, &all).into_keys().collect();
        assert_eq!(family, [2, 5, 7, 9]);
    }

    #[test]
    fn what_a_grandchild_takes_counts() {
        let script = "(while :; do :; done) & echo; wait";
        let mut command = Command::new("sh");
        // In a group of its own, to be ended with it.
        let mut child = std::os::unix::process::CommandExt::process_group(&mut command, 0)
            .args(["-c", script])
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let busy = (0..200).any(|_| {
            sleep(Duration::from_millis(50));
            let usage = Usage::of(child.id());
            usage.busy > 2 && !usage.sleeps && usage.memory > 0
        });
        let group = format!("-{}", child.id());
        let killed = Command::new("kill").args(["-9", "--", &group]).status();
        assert!(killed.unwrap().success() && child.wait().is_ok());
        assert!(busy);
    }
}
