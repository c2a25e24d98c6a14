//! Two environments that send all the time to a third are both heard.

#![no_std]
#![forbid(unsafe_code)]

use libos::{EnvId, Error, Fork, env, fork, ipc_recv, ipc_send, println};

const MESSAGES: u32 = 300;

fn main() -> Result<(), Error> {
    let receiver = env::id();
    let mut senders = [EnvId::SELF; 2];
    for sender in &mut senders {
        match fork()? {
            Fork::Parent(child) => *sender = child,
            Fork::Child => loop {
                ipc_send(receiver, 0)?;
            },
        }
    }
    let mut heard = [0; 2];
    for _ in 0..MESSAGES {
        let from = ipc_recv()?.from;
        for (sender, count) in senders.iter().zip(&mut heard) {
            *count += u32::from(*sender == from);
        }
    }
    for sender in senders {
        env::destroy(sender)?;
    }
    let fair = heard.iter().all(|&count| count >= MESSAGES / 3);
    println!("fairness: {} messages, fair: {fair}", heard[0] + heard[1]);
    Ok(())
}
