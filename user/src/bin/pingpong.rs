//! Parent and child count to ten in turns, by IPC.

#![no_std]
#![forbid(unsafe_code)]

use libos::{Error, Fork, env, fork, ipc_recv, ipc_send, println};

const LAST: u32 = 10;

fn main() -> Result<(), Error> {
    match fork()? {
        Fork::Parent(child) => {
            ipc_send(child, 0)?;
            play("parent")?;
            env::wait(child);
            println!("pingpong: counted to {LAST}");
            Ok(())
        }
        Fork::Child => play("child"),
    }
}

/// Answers each number with the next one, until the last has been sent or received.
fn play(who: &str) -> Result<(), Error> {
    loop {
        let message = ipc_recv()?;
        println!("{who} got {}", message.value);
        if message.value == LAST {
            return Ok(());
        }
        let next = message.value + 1;
        ipc_send(message.from, next)?;
        if next == LAST {
            return Ok(());
        }
    }
}
