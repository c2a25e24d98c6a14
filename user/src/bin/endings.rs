//! All the ways in which a program can end; its parent notices each and goes on.

#![no_std]
#![forbid(unsafe_code)]

use libos::{Error, Fork, console, env, fork, println};

fn main() -> Result<(), Error> {
    for ending in ["return", "error", "exit", "panic", "index"] {
        match fork()? {
            Fork::Child => return end(ending),
            Fork::Parent(child) => {
                env::wait(child);
                println!("endings: after {ending}, the parent goes on");
            }
        }
    }
    Ok(())
}

fn end(ending: &str) -> Result<(), Error> {
    match ending {
        "return" => Ok(()),
        "error" => Err(Error::NotFound),
        "exit" => env::exit(),
        "panic" => panic!("this child panics"),
        _ => {
            let letters = ending.as_bytes();
            console::putchar(letters[letters.len()]);
            Ok(())
        }
    }
}
