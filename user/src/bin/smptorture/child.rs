//! What the children of workers do, until they end, or are ended. They have none themselves: who is ended amid fork leaves a child that
//! nobody can start.

use libos::msg::{self, Room, Sender, Timeout};
use libos::{Error, Window, env, yield_now};

use crate::chance::Chance;
use crate::page::{Pages, SHARED, TOUCHED};

/// How often those do something that end by themselves.
const TURNS: u32 = 12;

/// A child, with what its parent had in its pages, and never comes back but for something that is wrong.
pub fn live(mut chance: Chance, mut pages: Pages) -> Result<(), Error> {
    pages.check("child")?;
    match chance.below(8) {
        0 => {}
        1 => wait()?,
        // In user mode, until it is ended.
        2 => loop {
            pages.change(&mut chance)?;
            pages.check("child")?;
        },
        3 => loop {
            yield_now();
        },
        _ => {
            for _ in 0..TURNS {
                pages.change(&mut chance)?;
                Window::new(SHARED).write(1, chance.any());
                Window::new(TOUCHED).write(0, 1);
                Window::new(TOUCHED).unmap();
                pages.check("child")?;
            }
        }
    }
    env::exit()
}

/// Hears nobody, who may be made to run by its parent.
fn wait() -> Result<(), Error> {
    let heard = msg::receive(Sender::Only(env::id()), Room::NONE, Timeout::NEVER);
    match heard {
        Ok(_) => Err(Error::Unspecified),
        Err(_) => Ok(()),
    }
}
