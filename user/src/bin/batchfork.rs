//! fork by several calls in one trap: parent and child have memory of their own.

#![no_std]
#![forbid(unsafe_code)]

use libos::{Error, Fork, Window, batch_fork, env, println, window};

const PRIVATE: Window = Window::new(0);
const SHARED: Window = Window::new(1);

fn main() -> Result<(), Error> {
    PRIVATE.alloc(window::PRIVATE)?;
    SHARED.alloc(window::SHARED)?;
    PRIVATE.write(0, 1);
    match batch_fork()? {
        Fork::Child => {
            PRIVATE.write(0, 2);
            SHARED.write(0, 3);
            println!("child: {} and {}", PRIVATE.read(0), SHARED.read(0));
        }
        Fork::Parent(child) => {
            env::wait(child);
            println!("parent: {} and {}", PRIVATE.read(0), SHARED.read(0));
        }
    }
    Ok(())
}
