//! Children: to wait for, and to end.

use mos_abi::{EnvId, Error};

use super::record::Record;
use super::{ExitStatus, names};
use crate::msg::{self, Room, Sender, Timeout};
use crate::{Fork, args, env};

/// A child of this program. It goes on when this is dropped.
#[derive(Debug)]
pub struct Child {
    id: EnvId,
    record: Record,
    killed: bool,
}

impl Child {
    pub(super) fn new(id: EnvId, record: Record) -> Self {
        Self {
            id,
            record,
            killed: false,
        }
    }

    /// Its id.
    pub fn id(&self) -> EnvId {
        self.id
    }

    /// Waits until it has ended. It sleeps meanwhile, and takes no message of the child's.
    pub fn wait(&mut self) -> ExitStatus {
        // exercise 6.8 begin
        // otherwise: while env::slot_of(self.id).is(self.id) {
        // otherwise:     crate::yield_now();
        // otherwise: }
        while !self.ends_within(Timeout::NEVER) {}
        // exercise 6.8 end
        self.status()
    }

    /// Waits until it has ended, for so many ticks at most, or until somebody breaks that off.
    pub fn wait_for(&mut self, ticks: u32) -> Option<ExitStatus> {
        self.ends_within(Timeout::ticks(ticks))
            .then(|| self.status())
    }

    /// How it has ended, if it has.
    pub fn try_wait(&mut self) -> Option<ExitStatus> {
        (!env::slot_of(self.id).is(self.id)).then(|| self.status())
    }

    /// Ends it.
    ///
    /// # Errors
    /// `BadEnv`: it has ended already.
    pub fn kill(&mut self) -> Result<(), Error> {
        env::destroy(self.id)?;
        self.killed = true;
        Ok(())
    }

    fn ends_within(&self, timeout: Timeout) -> bool {
        msg::receive(Sender::Only(self.id), Room::NONE, timeout) == Err(Error::BadEnv)
    }

    fn status(&self) -> ExitStatus {
        // exercise 6.8 begin
        if self.killed {
            return ExitStatus::ENDED;
        }
        self.record.status()
        // exercise 6.8 end
    }
}

/// Who we are after [`fork`].
#[derive(Debug)]
pub enum Forked {
    /// The parent, and its child.
    Parent(Child),
    /// The child.
    Child,
}

/// [`fork`](crate::fork()), with a child that can say how it has ended, by [`exit`](super::exit).
///
/// # Errors
/// `NoMem`, `NoFreeEnv`: there is no child.
#[inline(never)]
pub fn fork() -> Result<Forked, Error> {
    let record = Record::new()?;
    match crate::quick_fork()? {
        Fork::Child => {
            record.take()?;
            Ok(Forked::Child)
        }
        Fork::Parent(id) => {
            record.keep()?;
            names::put(id, args().next().unwrap_or_default());
            Ok(Forked::Parent(Child::new(id, record)))
        }
    }
}
