//! A pipe from parent to child: what is written is read, then the end, and a writer hears that nobody reads any more.

#![no_std]
#![forbid(unsafe_code)]

use libos::fd::{self, Fd};
use libos::io::{Error, Write};
use libos::{Fork, env, fork, println};

const MESSAGE: &[u8] = b"Now is the time for all good men to come to the aid of their party.";

fn main() -> Result<(), Error> {
    let (mut read, write) = fd::pipe()?;
    match fork()? {
        Fork::Child => {
            fd::close(write)?;
            let mut bytes = [0; 100];
            let count = libos::io::Read::read(&mut read, &mut bytes)?;
            match &bytes[..count] == MESSAGE && fd::read(read, &mut bytes) == Ok(0) {
                true => println!("pipe read closed properly"),
                false => println!("child got {count} bytes: {:?}", &bytes[..count]),
            }
            return fd::close(read);
        }
        Fork::Parent(child) => {
            fd::close(read)?;
            fill(write)?;
            env::wait(child);
        }
    }

    let (read, write) = fd::pipe()?;
    match fork()? {
        Fork::Child => {
            fd::close(read)?;
            while fd::write(write, b"x") == Ok(1) {
                println!(".");
                env::yield_now();
            }
            println!("pipe write closed properly");
            env::exit();
        }
        Fork::Parent(child) => {
            for _ in 0..3 {
                env::yield_now();
            }
            fd::close(read)?;
            fd::close(write)?;
            env::wait(child);
        }
    }
    println!("pipe tests passed");
    Ok(())
}

fn fill(mut write: Fd) -> Result<(), Error> {
    write.write_all(MESSAGE)?;
    fd::close(write)
}
