//! Tries to see others' floating-point registers, and to leave some behind that harm who comes next.

#![no_std]
#![forbid(unsafe_code)]

use libos::exception::{Exception, Exceptions, Next, set_exception_handler};
use libos::float::{self, DIVISION_ENABLED, Registers};
use libos::{Error, Fork, Global, env, fork, msg, println, yield_now};

/// FCSR: everything has happened, and all of it is reported.
const ALL_AT_ONCE: u32 = 0x0003_ff80;
const SECRET: Registers = Registers {
    f: [0x5ec_2e75; 32],
    fcsr: 3,
};

/// Runs `task` in an environment of its own, to its end.
fn alone(name: &str, task: fn()) -> Result<(), Error> {
    match fork()? {
        Fork::Child => {
            task();
            env::exit()
        }
        Fork::Parent(child) => {
            env::wait(child);
            println!("{name}: over");
            Ok(())
        }
    }
}

/// Says what a new environment finds.
fn look() {
    let seen = Registers::store();
    let clean = seen == Registers::default();
    println!("  sees {}", if clean { "nothing" } else { "a secret" });
}

fn hide() {
    SECRET.load();
}

fn divide() {
    let registers = Registers {
        fcsr: DIVISION_ENABLED,
        ..SECRET
    };
    registers.load();
    _ = float::div(1.0, 0.0);
    println!("  goes on");
}

fn say_all() {
    let registers = Registers {
        fcsr: ALL_AT_ONCE,
        ..SECRET
    };
    registers.load();
    println!("  goes on");
}

static SEEN: Global<u32> = Global::new(0);

fn note(exception: &Exception) -> Next {
    SEEN.set(exception.fcsr.unwrap_or(0));
    // Somebody else may have the unit meanwhile, and it comes back.
    yield_now();
    Next::Skip
}

fn handle() {
    if set_exception_handler(Exceptions::FLOATING, note).is_err() {
        return;
    }
    divide();
    println!("  division by 0 in FCSR: {}", SEEN.get() >> 15 & 1);
}

fn slot() {
    let word = float::in_slot(0x1234_5678);
    println!("  {word:08x} by way of a delay slot");
}

/// Calls somebody who computes, and who answers before the caller has used anything.
fn call() -> Result<(), Error> {
    let Fork::Parent(server) = fork()? else {
        let mut answer = None;
        loop {
            let request = msg::reply_wait(answer, [0; 4])?;
            SECRET.load();
            answer = Some(request.from);
        }
    };
    yield_now();
    for _ in 0..3 {
        msg::call(server, [0; 4])?;
        look();
    }
    env::destroy(server)
}

fn main() -> Result<(), Error> {
    call()?;
    for _ in 0..3 {
        alone("one hides a secret and ends", hide)?;
        alone("the next one looks", look)?;
    }
    alone("one divides by 0", divide)?;
    alone("the next one looks", look)?;
    alone("one says that everything has happened", say_all)?;
    alone("the next one looks", look)?;
    alone("one handles it", handle)?;
    alone("one uses a delay slot", slot)?;
    // This one has used nothing so far: its children were not given anything.
    look();
    Ok(())
}
