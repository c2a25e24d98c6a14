//! Who has which files open.

use crate::clients::Clients;
use mos_abi::files::{OPEN_MAX, filefd, mode};
use mos_abi::{EnvId, Error, NENV};
use mos_fs::Handle;

/// How many open files are looked at for each that is opened, whether they still are.
const LOOKS: usize = 8;

/// One time that a file is open.
#[derive(Clone, Copy, Debug)]
pub struct Open {
    /// Its number: the index, and the generation above.
    id: u32,
    /// Who has opened it.
    pub owner: EnvId,
    /// How.
    pub mode: u32,
    /// What it is to the file system; `None`: nobody has it open.
    file: Option<Handle>,
}

impl Open {
    /// Whether it was opened to be written.
    pub fn is_writable(&self) -> bool {
        self.mode & mode::ACCESS != mode::READ
    }
}

/// All of them.
#[derive(Clone, Debug)]
pub struct Files {
    opens: [Open; OPEN_MAX],
    /// Who in each slot was the last to open one, and how many he has: a successor has none.
    counts: [(EnvId, u16); NENV],
    /// How many there are.
    count: usize,
    /// None from this one on was ever in use.
    top: usize,
    /// Where the look at those in use goes on.
    hand: usize,
}

impl Default for Files {
    fn default() -> Self {
        Self::new()
    }
}

impl Files {
    /// None.
    pub const fn new() -> Self {
        let open = Open {
            id: 0,
            owner: EnvId(0),
            mode: 0,
            file: None,
        };
        Self {
            opens: [open; OPEN_MAX],
            counts: [(EnvId(0), 0); NENV],
            count: 0,
            top: 0,
            hand: 0,
        }
    }

    /// Whether `who` may have one more: no more than are left.
    pub fn may_open(&self, who: EnvId) -> bool {
        let left = OPEN_MAX.saturating_sub(self.count);
        usize::from(self.count_of(who)) < left
    }

    fn count_of(&self, who: EnvId) -> u16 {
        let count = self.counts.get(who.index());
        count.map_or(0, |&(owner, count)| if owner == who { count } else { 0 })
    }

    /// The index of one that is not in use.
    pub fn vacancy(&self) -> Result<usize, Error> {
        let is_free = |open: &Open| open.file.is_none();
        let index = self.opens.iter().position(is_free);
        index.ok_or(Error::MaxOpen)
    }

    /// Whether the last one at `index` was `who`'s.
    pub fn was_of(&self, index: usize, who: EnvId) -> bool {
        let open = self.opens.get(index);
        open.is_some_and(|open| open.owner == who)
    }

    /// The number of the next one at `index`. The course's servers begin with the second generation, and no number is negative.
    pub fn next_id(&self, index: usize) -> u32 {
        let old = self.opens.get(index).map_or(0, |open| open.id);
        let old = if old == 0 { index as u32 } else { old };
        old.wrapping_add(OPEN_MAX as u32) & i32::MAX.cast_unsigned()
    }

    /// Puts one at `index`.
    pub fn put(&mut self, index: usize, owner: EnvId, mode: u32, file: Handle) {
        let id = self.next_id(index);
        let Some(open) = self.opens.get_mut(index) else {
            return;
        };
        *open = Open {
            id,
            owner,
            mode,
            file: Some(file),
        };
        let count = self.count_of(owner).saturating_add(1);
        if let Some(his) = self.counts.get_mut(owner.index()) {
            *his = (owner, count);
        }
        self.count = self.count.saturating_add(1);
        self.top = self.top.max(index.saturating_add(1));
    }

    /// The index of the one whose number is `id`.
    pub fn index(id: u32) -> usize {
        id as usize % OPEN_MAX
    }

    /// The file whose number is `id`, if that is `who`'s.
    ///
    /// [`Error::Inval`]: it is nobody's (any more), or others'.
    pub fn get(
        &self,
        id: u32,
        who: EnvId,
        clients: &mut impl Clients,
    ) -> Result<(Handle, Open), Error> {
        let open = self.opens.get(Self::index(id)).ok_or(Error::Inval)?;
        let file = open.file.filter(|_| open.id == id).ok_or(Error::Inval)?;
        if open.owner != who && !clients.is_kin(who, open.owner) {
            return Err(Error::Inval);
        }
        Ok((file, *open))
    }

    /// The indices of those of `file`, or of all.
    pub fn indices(&self, file: Option<Handle>) -> impl Iterator<Item = usize> {
        let opens = self.opens.get(..self.top).unwrap_or_default();
        let is_it = move |open: &Open| match file {
            None => open.file.is_some(),
            file => open.file == file,
        };
        let indices = opens.iter().enumerate();
        indices.filter_map(move |(index, open)| is_it(open).then_some(index))
    }

    /// Takes out the next one that nobody has open any more, of some or, if `all`, of all, even of those that somebody keeps to
    /// open them again.
    pub fn take_dead(&mut self, all: bool, clients: &mut impl Clients) -> Option<Handle> {
        let looks = if all { self.top } else { LOOKS.min(self.top) };
        for _ in 0..looks {
            let index = if self.hand < self.top { self.hand } else { 0 };
            self.hand = index.saturating_add(1);
            let open = self.opens.get_mut(index)?;
            if open.file.is_some() && is_dead(index, all, clients) {
                let file = open.file.take();
                if let Some((owner, count)) = self.counts.get_mut(open.owner.index())
                    && *owner == open.owner
                {
                    *count = count.saturating_sub(1);
                }
                self.count = self.count.saturating_sub(1);
                return file;
            }
        }
        None
    }
}

/// Whether nobody has the page at `index`, or, if that is enough, only those who have closed the file.
fn is_dead<C: Clients>(index: usize, kept_too: bool, clients: &mut C) -> bool {
    if !clients.is_held(index) {
        return true;
    }
    let is_closed = |clients: &mut C| clients.said(index, filefd::DEVICE) == 0;
    if !kept_too || !is_closed(clients) {
        return false;
    }
    // Who opens it again has said so before he looks at this: one of us sees what the other has written.
    clients.tell(index, filefd::NAMED, 0);
    is_closed(clients)
}
