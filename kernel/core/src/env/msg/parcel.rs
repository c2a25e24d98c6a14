//! A message on its way: words, and a run of pages.

use mos_abi::Error;
use mos_abi::layout::{ENTRIES, PAGE_SHIFT, PAGE_SIZE, UTOP, page_down, ptx};
use mos_abi::message::{PAGES_MAX, PAGES_SHIFT, at};
use mos_abi::trapframe::reg;

use crate::env::{Platform, Wait};
use crate::kernel::Kernel;
use crate::machine::Run;
use crate::mem::run::Allowed;
use crate::mem::user::user_flags;
use crate::slot::Slot;

/// Permissions, below the number of pages.
const PERM_MASK: u32 = PAGE_SIZE - 1;
/// Pages that are mapped between two looks at interrupts.
const BREATH: u32 = 8;

/// Pages of a program that follow one another.
#[derive(Clone, Copy)]
pub(super) struct Pages {
    /// Address of the first one.
    pub va: u32,
    /// How many there are.
    pub count: u32,
}

impl Pages {
    const NONE: Self = Self { va: 0, count: 0 };

    /// `count` of them from that of `va` on. `-E_INVAL`: they are too many, or do not all lie below UTOP.
    #[optimize(size)]
    #[inline(never)]
    fn new(va: u32, count: u32) -> Result<Self, Error> {
        let va = page_down(va);
        let room = UTOP.saturating_sub(va) >> PAGE_SHIFT;
        if count == 0 || count <= PAGES_MAX.min(room) {
            Ok(Self { va, count })
        } else {
            Err(Error::Inval)
        }
    }

    /// Address of page `n`.
    fn at(self, n: u32) -> u32 {
        self.va.wrapping_add(n << PAGE_SHIFT)
    }
}

/// How many pages there are from that of `va` on, before the next one whose number is a multiple of [`BREATH`].
fn left(va: u32) -> u32 {
    BREATH.wrapping_sub((va >> PAGE_SHIFT) % BREATH)
}

/// What is to be sent.
pub(super) struct Parcel {
    pub words: [u32; 4],
    /// Address of the first page.
    pub page: u32,
    /// How many there are.
    pub count: u32,
    /// How they are to be mapped.
    pub perm: u32,
}

impl<M: Platform> Kernel<M> {
    /// What `sender` has to send in a call with such a wait, as its registers say.
    #[optimize(size)]
    #[inline(never)]
    pub(super) fn parcel(&mut self, sender: Slot, wait: Wait) -> Parcel {
        let regs = &self.tf(sender).regs;
        let [_, _, _, _, _, _, a2, a3, t0, t1, t2, t3, ..] = *regs;
        if wait.is_general() {
            Parcel {
                words: [t0, t1, t2, t3],
                page: regs[at::PAGE],
                count: regs[at::PAGES] >> PAGES_SHIFT,
                perm: regs[at::PAGES] & PERM_MASK,
            }
        } else {
            Parcel {
                words: [a2, a3, t0, t1],
                page: 0,
                count: 0,
                perm: 0,
            }
        }
    }

    /// Where pages go that come to `receiver`, which receives as `how` says. `-E_INVAL`: not below UTOP.
    #[optimize(size)]
    #[inline(never)]
    pub(super) fn window(&mut self, receiver: Slot, how: Wait) -> Result<Pages, Error> {
        let (va, room) = if how.is_for_word() {
            let dstva = self.view(receiver).env_ipc_dstva;
            (dstva, u32::from(dstva != 0))
        } else if how.is_general() {
            let regs = &self.tf(receiver).regs;
            (regs[at::WINDOW], regs[at::ROOM].min(PAGES_MAX))
        } else {
            (0, 0)
        };
        Pages::new(va, room)
    }

    /// Maps the pages of a parcel of `sender`, as many as there are room and memory for; or, without a receiver, looks whether
    /// they may be. Returns how many came, and with which permissions. `-E_INVAL`: one of them may not be mapped elsewhere, or
    /// they are too many. `-E_NO_MEM`, if all must come.
    #[inline(always)]
    pub(super) fn map_pages(
        &mut self,
        sender: Slot,
        parcel: &Parcel,
        receiver: Option<Slot>,
        all: bool,
    ) -> Result<u32, Error> {
        if parcel.count == 0 {
            return Ok(0);
        }
        self.map_some_pages(sender, parcel, receiver, all)
    }

    #[optimize(size)]
    #[inline(never)]
    fn map_some_pages(
        &mut self,
        sender: Slot,
        parcel: &Parcel,
        receiver: Option<Slot>,
        all: bool,
    ) -> Result<u32, Error> {
        let pages = Pages::new(parcel.page, parcel.count)?;
        let flags = user_flags(parcel.perm)?;
        let allowed = Allowed::with(flags);
        let from = self.envs.at(sender).directory;
        let room = match receiver {
            Some(receiver) => self.window(receiver, self.envs.at(receiver).wait).ok(),
            None => None,
        };
        let room = room.unwrap_or(Pages::NONE);
        // Those that come are looked at as they do.
        let count = pages.count.min(room.count);
        let others = pages.count.wrapping_sub(count);
        if others > 0 && !self.mem.all_are(allowed, from, pages.at(count), others) {
            return Err(Error::Inval);
        }
        let Some(receiver) = receiver else {
            return Ok(0);
        };
        self.has_other_pages(receiver);
        let mut n = 0;
        while n < count {
            let (va, to) = (pages.at(n), room.at(n));
            let space = self.space(receiver);
            let of_table = (ENTRIES as u32).wrapping_sub(ptx(va));
            let run = Run {
                from,
                va,
                directory: space.directory,
                to,
                count: count.wrapping_sub(n).min(of_table).min(left(to)),
                allowed,
                flags: flags.bits(),
            };
            let done = match self.mem.map_run(&run, space.asid) {
                0 => match self.mem.map_first(&run, space) {
                    Err(Error::NoMem) if !all => break,
                    mapped => mapped?,
                },
                done => done,
            };
            n = n.wrapping_add(done);
            // To map many takes long.
            if left(room.at(n)) == BREATH {
                self.breathe_amid(receiver);
            }
        }
        let came = n << PAGES_SHIFT | if n > 0 { parcel.perm } else { 0 };
        Ok(came)
    }

    /// Brings what `sender` may send to `receiver`, whose wait says how it is to receive, and ends that. `-E_NO_MEM`, if all
    /// pages must come and do not: nothing is sent.
    #[optimize(size)]
    #[inline(never)]
    pub(super) fn bring(
        &mut self,
        sender: Slot,
        parcel: &Parcel,
        receiver: Slot,
        all: bool,
    ) -> Result<(), Error> {
        let mut came = self.map_pages(sender, parcel, Some(receiver), all)?;
        let from = self.id(sender).0;
        let how = self.envs.at(receiver).wait;
        let [word, ..] = parcel.words;
        self.end_call(receiver, 0);
        if how == Wait::MESSAGE {
            let view = self.view(receiver);
            view.env_ipc_value = word;
            view.env_ipc_from = from;
            view.env_ipc_perm = came & PERM_MASK;
            return Ok(());
        }
        if how == Wait::CALL {
            came &= PERM_MASK;
        }
        let regs = &mut self.tf(receiver).regs;
        regs[at::SENDER] = from;
        regs[at::CAME] = came;
        if how == Wait::CALL {
            regs[reg::V1] = word;
        } else {
            [regs[reg::A2], regs[reg::A3], regs[at::T0], regs[at::T1]] = parcel.words;
        }
        Ok(())
    }
}
