//! Programs that call one another in a circle, and one that stands by: all are this one, and the first to be started
//! stands by. Those with a single time slice give way now and then.

#![no_std]
#![forbid(unsafe_code)]

use libos::{EnvStatus, Error, env, ipc_call, ipc_recv, ipc_send, println};

/// How often the one that stands by is given the CPU before it ends.
const TURNS: u32 = 60;
/// After how many calls one gives way.
const PATIENCE: u32 = 100;

fn main() -> Result<(), Error> {
    let members = env::all().count() - 1;
    match env::id().index() {
        0 => {
            stand_by(members);
            Ok(())
        }
        at => go_round(at, members),
    }
}

fn stand_by(members: usize) {
    let me = env::slot_of(env::id());
    let last = me.runs() + TURNS;
    while me.runs() < last {}
    println!("circle: {members} called one another, and I had {TURNS} turns");
}

fn go_round(at: usize, members: usize) -> Result<(), Error> {
    let me = env::slot_of(env::id());
    let next = env::slot(at % members + 1).id();
    let bystander = env::slot(0);
    let mut calls = 0;
    if at > 1 {
        ipc_recv()?;
    }
    while bystander.status() != EnvStatus::Free {
        match ipc_call(next, 0) {
            Ok(_) => calls += 1,
            Err(Error::IpcNotRecv) => env::yield_now(),
            Err(error) => return Err(error),
        }
        if me.priority() == 1 && calls % PATIENCE == 0 {
            env::yield_now();
        }
    }
    // The next one waits, and is to look up too; the last one's next has ended.
    match ipc_send(next, 0) {
        Err(Error::BadEnv) | Ok(()) => Ok(()),
        other => other,
    }
}
