//! A server with several clients, by messages of four words: each client asks for the sum and the product of two numbers,
//! many times, and all are served in the order in which they come. Then a run of pages goes to and fro, and partings: from
//! one that does not listen, one that has ended, and nobody.

#![no_std]
#![forbid(unsafe_code)]

use libos::msg::{self, Parcel, Room, Sender, Timeout};
use libos::{EnvId, Error, Fork, Window, env, fork, println, window};

const CLIENTS: u32 = 5;
const CALLS: u32 = 40;
/// Pages that the last client sends.
const PAGES: u32 = 3;

fn main() -> Result<(), Error> {
    let server = env::id();
    for number in 0..CLIENTS {
        if let Fork::Child = fork()? {
            return ask(server, number);
        }
    }
    serve()?;
    pages(server)?;
    partings()
}

/// Two numbers after two others, until all are answered.
fn ask(server: EnvId, number: u32) -> Result<(), Error> {
    for call in 0..CALLS {
        let [sum, product, asked, last] = msg::call(server, [number, call, 0, 0])?.words;
        assert_eq!(
            [sum, product],
            [number + call, number * call],
            "of {asked}, {last}"
        );
    }
    Ok(())
}

fn serve() -> Result<(), Error> {
    let mut served = [0; CLIENTS as usize];
    let mut message = msg::reply_wait(None, [0; 4])?;
    loop {
        let [a, b, ..] = message.words;
        served[a as usize] += 1;
        let answer = [a + b, a * b, a, b];
        if served == [CALLS; CLIENTS as usize] {
            msg::send(message.from, &Parcel::words(answer), Timeout::AT_ONCE)?;
            break;
        }
        message = msg::reply_wait(Some(message.from), answer)?;
    }
    println!("msgserver: {CLIENTS} clients, {CALLS} calls each");
    Ok(())
}

/// A client sends a run of pages and gets it back in another order.
fn pages(server: EnvId) -> Result<(), Error> {
    let (mine, theirs) = (Window::new(0), Window::new(8));
    let room = (Sender::Anybody, Room::new(theirs, 8), Timeout::NEVER);
    match fork()? {
        Fork::Child => {
            for n in 0..PAGES {
                let page = Window::new(n as usize);
                page.alloc(window::SHARED)?;
                page.write(0, n);
            }
            let parcel = Parcel::words([1, 2, 3, 4]).with_pages(mine, PAGES, window::SHARED);
            let answer = msg::exchange((server, &parcel, Timeout::NEVER), room)?;
            println!(
                "msgserver: the answer has {} page: {}",
                answer.pages,
                theirs.read(0)
            );
            env::exit()
        }
        Fork::Parent(_) => {
            let message = msg::receive(room.0, room.1, room.2)?;
            println!("msgserver: {} pages for {:?}", message.pages, message.words);
            let last = Window::new(8 + PAGES as usize - 1);
            last.write(0, 100 + last.read(0));
            let parcel = Parcel::words([0; 4]).with_pages(last, 1, window::READ_ONLY);
            msg::send(message.from, &parcel, Timeout::NEVER)?;
            env::wait(message.from);
            Ok(())
        }
    }
}

fn partings() -> Result<(), Error> {
    let Fork::Parent(child) = fork()? else {
        env::spin();
    };
    let late = msg::send(child, &Parcel::words([0; 4]), Timeout::AT_ONCE);
    println!("msgserver: at once: {late:?}");
    env::destroy(child)?;
    let gone = msg::call(child, [0; 4]);
    println!("msgserver: afterwards: {gone:?}");
    let time = msg::receive(Sender::Anybody, Room::NONE, Timeout::ticks(2));
    println!("msgserver: after two ticks: {time:?}");
    Ok(())
}
