//! A message on its way: words, and a run of pages.

use mos_abi::Error;
use mos_abi::layout::{PAGE_SHIFT, PAGE_SIZE, UTOP, page_down};
use mos_abi::message::{PAGES_MAX, PAGES_SHIFT, at};
use mos_abi::trapframe::reg;

use crate::env::{Platform, Wait};
use crate::kernel::Kernel;
use crate::slot::Slot;

/// Permissions, below the number of pages.
const PERM_MASK: u32 = PAGE_SIZE - 1;
/// Pages that are mapped between two looks at interrupts.
const BREATH: u32 = 8;

/// Pages of a program that follow one another.
#[derive(Clone, Copy)]
pub(super) struct Run {
    /// Address of the first one.
    pub va: u32,
    /// How many there are.
    pub pages: u32,
}

impl Run {
    /// `pages` of them from that of `va` on. `-E_INVAL`: they are too many, or do not all lie below UTOP.
    #[optimize(size)]
    #[inline(never)]
    fn new(va: u32, pages: u32) -> Result<Self, Error> {
        let va = page_down(va);
        let room = UTOP.saturating_sub(va) >> PAGE_SHIFT;
        if pages == 0 || pages <= PAGES_MAX.min(room) {
            Ok(Self { va, pages })
        } else {
            Err(Error::Inval)
        }
    }

    /// Address of page `n`.
    fn at(self, n: u32) -> u32 {
        self.va.wrapping_add(n << PAGE_SHIFT)
    }
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
    pub(super) fn window(&mut self, receiver: Slot, how: Wait) -> Result<Run, Error> {
        let (va, room) = if how.is_for_word() {
            let dstva = self.view(receiver).env_ipc_dstva;
            (dstva, u32::from(dstva != 0))
        } else if how.is_general() {
            let regs = &self.tf(receiver).regs;
            (regs[at::WINDOW], regs[at::ROOM].min(PAGES_MAX))
        } else {
            (0, 0)
        };
        Run::new(va, room)
    }

    /// Maps the pages of a parcel of `sender`, as many as there are room and memory for; or, without a receiver, looks whether
    /// they may be. Returns how many came, and with which permissions. `-E_INVAL`: one of them may not be mapped elsewhere, or
    /// they are too many. `-E_NO_MEM`, if all must come.
    #[optimize(size)]
    #[inline(never)]
    pub(super) fn map_pages(
        &mut self,
        sender: Slot,
        parcel: &Parcel,
        receiver: Option<Slot>,
        all: bool,
    ) -> Result<u32, Error> {
        let run = Run::new(parcel.page, parcel.count)?;
        let mut room = Run { va: 0, pages: 0 };
        let mut to = None;
        if let Some(receiver) = receiver
            && let Ok(window) = self.window(receiver, self.envs.at(receiver).wait)
        {
            room = window;
            self.has_other_pages(receiver);
            to = Some((receiver, self.space(receiver)));
        }
        let mut came = 0;
        for n in 0..run.pages {
            let (frame, flags) = self.shareable(sender, run.at(n), parcel.perm)?;
            let Some((receiver, space)) = to.filter(|_| n < room.pages) else {
                continue;
            };
            match self.mem.page_insert(space, frame, room.at(n), flags) {
                Err(error) if all => return Err(error),
                Err(_) => break,
                Ok(()) => came = n.wrapping_add(1) << PAGES_SHIFT | parcel.perm,
            }
            // To map many takes long.
            if n % BREATH == BREATH - 1 {
                self.breathe_amid(receiver);
                to = Some((receiver, self.space(receiver)));
            }
        }
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
