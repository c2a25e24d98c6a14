//! Parent and child count to ten in turns, in the words of MOS; the number lies on a page that goes to and fro with the
//! messages, and who has it goes on.

#![no_std]
#![forbid(unsafe_code)]

use libos::{EnvId, Error, Fork, Window, env, fork, ipc_recv_page, ipc_send_page, println, window};

const LAST: u32 = 10;
/// Where the page is, for either.
const PAGE: Window = Window::new(0);

fn main() -> Result<(), Error> {
    if let Fork::Parent(child) = fork()? {
        PAGE.alloc(window::SHARED)?;
        send(child, 0)?;
    }
    loop {
        println!("{} am waiting.....", env::id());
        let message = ipc_recv_page(PAGE)?;
        let (number, who) = (PAGE.read(0), message.from);
        assert_eq!(number, message.value, "the page is that of the message");
        println!("{} got {number} from {who}", env::id());
        if number == LAST {
            return Ok(());
        }
        send(who, number + 1)?;
        if number + 1 == LAST {
            return Ok(());
        }
    }
}

fn send(who: EnvId, number: u32) -> Result<(), Error> {
    println!("@@@@@send {number} from {} to {who}", env::id());
    PAGE.write(0, number);
    ipc_send_page(who, number, PAGE, window::SHARED)
}
