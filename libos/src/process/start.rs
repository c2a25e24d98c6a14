//! How a program is started: an environment, its memory page by page, its descriptors, its registers.

use mos_abi::layout::{PAGE_SIZE, USTACKTOP, page_down};
use mos_abi::trapframe::reg;
use mos_abi::{EnvId, EnvStatus, Error as Code, PteFlags, Trapframe};
use mos_load::{Plan, Refused, Source};

use super::block::Block;
use super::child::Child;
use super::names;
use super::record::{Record, SCRATCH};
use crate::fd::{self, Fd};
use crate::io::Error;
use crate::view::tables;
use crate::window::PRIVATE;
use crate::{Window, copy, env, syscall, view};

/// Pages of a program for which nobody looks first whether they are there.
const FEW: u32 = 512;

/// What a child gets besides its program.
pub(super) struct Gifts<'a> {
    /// What it is called.
    pub name: &'a str,
    /// The end of its stack.
    pub block: &'a Block,
    /// Descriptors: which of ours it has as which of its own.
    pub descriptors: &'a [(Fd, Fd)],
    /// Whether it has all pages that are shared with children of fork.
    pub shared: bool,
}

/// Starts the program whose file is `source`.
pub(super) fn start<S: Source<Error = Error>>(
    source: &mut S,
    gifts: &Gifts<'_>,
) -> Result<Child, Error> {
    let limit = page_down(gifts.block.sp());
    let plan = Plan::new(source, limit).map_err(|refused| match refused {
        Refused::NotExec => Code::NotExec.into(),
        Refused::Source(error) => error,
    })?;
    if plan.count() > FEW && plan.count() > view::free_frames() {
        return Err(Code::NoMem.into());
    }
    let record = Record::new()?;
    // SAFETY: it does not run before it has memory and registers of its own.
    let id = EnvId(unsafe { syscall::env_alloc() }?);
    let filled = fill(id, &plan, source, gifts, &record);
    SCRATCH.unmap();
    if let Err(error) = filled {
        // It cannot fail: it is our child, which nobody else can have ended.
        let _ = env::destroy(id);
        return Err(error);
    }
    Ok(Child::new(id, record))
}

fn fill<S: Source<Error = Error>>(
    child: EnvId,
    plan: &Plan,
    source: &mut S,
    gifts: &Gifts<'_>,
    record: &Record,
) -> Result<(), Error> {
    // exercise 6.5 begin
    for page in plan.pages() {
        let writable = if page.writable {
            PteFlags::R
        } else {
            PteFlags::empty()
        };
        give_page(child, page.va, PteFlags::V | writable, |bytes| {
            plan.fill(page.va, bytes, source)
        })?;
    }
    // exercise 6.5 end
    let (sp, block) = (gifts.block.sp(), gifts.block.bytes());
    for va in (page_down(sp)..USTACKTOP).step_by(PAGE_SIZE as usize) {
        give_page(child, va, PRIVATE, |bytes| {
            // exercise 6.6 begin
            // otherwise: let _ = bytes;
            // Of the first page the end, and all of the others.
            let (skipped, first) = (va.saturating_sub(sp), sp.saturating_sub(va));
            let bytes = &mut bytes[first as usize..];
            let len = bytes.len();
            bytes.copy_from_slice(&block[skipped as usize..][..len]);
            // exercise 6.6 end
            Ok(())
        })?;
    }
    if gifts.shared {
        share(child)?;
    }
    // exercise 6.7 begin
    // otherwise: let _ = fd::give;
    for &(ours, its) in gifts.descriptors {
        fd::give(ours, child, its)?;
    }
    // exercise 6.7 end
    names::give(child, gifts.name)?;
    record.give(child)?;
    set_going(child, plan.entry(), sp)
}

/// Maps a page in `child` with what `fill` puts into it.
fn give_page(
    child: EnvId,
    va: u32,
    flags: PteFlags,
    fill: impl FnOnce(&mut [u8; PAGE_SIZE as usize]) -> Result<(), Error>,
) -> Result<(), Error> {
    SCRATCH.alloc(PRIVATE)?;
    // SAFETY: the page is fresh, of zeros, and nobody else's until it is mapped below; nothing else here is in it.
    fill(unsafe { copy::bytes_of(SCRATCH) })?;
    SCRATCH.map_at(child, Window::at(va), flags)?;
    Ok(())
}

/// Maps in `child` all that a child of fork would share, but for descriptors.
fn share(child: EnvId) -> Result<(), Error> {
    // exercise 6.7 begin
    for (base, end) in tables().filter(|&(base, _)| !fd::has(base)) {
        for va in (base..end).step_by(PAGE_SIZE as usize) {
            let flags = view::page_flags(va).unwrap_or(PteFlags::empty());
            if flags.contains(PteFlags::LIBRARY) {
                let page = Window::at(va);
                page.map(child, flags & PteFlags::USER)?;
            }
        }
    }
    Ok(())
    // exercise 6.7 end
}

fn set_going(child: EnvId, entry: u32, sp: u32) -> Result<(), Error> {
    // exercise 6.5 begin
    // otherwise: let _ = (reg::SP, sp, entry);
    // otherwise: let tf = Trapframe::ZERO;
    let mut tf = Trapframe::ZERO;
    tf.regs[reg::SP] = sp;
    tf.pc = entry;
    // exercise 6.5 end
    // SAFETY: the kernel reads the registers; the child has memory of its own for them to mean something in.
    unsafe { syscall::set_trapframe(child.0, (&raw const tf).expose_provenance() as u32) }?;
    env::set_status(child, EnvStatus::Runnable)?;
    Ok(())
}
