//! Busy loops that never give way share the CPU by priority.
//!
//! Start two or more: `make run PROG=loop,loop PRI=1,3`. Each counts in a busy loop until it has been
//! given the CPU a number of times, and reports to the first, which says who did which part of the work.

#![no_std]
#![forbid(unsafe_code)]

use core::hint::black_box;

use libos::{EnvId, Error, env, ipc_recv, ipc_send, println};

/// How often each loop gets the CPU before it stops counting.
const ROUNDS: u32 = 30;
/// Most loops that are reported.
const MAX: usize = 8;

fn main() -> Result<(), Error> {
    let me = env::slot_of(env::id());
    let mut all = [(me.id(), me.priority()); MAX];
    let started = env::all().filter(|e| e.parent() == EnvId::SELF);
    let pairs = started.map(|e| (e.id(), e.priority())).zip(&mut all);
    let count = pairs.map(|(from, to)| *to = from).count();
    let all = &all[..count];

    let mut work = 0_u32;
    while me.runs() < ROUNDS {
        // What counts is time, so no system call; loads and adds will do.
        work = black_box(work + 1);
    }
    let reporter = all[0].0;
    match reporter == me.id() {
        false => ipc_send(reporter, work / 64),
        true => report(all, work / 64),
    }
}

fn report(all: &[(EnvId, u32)], mine: u32) -> Result<(), Error> {
    let mut work = [0; MAX];
    work[0] = mine;
    for _ in 1..all.len() {
        let message = ipc_recv()?;
        let n = all.iter().position(|&(id, _)| id == message.from);
        work[n.ok_or(Error::BadEnv)?] = message.value;
    }
    let sum: u32 = work.iter().sum();
    for ((_, priority), work) in all.iter().zip(work) {
        println!(
            "loop: priority {priority} did {} percent of the work",
            work * 100 / sum
        );
    }
    Ok(())
}
