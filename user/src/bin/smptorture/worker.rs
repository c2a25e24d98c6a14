//! One of those who do it all at random.

use libos::msg::{self, Parcel, Room, Sender, Timeout};
use libos::{EnvId, EnvStatus, Error, Fork, Window, env, fork, println, window, yield_now};

use crate::chance::Chance;
use crate::child;
use crate::page::{OTHERS, Pages, SENT, SHARED};

/// How much each does in a round.
pub const STEPS: u32 = 120;
/// How many children it has at the same time.
const CHILDREN: usize = 4;
/// How many ticks it waits for a message or for one to be heard.
const TICKS: u32 = 1;

struct Worker {
    chance: Chance,
    pages: Pages,
    children: [Option<EnvId>; CHILDREN],
}

/// Worker `number`.
pub fn work(number: u32, chance: Chance, steps: u32) -> Result<(), Error> {
    let mut worker = Worker {
        chance,
        pages: Pages::NONE,
        children: [None; CHILDREN],
    };
    Window::new(SHARED).alloc(window::SHARED)?;
    for _ in 0..steps {
        worker.step()?;
        worker.pages.check("worker")?;
    }
    if steps == 0 {
        worker.child(0)?;
    }
    let mut left = worker.children.into_iter().flatten();
    // Some of them would be at it for ever.
    left.try_for_each(|child| end(child, number))
}

/// Ends a child, or finds that it has ended.
fn end(child: EnvId, number: u32) -> Result<(), Error> {
    match env::destroy(child) {
        Ok(()) | Err(Error::BadEnv) => {}
        other => return other,
    }
    if env::slot_of(child).is(child) {
        println!("smptorture: wrong: worker {number} has ended {child}, which lives");
        return Err(Error::Unspecified);
    }
    Ok(())
}

impl Worker {
    fn step(&mut self) -> Result<(), Error> {
        let n = self.chance.below(CHILDREN as u32) as usize;
        match self.chance.below(16) {
            0..4 => self.child(n)?,
            4 => {
                if let Some(child) = self.children[n].take() {
                    end(child, n as u32)?;
                }
            }
            5 => self.family(n),
            6 | 7 => self.meddle(n)?,
            8 => self.send(),
            9 => self.hear(),
            10 => self.strangers()?,
            11 => self.pages.drop_one(&mut self.chance),
            12 => yield_now(),
            _ => self.pages.change(&mut self.chance)?,
        }
        Ok(())
    }

    /// Another child, in place of this one.
    fn child(&mut self, n: usize) -> Result<(), Error> {
        if let Some(child) = self.children[n].take() {
            end(child, n as u32)?;
        }
        let seed = self.chance.any();
        match fork() {
            Ok(Fork::Child) => child::live(Chance::new(seed), self.pages),
            Ok(Fork::Parent(child)) => {
                self.children[n] = Some(child);
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// Maps, unmaps and makes pages in a child that runs, maybe on another CPU.
    fn meddle(&mut self, n: usize) -> Result<(), Error> {
        let Some(child) = self.children[n] else {
            return Ok(());
        };
        let done = match self.chance.below(4) {
            0 => Window::new(SHARED).map_at(child, Window::new(OTHERS), window::READ_ONLY),
            1 => Window::new(OTHERS).unmap_of(child),
            2 => Window::new(SHARED).map(child, window::SHARED),
            _ => env::set_status(child, EnvStatus::NotRunnable)
                .and_then(|()| Window::new(OTHERS).unmap_of(child))
                .and_then(|()| env::set_status(child, EnvStatus::Runnable)),
        };
        match done {
            // It has ended by itself.
            Ok(()) | Err(Error::BadEnv) => Ok(()),
            other => other,
        }
    }

    /// Stops a child, or has it go on.
    fn family(&mut self, n: usize) {
        let status = match self.chance.below(2) {
            0 => EnvStatus::Runnable,
            _ => EnvStatus::NotRunnable,
        };
        if let Some(child) = self.children[n] {
            // It may have ended.
            _ = env::set_status(child, status);
        }
    }

    /// A message with a page, to whoever may be there.
    fn send(&mut self) {
        let to = env::slot(self.chance.below(32) as usize);
        let mut parcel = Parcel::words([self.chance.any(); 4]);
        if self.chance.below(2) == 0 {
            parcel = parcel.with_pages(Window::new(SHARED), 1, window::READ_ONLY);
        }
        // Few hear.
        _ = msg::send(to.id(), &parcel, Timeout::ticks(TICKS));
    }

    fn hear(&mut self) {
        let room = Room::new(Window::new(SENT), 1);
        _ = msg::receive(Sender::Anybody, room, Timeout::ticks(TICKS));
        if Window::new(SENT).flags().is_some() {
            Window::new(SENT).read(0);
        }
        Window::new(SENT).unmap();
    }

    /// Others' children are nobody's business.
    fn strangers(&mut self) -> Result<(), Error> {
        let slot = env::slot(self.chance.below(32) as usize);
        let id = slot.id();
        let is_mine = id == env::id() || self.children.contains(&Some(id));
        if is_mine || id == EnvId::SELF || env::destroy(id) == Err(Error::BadEnv) {
            return Ok(());
        }
        println!("smptorture: wrong: {id} could be ended by who is not its parent");
        Err(Error::Unspecified)
    }
}
