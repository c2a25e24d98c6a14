//! Environments that have a page together, where each can look what another does, without a call of the kernel.

use libos::msg::{self, Room, Sender, Timeout};
use libos::{EnvId, Error, Fork, Window, env, fork, window, yield_now};

/// The page.
const PAGE: Window = Window::new(0);
/// How often is looked: longer than any right system takes, whoever runs first.
const LOOKS: u32 = 5_000_000;
/// How often way is given to one that is about to end.
const TURNS: u32 = 50_000;
/// How often, where something must not come: longer than another CPU needs for some turns of a loop.
const STILL: u32 = 60_000;

/// Makes the page, before there are children.
pub fn begin() -> Result<(), Error> {
    PAGE.alloc(window::SHARED)
}

/// Word `index` of it.
pub fn get(index: usize) -> u32 {
    PAGE.read(index)
}

/// Changes it.
pub fn set(index: usize, value: u32) {
    PAGE.write(index, value);
}

/// Looks, without a call, until `done` says so, or long enough. Whether it said so.
pub fn spin_until(done: impl Fn() -> bool) -> bool {
    (0..LOOKS).any(|_| done())
}

/// Whether what `value` tells stays the same.
pub fn stands_still(value: impl Fn() -> u32) -> bool {
    let before = value();
    (0..STILL).all(|_| value() == before)
}

/// Whether it changes.
pub fn moves(value: impl Fn() -> u32) -> bool {
    let before = value();
    spin_until(|| value() != before)
}

/// Gives way until the environment `id` has ended, or for longer than it takes in any right system. Whether it has.
pub fn until_it_ends(id: EnvId) -> bool {
    (0..TURNS).any(|_| {
        yield_now();
        !env::slot_of(id).is(id)
    })
}

/// Waits so many ticks.
pub fn nap(ticks: u32) {
    // Nobody else is heard.
    _ = msg::receive(Sender::Only(env::id()), Room::NONE, Timeout::ticks(ticks));
}

/// A child that does this, and ends.
pub fn child(act: impl FnOnce() -> Result<(), Error>) -> Result<EnvId, Error> {
    match fork()? {
        Fork::Child => {
            act()?;
            env::exit()
        }
        Fork::Parent(id) => Ok(id),
    }
}
