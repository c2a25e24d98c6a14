//! Handlers of stores to pages that may not be written.

use libos::{Fault, Global, Window, env, window};

/// Faults that were noted: how many, and the last address.
pub static SEEN: Global<(u32, u32)> = Global::new((0, 0));

/// The page that is stored to next.
static PAGE: Global<Window> = Global::new(Window::new(0));

/// More faults than any check has: the store is never done.
const FOR_EVER: u32 = 10_000;

/// Says which page is stored to next. That is the one to be made writable, whatever a handler is told.
pub fn expect(page: Window) {
    PAGE.set(page);
}

/// Counts `weight` faults and makes the page writable, keeping its contents out of it.
fn count(fault: Fault, weight: u32) {
    let (faults, _) = SEEN.get();
    let faults = faults + weight;
    if faults > FOR_EVER {
        env::exit();
    }
    SEEN.set((faults, fault.va));
    // Without memory, the store is not done, which is seen.
    let _ = PAGE.get().alloc(window::PRIVATE);
}

/// Counts a fault.
pub fn note(fault: Fault) {
    count(fault, 1);
}

/// Counts it twice.
pub fn note_twice(fault: Fault) {
    count(fault, 2);
}

/// Counts it thrice.
pub fn note_thrice(fault: Fault) {
    count(fault, 3);
}
