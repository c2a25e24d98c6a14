//! A copy of the clean tree for a cell: soon made, as it shares with that tree what nobody behind the wall can write.

use anyhow::{Context, Result};
use rustix::process::geteuid;
use std::fs::{self, File, FileTimes, Metadata};
use std::os::unix::fs::{MetadataExt, chown, lchown, symlink};
use std::path::Path;

/// What is built, which is written behind the wall; and where this side of it takes notes, and has locks.
const TARGET: &str = "target";
const NOTES: &str = "build";
/// How names of files end that cargo and the compiler never write into: they put others in their place.
const REPLACED: [&str; 3] = ["rlib", "rmeta", "so"];
/// How programs are called that cargo runs to build something, which have no such end.
const RUN: [&str; 2] = ["build-script-", "build_script_"];

/// Gives what is built in the tree at `root` to `user`: all there is.
///
/// # Errors
/// It cannot be given.
pub fn give(root: &Path, user: u32) -> Result<()> {
    let give = |path: &Path, _: &Metadata| lchown(path, Some(user), Some(user));
    walk(&root.join(TARGET), &give).context("cannot give a folder away")
}

/// Takes what is only ever replaced there back from who has built it, so that copies can share it: where root has others
/// build.
///
/// # Errors
/// It cannot be taken.
pub fn take(root: &Path) -> Result<()> {
    let take = |path: &Path, data: &Metadata| match data.is_file() && is_replaced(path) {
        true => chown(path, Some(0), Some(0)),
        false => Ok(()),
    };
    match geteuid().is_root() {
        true => walk(&root.join(TARGET), &take).context("cannot take back what was built"),
        false => Ok(()),
    }
}

fn is_replaced(path: &Path) -> bool {
    match path.extension() {
        Some(end) => REPLACED.iter().any(|&replaced| end == replaced),
        None => path.file_name().is_some_and(|name| {
            let name = name.to_string_lossy();
            RUN.iter().any(|run| name.starts_with(run))
        }),
    }
}

/// Does `work` with all that is in `folder`, and with itself.
fn walk(folder: &Path, work: &impl Fn(&Path, &Metadata) -> std::io::Result<()>) -> Result<()> {
    work(folder, &fs::symlink_metadata(folder)?)?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        match entry.file_type()?.is_dir() {
            true => walk(&entry.path(), work)?,
            false => work(&entry.path(), &entry.metadata()?)?,
        }
    }
    Ok(())
}

/// Copies the clean tree at `base` to `root`, which is not there yet, and gives what is built in there to `user`, if anybody
/// else is to build there.
///
/// # Errors
/// It cannot be copied.
pub fn copy(base: &Path, root: &Path, user: Option<u32>) -> Result<()> {
    let copied = || -> Result<()> {
        fs::create_dir(root)?;
        for entry in fs::read_dir(base)? {
            let entry = entry?;
            let (from, to, name) = (
                entry.path(),
                root.join(entry.file_name()),
                entry.file_name(),
            );
            let data = entry.metadata()?;
            if name == TARGET {
                // What another user has nobody there can write.
                let shared = |path: &Path, data: &Metadata| {
                    user.is_some() && data.uid() == 0 && is_replaced(path)
                };
                duplicate(&from, &to, &data, &shared, user)?;
            } else {
                // Nobody there can write it, and who does on this side puts another file in its place.
                duplicate(&from, &to, &data, &|_, _| name != NOTES, None)?;
            }
        }
        Ok(())
    };
    copied().context("the clean tree cannot be copied")
}

/// Makes `to` what `from` is: the very same file if it is `shared`, otherwise one that `user` has.
fn duplicate(
    from: &Path,
    to: &Path,
    data: &Metadata,
    shared: &impl Fn(&Path, &Metadata) -> bool,
    user: Option<u32>,
) -> Result<()> {
    if data.is_dir() {
        fs::create_dir(to)?;
        for entry in fs::read_dir(from)? {
            let entry = entry?;
            let data = entry.metadata()?;
            duplicate(
                &entry.path(),
                &to.join(entry.file_name()),
                &data,
                shared,
                user,
            )?;
        }
    } else if data.is_symlink() {
        symlink(fs::read_link(from)?, to)?;
    } else if shared(from, data) {
        fs::hard_link(from, to)?;
        return Ok(());
    } else {
        fs::copy(from, to)?;
        // Cargo goes by it.
        let times = FileTimes::new().set_modified(data.modified()?);
        File::options().write(true).open(to)?.set_times(times)?;
    }
    if let Some(user) = user {
        lchown(to, Some(user), Some(user))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_behind_the_wall_is_copied_and_the_rest_is_shared() {
        let folder = tempfile::tempdir().unwrap();
        let [base, root] = ["base", "root"].map(|name| folder.path().join(name));
        let names = [
            "src/lib.rs",
            "build/taken",
            "target/deps/lib.rlib",
            "target/lib.d",
        ];
        for name in names {
            let path = base.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, name).unwrap();
            let old = FileTimes::new().set_modified(std::time::SystemTime::UNIX_EPOCH);
            File::options()
                .write(true)
                .open(&path)
                .unwrap()
                .set_times(old)
                .unwrap();
        }
        take(&base).unwrap();
        // Whoever can give files away has somebody else to give them to.
        let user = geteuid().is_root().then_some(61_184);
        if let Some(user) = user {
            give(&base, user).unwrap();
            take(&base).unwrap();
        }
        copy(&base, &root, user).unwrap();
        let shared = names.map(|name| {
            let [old, new] = [&base, &root].map(|root| fs::metadata(root.join(name)).unwrap());
            assert_eq!(old.modified().unwrap(), new.modified().unwrap(), "{name}");
            assert_eq!(fs::read_to_string(root.join(name)).unwrap(), name);
            let owner = if name.ends_with(".d") { user } else { None };
            assert_eq!(new.uid(), owner.unwrap_or(geteuid().as_raw()), "{name}");
            old.ino() == new.ino()
        });
        assert_eq!(shared, [true, false, user.is_some(), false]);
    }
}
