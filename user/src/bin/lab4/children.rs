//! env_alloc, and what a parent may do for a child that does not run.

use libos::{EnvId, Error, Window, env, probe, view, window, yield_now};
use mos_abi::Sysno;
use mos_exam::{Name, saw, step};
use mos_user::check::Check;

use crate::memory::within;

/// A child without memory.
///
/// [`Error::BadEnv`]: what a system says is our child is ourselves.
pub fn bare() -> Result<EnvId, Error> {
    let child = EnvId(probe::call(Sysno::EnvAlloc, [0; 5])?);
    let is_we = child == EnvId::SELF || child == env::id();
    if is_we { Err(Error::BadEnv) } else { Ok(child) }
}

/// Ends a child, and never ourselves.
pub fn end(id: EnvId) -> Result<(), Error> {
    match id {
        EnvId::SELF => Err(Error::Unspecified),
        child => env::destroy(child),
    }
}

/// New children.
pub fn alloc(mut check: Check) -> Result<(), Error> {
    const MOST: usize = 6;
    step!(
        check,
        "a child is ours, has our priority, and takes one frame"
    );
    let me = env::id();
    let free = view::free_frames();
    let taken = || free.wrapping_sub(view::free_frames());
    let count = check.lots.from(2, MOST as u32) as usize;
    let mut children = [EnvId::SELF; MOST];
    let children = &mut children[..count];
    for child in &mut *children {
        *child = bare()?;
        let slot = env::slot_of(*child);
        let names = (Name(child.0), Name(slot.id().0), Name(slot.parent().0));
        saw!(
            check,
            "a child's id, that in its slot, and its parent's",
            names
        );
        let seen = (slot.status(), slot.priority());
        saw!(check, "its status and priority", seen);
    }
    saw!(check, "our own id", Name(me.0));
    saw!(check, "frames that children took", taken());

    step!(check, "it does not run before it is started");
    for _ in 0..check.lots.from(3, 9) {
        yield_now();
    }
    let turns = children.iter().map(|&child| env::slot_of(child).runs());
    saw!(
        check,
        "turns of children that were not started",
        turns.sum::<u32>()
    );
    check.lots.shuffle(children);
    for (n, &child) in (1..).zip(&*children) {
        let ends = (env::destroy(child), env::destroy(child));
        let seen = (n, ends, env::slot_of(child).status());
        saw!(
            check,
            "ending one after the other, each twice, and the status that its slot shows then",
            seen
        );
    }
    saw!(check, "frames that are not free again", taken());

    given(&mut check)
}

/// A child's pages, which are looked at through one of ours.
fn given(check: &mut Check) -> Result<(), Error> {
    let n = check.lots.from(0, 900) as usize;
    let (page, glass) = (Window::new(n), Window::new(n + 50));
    step!(check, "pages that a child is given are its own");
    // So that there is a page table.
    page.alloc(window::PRIVATE)?;
    page.unmap();
    let free = view::free_frames();
    let child = bare()?;
    let mut calls = [
        Sysno::MemAlloc,
        Sysno::MemAlloc,
        Sysno::MemMap,
        Sysno::MemCopy,
        Sysno::MemUnmap,
    ];
    check.lots.shuffle(&mut calls);
    for call in calls {
        page.alloc(window::PRIVATE)?;
        let at = check.lots.from(0, 1023) as usize;
        page.write(at, check.lots.any());
        let (from, to) = (within(page, &mut check.lots), within(page, &mut check.lots));
        let (id, flags) = (child.0, window::PRIVATE.bits());
        let arguments = match call {
            Sysno::MemAlloc => [id, to, flags, 0, 0],
            Sysno::MemMap => [0, from, id, to, flags],
            Sysno::MemCopy => [from, id, to, flags, 0],
            _ => [id, to, 0, 0, 0],
        };
        let result = probe::call(call, arguments);
        let (from, to) = (page.address(), glass.address());
        let look = [child.0, from, 0, to, window::PRIVATE.bits()];
        let look = probe::call(Sysno::MemMap, look);
        let theirs = glass.flags().map(|_| glass.read(at));
        saw!(
            check,
            "a call for a child, and what it returned",
            (call, result)
        );
        saw!(check, "mapping its page, and a word of it", (look, theirs));
        page.write(at, check.lots.any());
        let theirs = glass.flags().map(|_| glass.read(at));
        saw!(
            check,
            "the word after a store of ours, in our page and in its",
            (page.read(at), theirs)
        );
        glass.unmap();
    }
    page.unmap();
    saw!(check, "ending it", env::destroy(child));
    let taken = free.wrapping_sub(view::free_frames());
    saw!(check, "frames that are not free again", taken);
    Ok(())
}
