//! primespipe: a sieve of processes with a pipe between each and the next.

#![no_std]
#![forbid(unsafe_code)]

use libos::fd::{self, Fd};
use libos::io::{Read, Write, println};
use libos::process::ExitCode;
use libos::{Fork, fork};
use mos_programs::arguments::number;
use mos_programs::{FINE, Failure, Usage, run};

const USAGE: Usage = Usage {
    name: "primespipe",
    operands: "[MOST]",
    purpose: "print the primes up to MOST, or 100, each found by a process of its own",
    flags: &[],
    count: (0, 1),
};

/// Reads numbers, of which the first is prime, and passes on those that it does not divide.
fn sieve(mut from: Fd) -> Result<(), Failure> {
    let Some(prime) = next(&mut from)? else {
        return Ok(());
    };
    println!("{prime}");
    let (read, mut write) = fd::pipe()?;
    let child = match fork()? {
        Fork::Child => {
            fd::close(from)?;
            fd::close(write)?;
            return sieve(read);
        }
        Fork::Parent(child) => child,
    };
    fd::close(read)?;
    while let Some(number) = next(&mut from)? {
        if !number.is_multiple_of(prime) {
            write.write_all(&number.to_le_bytes())?;
        }
    }
    fd::close(write)?;
    libos::env::wait(child);
    Ok(())
}

fn next(from: &mut Fd) -> Result<Option<u32>, Failure> {
    let mut word = [0; 4];
    match from.read_exact(&mut word) {
        Ok(()) => Ok(Some(u32::from_le_bytes(word))),
        Err(_) => Ok(None),
    }
}

fn main() -> ExitCode {
    run(&USAGE, |arguments| {
        let most = match arguments.operands.first() {
            Some(text) => number(text)? as u32,
            None => 100,
        };
        let (read, mut write) = fd::pipe()?;
        match fork()? {
            Fork::Child => {
                fd::close(write)?;
                sieve(read)?;
            }
            Fork::Parent(child) => {
                fd::close(read)?;
                for number in 2..=most {
                    write.write_all(&number.to_le_bytes())?;
                }
                fd::close(write)?;
                libos::env::wait(child);
            }
        }
        Ok(FINE)
    })
}
