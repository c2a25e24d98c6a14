//! Benchmark: what several environments do at the same time, for machines with several CPUs.
//!
//! Each piece of work is between the mark of its number and mark 0.

#![no_std]
#![forbid(unsafe_code)]

use core::hint::black_box;

use libos::bench::{self, Mark};
use libos::msg::{self, Parcel, Room, Sender, Timeout};
use libos::{EnvId, Error, Fork, Window, env, fork, ipc_call, mark};

/// How many environments, or pairs of them.
const WORKERS: usize = 8;
/// Up to where each looks for primes, and how many there are.
const LIMIT: u32 = 1500;
const PRIMES: u32 = 239;
/// How often each calls its partner.
const CALLS: u32 = 1000;
/// How many children each has, one after the other.
const CHILDREN: usize = 24;
/// How often each touches how many pages.
const ROUNDS: usize = 6;
const PAGES: usize = 10;
/// How often each gives way.
const TURNS: usize = 500;
/// How many others are alive then, and do nothing.
const IDLE: usize = 1000;

fn main() -> Result<(), Error> {
    let before = env::all().count();
    let workers = start(primes)?;
    mark!(Mark::Case(1));
    work(&workers)?;
    mark!(Mark::Case(0));
    until_only(before);

    let workers = start(pair)?;
    mark!(Mark::Case(2));
    work(&workers)?;
    mark!(Mark::Case(0));
    until_only(before);

    let workers = start(children)?;
    mark!(Mark::Case(3));
    work(&workers)?;
    mark!(Mark::Case(0));
    until_only(before);

    let workers = start(pages)?;
    mark!(Mark::Case(4));
    work(&workers)?;
    mark!(Mark::Case(0));
    until_only(before);

    let workers = start(turns)?;
    mark!(Mark::Case(5));
    work(&workers)?;
    mark!(Mark::Case(0));
    work(&workers)?;
    until_only(before);

    for _ in 0..IDLE {
        bench::empty_child()?;
    }
    let workers = start(turns)?;
    mark!(Mark::Case(6));
    work(&workers)?;
    mark!(Mark::Case(0));
    work(&workers)?;
    until_only(before + IDLE);
    let others = env::all()
        .map(|slot| slot.id())
        .filter(|&id| id != env::id());
    others.into_iter().try_for_each(env::destroy)
}

/// Starts environments that do `job`, as soon as they are told to.
fn start(job: fn(Parent) -> Result<(), Error>) -> Result<[EnvId; WORKERS], Error> {
    let parent = Parent(env::id());
    let mut workers = [EnvId::SELF; WORKERS];
    for worker in &mut workers {
        match fork()? {
            Fork::Child => {
                job(parent)?;
                parent.tell()?;
                env::exit()
            }
            Fork::Parent(child) => *worker = child,
        }
    }
    // All are ready.
    workers.iter().try_for_each(|&worker| hear(worker))?;
    Ok(workers)
}

/// Has them do it.
fn work(workers: &[EnvId]) -> Result<(), Error> {
    let go = Parcel::words([0; 4]);
    let tell = |&worker| msg::send(worker, &go, Timeout::NEVER);
    workers.iter().try_for_each(tell)?;
    workers.iter().try_for_each(|&worker| hear(worker))
}

fn hear(from: EnvId) -> Result<(), Error> {
    msg::receive(Sender::Only(from), Room::NONE, Timeout::NEVER).map(drop)
}

/// Waits until all others have ended.
fn until_only(count: usize) {
    while env::all().count() > count {
        libos::yield_now();
    }
}

/// Who has started a worker.
#[derive(Clone, Copy)]
struct Parent(EnvId);

impl Parent {
    fn tell(self) -> Result<(), Error> {
        msg::send(self.0, &Parcel::words([0; 4]), Timeout::NEVER)
    }

    /// Is ready, and waits until it may begin.
    fn ready(self) -> Result<(), Error> {
        self.tell()?;
        hear(self.0)
    }
}

fn primes(parent: Parent) -> Result<(), Error> {
    parent.ready()?;
    let is_prime = |n: &u32| (2..*n).all(|divisor| !black_box(*n).is_multiple_of(divisor));
    let found = (2..LIMIT).filter(is_prime).count();
    assert!(found as u32 == PRIMES, "{found} primes");
    Ok(())
}

fn pair(parent: Parent) -> Result<(), Error> {
    let me = env::id();
    match fork()? {
        Fork::Child => {
            // It hears its first call, and answers with the wait for the next one.
            let mut heard = libos::ipc_recv()?.value;
            loop {
                heard = ipc_call(me, heard + 1)?.value;
            }
        }
        Fork::Parent(partner) => {
            // It waits already.
            while env::slot_of(partner).ipc_recving() == 0 {
                libos::yield_now();
            }
            parent.ready()?;
            for n in 0..CALLS {
                let answer = ipc_call(partner, n)?.value;
                assert!(answer == n + 1, "{answer} for {n}");
            }
            env::destroy(partner)
        }
    }
}

fn children(parent: Parent) -> Result<(), Error> {
    parent.ready()?;
    for _ in 0..CHILDREN {
        match fork()? {
            // There to be destroyed, on whatever CPU.
            Fork::Child => return libos::ipc_recv().map(drop),
            Fork::Parent(child) => env::destroy(child)?,
        }
    }
    Ok(())
}

fn turns(parent: Parent) -> Result<(), Error> {
    parent.ready()?;
    (0..TURNS).for_each(|_| libos::yield_now());
    // Its end is not measured, which looks for those who wait for it, and so at all that are alive.
    parent.ready()
}

fn pages(parent: Parent) -> Result<(), Error> {
    parent.ready()?;
    for _ in 0..ROUNDS {
        (0..PAGES).for_each(|n| Window::new(n).write(0, 1));
        (0..PAGES).for_each(|n| Window::new(n).unmap());
    }
    Ok(())
}
