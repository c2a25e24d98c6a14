//! The demonstration: what runs when nobody asks for anything else.
//!
//! Three acts show what this kernel is about, each telling in plain words what it does.

#![no_std]
#![forbid(unsafe_code)]

use libos::{EnvId, Error, Fork, Global, Window, env, fork, println, view, window};
use libos::{ipc_recv_page, ipc_send_page, yield_now};

/// The page that goes round the ring.
const LETTER: Window = Window::new(0);
/// The page with the counts of the two loops.
const COUNTS: Window = Window::new(1);

fn main() -> Result<(), Error> {
    println!(
        "init: I am environment {}, the first of this system.",
        env::id()
    );
    LETTER.alloc(window::PRIVATE)?;
    COUNTS.alloc(window::SHARED)?;
    // One tree that is not shown: a first fork maps pages that stay, such as the exception stack.
    grow(false)?;
    let before = view::free_frames();

    println!("\n1. Copy-on-write fork");
    println!(
        "   A tree of seven environments. Each stores its own number in the same variable, and"
    );
    println!("   gets its own copy of the page at that moment.");
    grow(true)?;
    println!(
        "   I forked all that, stored nothing, and still read {}.",
        NUMBER.get()
    );

    println!("\n2. Messages");
    println!("   A number and a page go round a ring of {STATIONS} environments.");
    ring()?;

    println!("\n3. Time slices");
    println!("   Two environments count in busy loops and never give way.");
    share_cpu()?;

    let lost = before - view::free_frames();
    println!("\ninit: All others have ended, and {lost} frames of memory were lost. Goodbye.");
    Ok(())
}

/// This environment's number in the tree: the children of n are 2n and 2n + 1.
static NUMBER: Global<u32> = Global::new(1);
/// The first number of the tree's last level.
const LEAVES: u32 = 4;

/// Grows the tree below this environment, one child with all of its own after the other.
fn grow(tell: bool) -> Result<(), Error> {
    let mine = NUMBER.get();
    if mine >= LEAVES {
        return Ok(());
    }
    for number in [2 * mine, 2 * mine + 1] {
        match fork()? {
            Fork::Parent(child) => env::wait(child),
            Fork::Child => {
                let inherited = NUMBER.get();
                NUMBER.set(number);
                grow(tell)?;
                if tell {
                    let now = NUMBER.get();
                    println!(
                        "   {}: found {inherited}, stored {number}, reads {now}",
                        env::id()
                    );
                }
                env::exit();
            }
        }
    }
    Ok(())
}

/// Environments in the ring, counting this one.
const STATIONS: u32 = 4;

fn ring() -> Result<(), Error> {
    // The last station is made first, since a station must know the next one.
    let mut next = env::id();
    for station in (1..STATIONS).rev() {
        match fork()? {
            Fork::Child => return pass_on(station, next),
            Fork::Parent(child) => next = child,
        }
    }
    LETTER.write_str("Hello from init");
    let frame = LETTER.frame();
    ipc_send_page(next, 100, LETTER, window::PRIVATE)?;
    let message = ipc_recv_page(LETTER)?;
    show(&message);
    println!(
        "   It is still the frame that I sent: {}",
        LETTER.frame() == frame
    );
    Ok(())
}

/// Station `station`: takes the letter, shows it, changes it and passes it on to `next`.
fn pass_on(station: u32, next: EnvId) -> Result<(), Error> {
    let message = ipc_recv_page(LETTER)?;
    show(&message);
    LETTER
        .write_str(["", "Changed once", "Changed twice", "Changed three times"][station as usize]);
    ipc_send_page(next, message.value + 1, LETTER, window::PRIVATE)?;
    env::exit()
}

fn show(message: &libos::Message) {
    let mut text = [0; 32];
    let text = LETTER.read_str(&mut text);
    println!(
        "   {} got {} from {} and \"{text}\"",
        env::id(),
        message.value,
        message.from
    );
}

/// Time slices that each of the two loops gets at least.
const SLICES: u32 = 5;

fn share_cpu() -> Result<(), Error> {
    let mut loops = [EnvId::SELF; 2];
    for (n, id) in loops.iter_mut().enumerate() {
        match fork()? {
            Fork::Parent(child) => *id = child,
            Fork::Child => loop {
                COUNTS.write(n, COUNTS.read(n).wrapping_add(1));
            },
        }
    }
    while loops.iter().any(|&id| env::slot_of(id).runs() < SLICES) {
        yield_now();
    }
    for (n, id) in loops.into_iter().enumerate() {
        env::destroy(id)?;
        let counted = COUNTS.read(n) > 0;
        println!("   {id}: had {SLICES} time slices or more, counted: {counted}");
    }
    Ok(())
}
