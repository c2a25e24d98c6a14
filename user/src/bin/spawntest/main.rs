//! Programs that start others, which are this one again: arguments, variables, descriptors, how they end, and that nothing is
//! left of them.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod child;
mod scarce;

use libos::fd::{self, Fd};
use libos::io::{Error, println};
use libos::process::{Command, ExitCode, ExitStatus};
use libos::{Window, args, env, probe, view, window};

fn main() -> Result<ExitCode, Error> {
    if args().count() > 0 {
        return child::main();
    }
    // Before any variable of the program has another value than at its start.
    let file = probe::own_file(Window::beside(0))?;
    for fd in [Fd::STDIN, Fd::STDOUT, Fd::STDERR] {
        assert_eq!(fd::open_console()?, fd);
    }
    told(file)?;
    ends(file)?;
    piped(file)?;
    sleeps(file)?;
    library(file)?;
    not_programs(file);
    // What stays mapped is mapped by now.
    ends(file)?;
    let before = view::free_frames();
    told(file)?;
    piped(file)?;
    println!("spawntest: frames lost: {}", before - view::free_frames());
    scarce::main(file)?;
    Ok(ExitCode::SUCCESS)
}

/// This program again, to do `what`.
fn again(what: &str) -> Command {
    let mut command = Command::new("spawntest");
    command.arg(what);
    command
}

/// Starts it, and waits for its end.
#[inline(never)]
fn run(command: &mut Command, file: &[u8]) -> Result<ExitStatus, Error> {
    Ok(command.spawn_bytes(file)?.wait())
}

/// Arguments and variables.
fn told(file: &[u8]) -> Result<(), Error> {
    env::set_var("COLOUR", "red");
    env::set_var("SHAPE", "round");
    let mut command = again("tell");
    command.args(["", "two words"]);
    command.env("COLOUR", "blue").env_remove("SHAPE");
    command.current_dir("/far/away");
    let status = run(&mut command, file)?;
    println!("spawntest: told: {status}");
    let many: alloc::vec::Vec<_> = (0..2000).map(|n| alloc::format!("number {n}")).collect();
    let status = run(again("count").args(&many), file)?;
    println!("spawntest: many arguments: {status}");
    let too_many = many.iter().cycle().take(10_000);
    let error = again("count").args(too_many).spawn_bytes(file).err();
    println!("spawntest: too many: {error:?}");
    Ok(())
}

/// The ways in which a program ends.
fn ends(file: &[u8]) -> Result<(), Error> {
    for how in ["well", "badly", "failing", "panic", "fault", "spin"] {
        let mut child = again(how).spawn_bytes(file)?;
        if how == "spin" {
            assert_eq!(child.wait_for(3), None);
            assert_eq!(child.try_wait(), None);
            child.kill()?;
        }
        let status = child.wait();
        println!(
            "spawntest: {how}: {status}, {:?}",
            child.try_wait() == Some(status)
        );
    }
    match libos::process::fork()? {
        libos::process::Forked::Child => libos::process::exit(42),
        libos::process::Forked::Parent(mut child) => {
            println!("spawntest: forked: {}", child.wait());
        }
    }
    Ok(())
}

/// A pipeline: what one writes, the next one changes, and we read.
fn piped(file: &[u8]) -> Result<(), Error> {
    let (first, to_first) = fd::pipe()?;
    let (from_last, last) = fd::pipe()?;
    let mut upper = again("upper").stdin(first).stdout(last).spawn_bytes(file)?;
    fd::close(first)?;
    fd::close(last)?;
    fd::write(to_first, b"all of this")?;
    fd::write(to_first, b" is in capitals")?;
    fd::close(to_first)?;
    let (mut bytes, mut len) = ([0; 64], 0);
    loop {
        match fd::read(from_last, &mut bytes[len..])? {
            0 => break,
            read => len += read,
        }
    }
    fd::close(from_last)?;
    let status = upper.wait();
    let text = core::str::from_utf8(&bytes[..len]).unwrap_or("?");
    println!("spawntest: piped: {text:?}, {status}");
    Ok(())
}

/// Who waits for a pipe does not run at all until there is something in it, and hears of the end of who is killed.
fn sleeps(file: &[u8]) -> Result<(), Error> {
    let (read, write) = fd::pipe()?;
    let mut reader = again("upper").stdin(read).spawn_bytes(file)?;
    let mut writer = again("spin").stdout(write).spawn_bytes(file)?;
    fd::close(read)?;
    fd::close(write)?;
    let runs = || env::slot_of(reader.id()).runs();
    // Until it is known to both that they are alone.
    let settled = writer.wait_for(20);
    let before = runs();
    let slept = writer.wait_for(40);
    println!(
        "spawntest: asleep: {:?}, ran {} times",
        (settled, slept),
        runs() - before
    );
    writer.kill()?;
    println!("spawntest: and woken: {}", reader.wait());
    Ok(())
}

/// A page that is marked to be shared is so with children of fork, and of spawn that are given it.
fn library(file: &[u8]) -> Result<(), Error> {
    let page = child::PAGE;
    page.alloc(window::SHARED)?;
    let said = |who| {
        println!(
            "{who} solved the problem of PTE_LIBRARY: {}",
            page.read(0) == child::SAID
        );
        page.write(0, 0);
    };
    match libos::process::fork()? {
        libos::process::Forked::Child => {
            page.write(0, child::SAID);
            libos::process::exit(0)
        }
        libos::process::Forked::Parent(mut child) => _ = child.wait(),
    }
    said("fork");
    let mut command = again("goodbye");
    command.share_library_pages();
    run(&mut command, file)?;
    said("spawn");
    page.unmap();
    Ok(())
}

/// Files that are no programs.
fn not_programs(file: &[u8]) {
    let mut damaged = alloc::vec::Vec::from(&file[..200]);
    let mut tries = [(0, 0); 2];
    for at in 0..52 {
        damaged[at] ^= 0x81;
        // A file that ends in its headers, or before what these promise.
        let ends = [damaged.len(), 40];
        for (end, (refused, started)) in ends.into_iter().zip(&mut tries) {
            match again("well").spawn_bytes(&damaged[..end]) {
                Err(Error::System(libos::Error::NotExec)) => *refused += 1,
                _ => *started += 1,
            }
        }
        damaged[at] ^= 0x81;
    }
    println!("spawntest: not programs, refused and started: {tries:?}");
}
