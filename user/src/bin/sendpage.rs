//! Pages sent by message are the same page on both sides, with the permissions that the sender chose.

#![no_std]
#![forbid(unsafe_code)]

use libos::{EnvId, Error, Fork, Window, env, fork, ipc_recv_page, ipc_send_page, println, window};

const MINE: Window = Window::new(0);
const THEIRS: Window = Window::new(1);

fn main() -> Result<(), Error> {
    let parent = env::id();
    match fork()? {
        Fork::Parent(child) => ask(child),
        Fork::Child => answer(parent),
    }
}

fn ask(child: EnvId) -> Result<(), Error> {
    MINE.alloc(window::PRIVATE)?;
    MINE.write_str("how are you?");
    ipc_send_page(child, 1, MINE, window::READ_ONLY)?;

    let message = ipc_recv_page(THEIRS)?;
    let mut text = [0; 40];
    println!(
        "parent got \"{}\" with {:?}",
        THEIRS.read_str(&mut text),
        message.perm
    );
    println!("parent: my page is \"{}\" now", MINE.read_str(&mut text));
    THEIRS.write(0, u32::from_le_bytes(*b"fine"));
    env::wait(child);
    Ok(())
}

fn answer(parent: EnvId) -> Result<(), Error> {
    let message = ipc_recv_page(THEIRS)?;
    let mut text = [0; 40];
    println!(
        "child got \"{}\" with {:?}",
        THEIRS.read_str(&mut text),
        message.perm
    );
    // A page that came read-only cannot be sent on as a writable one.
    let refused = ipc_send_page(parent, 2, THEIRS, window::PRIVATE);
    println!("child: sending it back writable gives {refused:?}");

    MINE.alloc(window::PRIVATE)?;
    MINE.write_str("well, thanks");
    ipc_send_page(parent, 3, MINE, window::PRIVATE)?;
    while MINE.read(0) != u32::from_le_bytes(*b"fine") {
        libos::yield_now();
    }
    println!(
        "child sees \"{}\" in the page it sent",
        MINE.read_str(&mut text)
    );
    Ok(())
}
