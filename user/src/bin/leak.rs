//! A tree of forks, with copied pages, messages and a child ended in the middle, gives every frame back.

#![no_std]
#![forbid(unsafe_code)]

use libos::{EnvId, Error, Fork, Window, env, fork, ipc_recv_page, ipc_send_page, println};
use libos::{view, window};

const DEPTH: u32 = 3;
const PAGES: usize = 8;
const MESSAGE: Window = Window::new(PAGES);

fn main() -> Result<(), Error> {
    let me = env::id();
    for window in pages() {
        window.alloc(window::PRIVATE)?;
    }
    // The first round maps what stays: exception stack, page tables, the message's page.
    round(me)?;
    let before = view::free_frames();
    for _ in 0..5 {
        round(me)?;
    }
    let after = view::free_frames();
    println!(
        "leak: free frames after 5 trees: {}",
        match after == before {
            true => "as many as before",
            false => "WRONG, not as many as before",
        }
    );
    if after != before {
        println!("leak: {before} before, {after} after");
    }
    Ok(())
}

fn pages() -> impl Iterator<Item = Window> {
    (0..PAGES).map(Window::new)
}

/// One tree below the environment `root`; the root comes back when all others have ended.
fn round(root: EnvId) -> Result<(), Error> {
    for depth in 0..DEPTH {
        for window in pages() {
            window.write(depth as usize, depth);
        }
        if let Fork::Parent(child) = fork()? {
            return finish(child, env::id() == root);
        }
        // A child that never runs to its end, and another that spins.
        for _ in 0..2 {
            match fork()? {
                Fork::Parent(child) => env::destroy(child)?,
                Fork::Child => env::spin(),
            }
        }
    }
    // The leaf sends a page up to the root.
    MESSAGE.alloc(window::PRIVATE)?;
    ipc_send_page(root, 1, MESSAGE, window::PRIVATE)?;
    env::exit()
}

fn finish(child: EnvId, is_root: bool) -> Result<(), Error> {
    if is_root {
        ipc_recv_page(MESSAGE)?;
    }
    env::wait(child);
    match is_root {
        true => Ok(()),
        false => env::exit(),
    }
}
