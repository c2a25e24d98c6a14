//! Calling other programs.

use crate::failure::{Failure, On};
use crate::look::Files;
use libos::env;
use libos::process::{Child, Command, ExitStatus};
use mos_sh::find;

/// Starts `program`, found as the shell finds it, with these arguments.
///
/// # Errors
/// There is none, or it does not start.
pub fn start<T: AsRef<str>>(
    program: &str,
    arguments: impl IntoIterator<Item = T>,
) -> Result<Child, Failure> {
    let path = env::var("PATH");
    let folders = path.as_deref().unwrap_or(find::PATH);
    let found = find::find(program, folders, &mut Files);
    let found = found.ok_or("not found").on(program)?;
    let started = Command::new(&found).arg0(program).args(arguments).spawn();
    started.on(program)
}

/// The same, and waits until it has ended.
///
/// # Errors
/// As for [`start`].
pub fn call<T: AsRef<str>>(
    program: &str,
    arguments: impl IntoIterator<Item = T>,
) -> Result<ExitStatus, Failure> {
    Ok(start(program, arguments)?.wait())
}
