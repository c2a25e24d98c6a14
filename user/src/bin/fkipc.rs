//! Forks, and sends messages along the family: a father to his child, that to its own, and back again.

#![no_std]
#![forbid(unsafe_code)]

use libos::{EnvId, Error, Fork, env, fork, ipc_recv, ipc_send, println};

fn main() -> Result<(), Error> {
    let father = env::id();
    match fork()? {
        Fork::Child => child(father),
        Fork::Parent(child) => {
            println!("this is father: sending 1 to {child}");
            ipc_send(child, 1)?;
            let message = ipc_recv()?;
            println!(
                "this is father: got {} from {}",
                message.value, message.from
            );
            Ok(())
        }
    }
}

fn child(father: EnvId) -> Result<(), Error> {
    let me = env::id();
    match fork()? {
        Fork::Child => {
            let message = ipc_recv()?;
            println!(
                "    this is grandchild: got {} from {}",
                message.value, message.from
            );
            ipc_send(me, message.value + 1)
        }
        Fork::Parent(grandchild) => {
            for to in [grandchild, father] {
                let message = ipc_recv()?;
                println!(
                    "  this is child: got {} from {}",
                    message.value, message.from
                );
                ipc_send(to, message.value + 1)?;
            }
            Ok(())
        }
    }
}
