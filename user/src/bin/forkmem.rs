//! A fork for which there is not enough memory fails, and leaves nothing behind.

#![no_std]
#![forbid(unsafe_code)]

use libos::{Error, Fork, Window, env, fork, println, view, window};

fn main() -> Result<(), Error> {
    // One fork to have what stays: exception stack, page tables.
    if let Fork::Parent(child) = fork()? {
        env::wait(child);
    } else {
        return Ok(());
    }
    let mut taken = 0;
    while Window::new(taken).alloc(window::READ_ONLY).is_ok() {
        taken += 1;
    }
    println!("forkmem: all memory is taken");
    let none = view::free_frames();
    // Frame by frame, until there are enough for a child.
    for free in 0.. {
        match fork() {
            Ok(Fork::Child) => return Ok(()),
            Ok(Fork::Parent(child)) => {
                // It exists, and needs a little more for its first stores.
                for window in (0..8).map(Window::new) {
                    window.unmap();
                    window.unmap_of(child)?;
                }
                env::wait(child);
                println!("forkmem: with a few frames free, there is a child");
                break;
            }
            Err(Error::NoMem) if view::free_frames() == none + free => {}
            Err(error) => {
                println!("forkmem: WRONG with {free} frames free: {error}");
                break;
            }
        }
        taken -= 1;
        Window::new(taken).unmap();
    }
    println!("forkmem: done");
    Ok(())
}
