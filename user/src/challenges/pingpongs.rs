//! Two environments with the same memory count together: the number is in it, the messages only say whose turn it is.

use libos::{Error, Fork, Word, env, ipc_recv, ipc_send, println, sfork};

/// Where both count.
static VALUE: Word = Word::new(0);

/// Counts to `last` together, and tells of each message if that is wanted. Both come back, the child as the child.
pub fn count(last: u32, aloud: bool) -> Result<Fork, Error> {
    VALUE.set(0);
    let parent = env::id();
    let who = sfork()?;
    if let Fork::Parent(child) = who {
        if aloud {
            let place = env::slot_of(env::id()).address();
            println!("i am {parent}; thisenv is {place:#010x}");
            println!("send 0 from {} to {child}", env::id());
        }
        ipc_send(child, 0)?;
    }
    loop {
        let from = ipc_recv()?.from;
        let value = VALUE.get();
        if aloud {
            let me = env::slot_of(env::id());
            println!(
                "{} got {value} from {from} (thisenv is {:#010x} {})",
                env::id(),
                me.address(),
                me.id()
            );
        }
        if value == last {
            return Ok(who);
        }
        VALUE.set(value + 1);
        ipc_send(from, 0)?;
        if value + 1 == last {
            return Ok(who);
        }
    }
}

/// What was counted to.
pub fn value() -> u32 {
    VALUE.get()
}
