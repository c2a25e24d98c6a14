//! After a yield, every other runnable environment has had the CPU before we have it again.

#![no_std]
#![forbid(unsafe_code)]

use libos::{EnvId, EnvStatus, Error, Fork, env, fork, ipc_recv, ipc_send, println, yield_now};

const CHILDREN: usize = 4;
const ROUNDS: u32 = 5;

fn main() -> Result<(), Error> {
    let parent = env::id();
    for _ in 0..CHILDREN {
        if fork()? == Fork::Child {
            return child(parent);
        }
    }
    // The children wait to be told of each other; each answers how many turns went past it.
    let mut missed = 0;
    for_each_child(parent, |id| ipc_send(id, 0))?;
    for _ in 0..CHILDREN {
        missed += ipc_recv()?.value;
    }
    println!("yield: {CHILDREN} environments, {ROUNDS} rounds, {missed} turns missed");
    Ok(())
}

fn for_each_child(
    parent: EnvId,
    mut f: impl FnMut(EnvId) -> Result<(), Error>,
) -> Result<(), Error> {
    env::all()
        .filter(|e| e.parent() == parent)
        .try_for_each(|e| f(e.id()))
}

/// Yields, and counts how often another child that could run had no turn meanwhile.
fn child(parent: EnvId) -> Result<(), Error> {
    ipc_recv()?;
    let me = env::id();
    println!("Hello, I am environment {me}.");
    let mut missed = 0;
    for round in 0..ROUNDS {
        let mut before = [None; CHILDREN];
        for (seen, other) in before
            .iter_mut()
            .zip(env::all().filter(|e| e.parent() == parent))
        {
            let runs_now = other.id() != env::id() && other.status() == EnvStatus::Runnable;
            *seen = runs_now.then(|| (other, other.runs()));
        }
        yield_now();
        missed += before
            .into_iter()
            .flatten()
            .filter(|(other, runs)| other.runs() == *runs)
            .count() as u32;
        println!("Back in environment {me}, iteration {round}.");
    }
    println!("All done in environment {me}.");
    ipc_send(parent, missed)
}
