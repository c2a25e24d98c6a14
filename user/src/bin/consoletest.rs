//! The console as a descriptor: lines, keys, and keys that its master passes on.

#![no_std]
#![forbid(unsafe_code)]

use libos::fd::{self, Fd, Master};
use libos::io::{Error, print, println};
use libos::process::{self, Child, ExitCode, Forked};

fn main() -> Result<ExitCode, Error> {
    assert_eq!(fd::open_console()?, Fd::STDIN);
    fd::dup(Fd::STDIN, Fd::STDOUT)?;
    fd::dup(Fd::STDIN, Fd::STDERR)?;
    ask("corrected")?;
    ask("without end")?;
    ask("nothing")?;
    ask("long")?;
    ask("rest")?;
    fd::set_raw(Fd::STDIN, true)?;
    ask("key")?;
    fd::set_raw(Fd::STDIN, false)?;

    let master = Master::new(Fd::STDIN)?;
    let reader = child(|| ask("child"))?;
    wait(&master, reader);
    let spinner = child(|| {
        print!("interrupt: ");
        libos::env::spin()
    })?;
    wait(&master, spinner);
    drop(master);
    ask("last")?;
    Ok(ExitCode::SUCCESS)
}

fn child(work: impl FnOnce() -> Result<(), Error>) -> Result<Child, Error> {
    match process::fork()? {
        Forked::Parent(child) => Ok(child),
        Forked::Child => process::exit(work().is_err().into()),
    }
}

/// Waits as a shell does.
fn wait(master: &Master, mut child: Child) {
    let status = loop {
        if let Some(status) = child.wait_for(1) {
            break status;
        }
        if master.pass_on() {
            // It may have been quicker.
            let _ = child.kill();
        }
    };
    println!("\nconsoletest: {status}");
}

fn ask(what: &str) -> Result<(), Error> {
    print!("{what}: ");
    let mut bytes = [0; 16];
    let read = fd::read(Fd::STDIN, &mut bytes)?;
    let text = core::str::from_utf8(&bytes[..read]).map_err(|_| Error::NotText)?;
    println!("\nconsoletest: {what}: {text:?}");
    Ok(())
}
