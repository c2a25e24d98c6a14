//! How a shell is asked to end with all that it has started.
//!
//! The kernel lets a parent end its children, but not theirs. So a shell that is to end is asked to, in a page that shells share
//! with those that they start, and ends its own first.

use libos::process::Child;
use libos::window::SHARED;
use libos::{Window, env};

/// The page: who is asked.
const PAGE: Window = Window::beside(0);
/// For how many ticks one may take to do so.
const PATIENCE: u32 = 16;

/// Has the page be there, if no other shell has given it to us.
pub fn allow() {
    if PAGE.flags().is_none() {
        // Where there is no memory for it, nobody can be asked.
        let _ = PAGE.alloc(SHARED);
    }
}

/// Whether this shell is asked to.
pub fn is_ours() -> bool {
    PAGE.flags().is_some() && PAGE.read(0) == env::id().0
}

/// Asks `shell`, and waits a little.
pub fn end(shell: &mut Child) {
    if PAGE.flags().is_some() {
        PAGE.write(0, shell.id().0);
        let _ = shell.wait_for(PATIENCE);
    }
}
