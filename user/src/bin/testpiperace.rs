//! A pipe does not look closed while descriptors of it come and go: whoever has the other end is never missed.

#![no_std]
#![forbid(unsafe_code)]

use libos::fd::{self, Fd};
use libos::io::Error;
use libos::process::{self, ExitStatus, Forked};
use libos::{println, yield_now};

const LOOKS: usize = 200;

fn main() -> Result<(), Error> {
    println!("testing for dup race...");
    let (read, write) = fd::pipe()?;
    let spare = Fd::new(10).ok_or(libos::Error::MaxOpen)?;
    let mut child = match process::fork()? {
        Forked::Parent(child) => child,
        Forked::Child => {
            fd::close(write)?;
            for _ in 0..LOOKS {
                if fd::is_closed(read)? {
                    println!("RACE: pipe appears closed");
                    process::exit(1);
                }
                yield_now();
            }
            process::exit(0);
        }
    };
    let mut status: Option<ExitStatus> = None;
    while status.is_none() {
        // Closed and opened again, each time.
        fd::dup(read, spare)?;
        status = child.try_wait();
    }
    println!("child done with loop");
    let ours = fd::holders(read)?;
    if fd::is_closed(read)? || status.is_none_or(|status| !status.success()) {
        println!("child detected race");
    } else {
        println!("race didn't happen, {ours} descriptors are left");
    }
    Ok(())
}
