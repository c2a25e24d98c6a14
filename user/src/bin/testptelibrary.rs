//! A page marked PTE_LIBRARY stays shared across fork, both ways and for grandchildren; a page
//! beside it without the mark does not.

#![no_std]
#![forbid(unsafe_code)]

use libos::{Error, Fork, Window, env, fork, println, window};

const SHARED: Window = Window::new(0);
const PRIVATE: Window = Window::new(1);

fn main() -> Result<(), Error> {
    SHARED.alloc(window::SHARED)?;
    PRIVATE.alloc(window::PRIVATE)?;
    SHARED.write_str("from the parent");
    PRIVATE.write_str("from the parent");
    match fork()? {
        Fork::Child => child()?,
        Fork::Parent(child) => {
            env::wait(child);
            show("parent");
        }
    }
    Ok(())
}

fn child() -> Result<(), Error> {
    show("child");
    match fork()? {
        Fork::Child => {
            SHARED.write_str("from the grandchild");
            PRIVATE.write_str("from the grandchild");
            show("grandchild");
        }
        Fork::Parent(grandchild) => {
            env::wait(grandchild);
            show("child");
        }
    }
    Ok(())
}

fn show(who: &str) {
    let (mut shared, mut private) = ([0; 32], [0; 32]);
    println!(
        "{who}: shared page \"{}\", private page \"{}\"",
        SHARED.read_str(&mut shared),
        PRIVATE.read_str(&mut private),
    );
}
