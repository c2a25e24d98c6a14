//! A child whose handler has as much room as it is given.

use libos::probe;
use libos::{EnvStatus, Error, PteFlags, Window, env, layout, window};
use mos_abi::Sysno;
use mos_user::check::{Check, until_it_ends};

/// Where children leave their words.
pub const SHARED: Window = Window::new(1000);
/// The exception stack of a child, and what lies below it.
pub const STACK: Window = Window::new(999);
pub const BELOW: Window = Window::new(998);
/// What a child stores to.
pub const PAGE: Window = Window::new(901);

/// Puts words drawn by lot everywhere in a page.
pub fn fill(check: &mut Check, page: Window) {
    for index in 0..Window::WORDS {
        page.write(index, check.lots.any());
    }
}

/// A number that depends on all words of a page.
pub fn sum(page: Window) -> u32 {
    let words = (0..Window::WORDS).map(|index| page.read(index));
    words.fold(0, |sum: u32, word| sum.rotate_left(1) ^ word)
}

/// Has a child store to a read-only page with its sp at `sp`; its handler has `stack`, which has these flags there if it is
/// there. Whether it ended.
pub fn handle_there(
    check: &mut Check,
    (stack, flags): (Window, PteFlags),
    sp: u32,
) -> Result<bool, Error> {
    SHARED.write(0, 0);
    SHARED.write(1, check.lots.any());
    let scratch = Window::new(997);
    scratch.alloc(window::PRIVATE)?;
    PAGE.alloc(window::READ_ONLY)?;
    let child = probe::child(|_| {}, 0)?;
    if stack.flags().is_some() {
        stack.map(child, flags)?;
    }
    let handler = says_and_ends as extern "C" fn() as usize as u32;
    let top = stack.address() + layout::PAGE_SIZE;
    probe::call(Sysno::SetPgfaultHandler, [child.0, handler, top, 0, 0])?;
    probe::set_registers(child, scratch, probe::stores(), sp, PAGE.address())?;
    env::set_status(child, EnvStatus::Runnable)?;
    let has_ended = until_it_ends(child);
    let _ = env::destroy(child);
    Ok(has_ended)
}

/// The handler of a child that stores. There is nothing to go back to.
extern "C" fn says_and_ends() {
    SHARED.write(0, SHARED.read(1));
    env::exit();
}
