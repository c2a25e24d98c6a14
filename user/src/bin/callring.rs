//! A call and its answer are two `ipc_call`s: a client has a server double numbers, both of them made by
//! `quick_fork`.

#![no_std]
#![forbid(unsafe_code)]

use libos::{Error, Fork, Global, env, ipc_call, ipc_recv, println, quick_fork};

/// A number that no client sends: the server is to end.
const STOP: u32 = 0;

static ROUNDS: Global<u32> = Global::new(0);

fn main() -> Result<(), Error> {
    let Fork::Parent(server) = quick_fork()? else {
        return serve();
    };
    let mut number = 1;
    while number < 1000 {
        // The first call may come before the server waits.
        match ipc_call(server, number) {
            Ok(answer) => {
                number = answer.value;
                ROUNDS.set(ROUNDS.get() + 1);
            }
            Err(Error::IpcNotRecv) => env::yield_now(),
            Err(error) => return Err(error),
        }
    }
    println!("callring: {number} after {} calls", ROUNDS.get());
    libos::ipc_send(server, STOP)?;
    env::wait(server);
    Ok(())
}

fn serve() -> Result<(), Error> {
    let mut message = ipc_recv()?;
    while message.value != STOP {
        ROUNDS.set(ROUNDS.get() + 1);
        message = ipc_call(message.from, 2 * message.value)?;
    }
    println!("callring: the server answered {} calls", ROUNDS.get());
    Ok(())
}
