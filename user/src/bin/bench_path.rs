//! Benchmark: what makes the kernel busy for long. Nothing is marked: the longest path of all counts.

#![no_std]
#![forbid(unsafe_code)]

use libos::bench;
use libos::msg::{self, Parcel, Room, Sender, Timeout};
use libos::{
    EnvId, EnvStatus, Error, Fork, Window, console, env, print, println, quick_fork, window,
    yield_now,
};

/// Pages that a page table has room for.
const TABLE: usize = 1024;
/// Windows in as many tables are all full; as many more are nearly empty, but the kernel has to look to see that.
const FULL: usize = 4;
const EMPTY: usize = 10;
/// One page for each part of a table that the kernel tells from others.
const PART: usize = 32;
/// Environments at a time.
const MANY: usize = 300;
/// Pages that a message has at most.
const PAGES: u32 = 64;

fn main() -> Result<(), Error> {
    let page = Window::new(0);
    page.alloc(window::PRIVATE)?;
    for n in 1..FULL * TABLE {
        bench::share(page, Window::new(n))?;
    }
    let empty = || (FULL * TABLE..(FULL + EMPTY) * TABLE).step_by(PART);
    for n in empty() {
        bench::share(page, Window::new(n))?;
    }
    empty().for_each(|n| Window::new(n).unmap());
    for last in (0..EMPTY).map(|table| (FULL + table + 1) * TABLE - 1) {
        bench::share(page, Window::new(last))?;
    }

    ends(yield_now)?;
    ends(|| env::exit())?;
    ends(|| panic!("{:300}", "a message as long as there is room for"))?;
    ends(wild_store)?;
    devices()?;
    many()?;
    print!("bench: waiting for a key\n");
    console::getchar();
    println!("bench: thanks");
    Ok(())
}

/// A child with all our memory comes, does something, and goes.
fn ends(what: impl FnOnce()) -> Result<(), Error> {
    match quick_fork()? {
        Fork::Child => {
            what();
            env::spin()
        }
        Fork::Parent(child) => {
            bench::share_again(child)?;
            yield_now();
            match env::destroy(child) {
                // It was quicker.
                Err(Error::BadEnv) => Ok(()),
                other => other,
            }
        }
    }
}

/// A store where nothing can ever be mapped.
fn wild_store() {
    bench::store(libos::layout::UENVS);
}

/// All device registers there are, as one would read a disk's sector.
fn devices() -> Result<(), Error> {
    let pages = || (TABLE * FULL..TABLE * FULL + 8).map(Window::new);
    pages().try_for_each(|page| page.alloc(window::PRIVATE))?;
    bench::read_devices(Window::new(TABLE * FULL));
    pages().for_each(Window::unmap);
    Ok(())
}

/// A message with as many pages as there can be, and at once another from our own line, whose sender is to hear `last` then.
/// Nobody has waited for that one, nor for those before it.
fn messages(last: EnvId) -> Result<(), Error> {
    let me = env::id();
    let parcel = Parcel::words([0; 4]).with_pages(Window::new(0), PAGES, window::READ_ONLY);
    // Across the end of a table, where there are others.
    let room = Room::new(Window::new(TABLE - PAGES as usize / 2), PAGES);
    let hear = (Sender::Anybody, room, Timeout::NEVER);
    let waits = |what: &dyn Fn() -> Result<msg::Message, Error>| match quick_fork()? {
        Fork::Child => {
            // The sender hears nothing.
            let _ = what();
            env::exit()
        }
        Fork::Parent(child) => {
            while env::slot_of(child).status() == EnvStatus::Runnable {
                yield_now();
            }
            Ok::<EnvId, Error>(child)
        }
    };
    let receiver = waits(&|| msg::receive(hear.0, hear.1, hear.2))?;
    let only = (Sender::Only(last), Room::NONE, Timeout::AT_ONCE);
    let sender = waits(&|| Ok(msg::exchange((me, &parcel, Timeout::NEVER), only)?))?;
    msg::exchange((receiver, &parcel, Timeout::NEVER), hear)?;
    [receiver, sender].into_iter().for_each(env::wait);
    Ok(())
}

/// Many environments at a time, and a page in each.
fn many() -> Result<(), Error> {
    let mut children = [EnvId::SELF; MANY];
    for child in &mut children {
        *child = bench::empty_child()?;
        bench::alloc_in(*child, Window::new(0))?;
    }
    messages(children[MANY - 1])?;
    children.into_iter().try_for_each(env::destroy)
}
