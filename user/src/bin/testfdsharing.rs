//! A descriptor that parent and child have goes on for both where one of them has come to.

#![no_std]
#![forbid(unsafe_code)]

use libos::fd::{self, Fd};
use libos::fs::File;
use libos::io::{Error, SeekFrom};
use libos::println;
use libos::process::{self, Forked};

fn main() -> Result<(), Error> {
    let file = File::open("/motd")?;
    let fd = file.fd();
    let (mut first, mut again) = ([0; 512], [0; 512]);
    let len = all(fd, &mut first)?;
    fd::seek(fd, SeekFrom::Start(0))?;
    let mut child = match process::fork()? {
        Forked::Parent(child) => child,
        Forked::Child => {
            println!("going to read in child (might page fault if your sharing is buggy)");
            let read = all(fd, &mut again)?;
            match read == len && again == first {
                true => println!("read in child succeeded"),
                false => println!("child read {read} bytes, not {len}"),
            }
            fd::seek(fd, SeekFrom::Start(0))?;
            process::exit(0);
        }
    };
    child.wait();
    let read = all(fd, &mut again)?;
    match read == len && again == first {
        true => println!("read in parent succeeded"),
        false => println!("parent read {read} bytes, not {len}"),
    }
    Ok(())
}

fn all(from: Fd, bytes: &mut [u8]) -> Result<usize, Error> {
    let mut len = 0;
    loop {
        match fd::read(from, &mut bytes[len..])? {
            0 => return Ok(len),
            read => len += read,
        }
    }
}
