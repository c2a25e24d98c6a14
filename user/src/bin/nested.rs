//! A page-fault handler that faults itself, four levels deep, on the exception stack.

#![no_std]
#![forbid(unsafe_code)]

use libos::{Error, Fault, Global, Window, println, set_pgfault_handler, window};

const LEVELS: usize = 4;

static DEPTH: Global<(usize, usize)> = Global::new((0, 0));

fn main() -> Result<(), Error> {
    set_pgfault_handler(handler)?;
    for window in windows() {
        window.alloc(window::READ_ONLY)?;
    }
    Window::new(0).write(0, 100);
    let (depth, deepest) = DEPTH.get();
    println!("nested: {deepest} faults deep, {depth} left");
    for (n, window) in windows().enumerate() {
        println!("nested: page {n} has {}", window.read(0));
    }
    Ok(())
}

fn windows() -> impl Iterator<Item = Window> {
    (0..LEVELS).map(Window::new)
}

/// Stores to the next page, which is read-only too; then makes its own page writable.
fn handler(fault: Fault) {
    DEPTH.with(|(depth, deepest)| {
        *depth += 1;
        *deepest = *depth.max(deepest);
    });
    let n = windows().position(|w| Window::containing(fault.va) == Some(w));
    let n = n.expect("a fault in one of the windows");
    if n + 1 < LEVELS {
        Window::new(n + 1).write(0, 101 + n as u32);
    }
    Window::new(n).alloc(window::PRIVATE).expect("memory");
    DEPTH.with(|(depth, _)| *depth -= 1);
}
