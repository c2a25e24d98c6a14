//! Benchmark: messages.
//!
//! Two environments send each other a message in turn: sent while the other waits, it is underway until
//! the sender waits in its turn and the other goes on.

#![no_std]
#![forbid(unsafe_code)]

use libos::bench::{self, Op};
use libos::ipc::{ipc_ask, ipc_send_page, ipc_try_send};
use libos::{EnvId, Error, Fork, Window, env, fork, ipc_recv, ipc_send, measure, msg, window};

const SAMPLES: usize = 32;
/// The page that goes to and fro.
const PAGE: Window = Window::new(0);

fn main() -> Result<(), Error> {
    let parent = env::id();
    PAGE.alloc(window::SHARED)?;
    match fork()? {
        Fork::Child => {
            ipc_recv()?;
            exchange(parent)?;
            loop {
                ipc_ask(parent, 0)?;
            }
        }
        Fork::Parent(child) => {
            // Answered by the child's first message; so the first of its calls is one for our exchange.
            ipc_send(child, 0)?;
            ipc_recv()?;
            exchange(child)?;
            for _ in 0..SAMPLES {
                measure!(Op::IpcCall, ipc_ask(child, 0)?);
            }
            env::destroy(child)?;
            words()
        }
    }
}

/// Calls a server with four words, and gets four back.
fn words() -> Result<(), Error> {
    match fork()? {
        Fork::Child => {
            let mut message = msg::reply_wait(None, [0; 4])?;
            loop {
                message = msg::reply_wait(Some(message.from), message.words)?;
            }
        }
        Fork::Parent(server) => {
            // From then on it waits whenever we do not.
            msg::call(server, [0; 4])?;
            for _ in 0..SAMPLES {
                measure!(Op::MsgCall, msg::call(server, [1, 2, 3, 4])?);
            }
            env::destroy(server)
        }
    }
}

/// Sends and receives in turn, without and with a page.
fn exchange(other: EnvId) -> Result<(), Error> {
    for _ in 0..SAMPLES {
        measure!(Op::IpcSend, {
            ipc_try_send(other, 0)?;
            bench::receive(None)?;
        });
    }
    for _ in 0..SAMPLES {
        measure!(Op::IpcSendPage, {
            ipc_send_page(other, 0, PAGE, window::SHARED)?;
            bench::receive(Some(PAGE))?;
        });
    }
    Ok(())
}
