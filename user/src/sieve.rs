//! A sieve of environments: each keeps the first number it gets, a prime, and passes on what that does not divide to the
//! next, which it forks when it is needed. When there is no environment for a prime more, or the numbers end, all end.

use libos::{EnvId, Error, Fork, Window, env, fork, ipc_recv, ipc_send, print, window, yield_now};

/// Shared by all: how many primes there are, the last one, and whether there was no environment for the next.
const RESULT: Window = Window::new(0);
const COUNT: usize = 0;
const LAST: usize = 1;
const FULL: usize = 2;
/// Sent behind the last number.
const END: u32 = 0;

/// What a sieve has found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// How many primes.
    pub count: u32,
    /// The largest of them.
    pub last: u32,
    /// Whether there was no environment, or no memory, for one more.
    pub full: bool,
}

/// What becomes of a stage.
enum Stage {
    /// It has passed on the end.
    Done,
    /// It is a new one.
    New,
}

/// Looks for the primes up to `limit`, as far as environments reach, and comes back when all of them have ended. With
/// `aloud`, each prime is printed when it is found.
pub fn primes(limit: u32, aloud: bool) -> Result<Found, Error> {
    let before = env::all().count();
    RESULT.alloc(window::SHARED)?;
    let Fork::Parent(first) = fork()? else {
        while let Stage::New = filter(aloud)? {}
        env::exit()
    };
    let mut number = 2;
    while number <= limit && RESULT.read(FULL) == 0 {
        ipc_send(first, number)?;
        number += 1;
    }
    ipc_send(first, END)?;
    while env::all().count() > before {
        yield_now();
    }
    let found = Found {
        count: RESULT.read(COUNT),
        last: RESULT.read(LAST),
        full: RESULT.read(FULL) != 0,
    };
    RESULT.unmap();
    Ok(found)
}

/// One stage. Comes back as the next one in the child that it forks.
fn filter(aloud: bool) -> Result<Stage, Error> {
    let prime = ipc_recv()?.value;
    if prime == END {
        return Ok(Stage::Done);
    }
    // Stages come into being one after the other, so nobody else writes here now.
    RESULT.write(COUNT, RESULT.read(COUNT) + 1);
    RESULT.write(LAST, prime);
    if aloud {
        print!("{prime} ");
    }
    let mut next: Option<EnvId> = None;
    loop {
        let number = ipc_recv()?.value;
        match next {
            None if number == END => return Ok(Stage::Done),
            Some(next) if number == END => {
                ipc_send(next, END)?;
                return Ok(Stage::Done);
            }
            _ if number % prime == 0 => {}
            Some(next) => ipc_send(next, number)?,
            // It is a prime, for which there is nobody; then nothing is passed on any more.
            None if RESULT.read(FULL) != 0 => {}
            None => match fork() {
                Ok(Fork::Child) => return Ok(Stage::New),
                Ok(Fork::Parent(child)) => {
                    ipc_send(child, number)?;
                    next = Some(child);
                }
                Err(Error::NoFreeEnv | Error::NoMem) => RESULT.write(FULL, 1),
                Err(error) => return Err(error),
            },
        }
    }
}
