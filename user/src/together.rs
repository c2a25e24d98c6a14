//! Several children that do something at the same time.

use libos::io::Error;
use libos::process::{self, Child, Forked};

/// Has each of `N` children do `work`, all at once, and so the parent meanwhile what is its own; waits for all of them.
///
/// # Errors
/// There cannot be so many, or the parent's work fails.
///
/// # Panics
/// One of the children fails.
pub fn at_once<const N: usize>(
    work: impl Fn(u8) -> Result<(), Error>,
    own: impl FnOnce() -> Result<(), Error>,
) -> Result<(), Error> {
    let mut children: [Option<Child>; N] = [const { None }; N];
    for (number, child) in (0..).zip(&mut children) {
        match process::fork()? {
            Forked::Child => process::exit(u8::from(work(number).is_err())),
            Forked::Parent(new) => *child = Some(new),
        }
    }
    own()?;
    for mut child in children.into_iter().flatten() {
        assert!(child.wait().success());
    }
    Ok(())
}
