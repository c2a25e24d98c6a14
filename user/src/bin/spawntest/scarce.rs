//! With any number of frames left a program is started or not, and then nothing is left of it.

use libos::fd;
use libos::io::{Error, println};
use libos::{Window, view, window};

use crate::again;

pub fn main(file: &[u8]) -> Result<(), Error> {
    let all = || (64..Window::COUNT).map(Window::beside);
    let mut taken = 0;
    for window in all() {
        if window.alloc(window::PRIVATE).is_err() {
            break;
        }
        taken += 1;
    }
    let (mut spawned, mut failed, mut lost) = (0, 0, 0);
    // From the last page back, one free frame more in each round.
    for left in (taken - 80..taken).rev() {
        if let Some(window) = all().nth(left) {
            window.unmap();
        }
        let before = view::free_frames();
        let (read, write) = match fd::pipe() {
            Ok(ends) => ends,
            Err(Error::System(libos::Error::NoMem)) => {
                failed += 1;
                lost += before - view::free_frames();
                continue;
            }
            Err(error) => return Err(error),
        };
        let child = again("well").stdin(read).spawn_bytes(file);
        fd::close(read)?;
        fd::close(write)?;
        match child {
            Ok(mut child) => {
                // It may end for want of memory.
                child.wait();
                spawned += 1;
            }
            Err(Error::System(libos::Error::NoMem)) => failed += 1,
            Err(error) => return Err(error),
        }
        lost += before - view::free_frames();
    }
    all().for_each(Window::unmap);
    println!(
        "spawntest: scarce: some failed: {}, some did not: {}",
        failed > 5,
        spawned > 5
    );
    println!("spawntest: scarce: frames lost: {lost}");
    Ok(())
}
