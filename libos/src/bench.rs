//! What the benchmark programs are made of: marks, and calls that do nothing besides their system call.
//!
//! `make bench` counts the instructions between two marks: see [`mos_abi::bench`].

use core::arch::{asm, global_asm};
use core::mem::offset_of;

use mos_abi::layout::{PAGE_SIZE, USTACKTOP, UTOP, UXSTACKTOP};
use mos_abi::{EnvId, Error, PteFlags, Trapframe};

use crate::fork::quick_fork;
use crate::{Fork, Window, env, fork, syscall, upcall, view, window, yield_now};

pub use mos_abi::bench::{Mark, Op};

global_asm!(
    include_str!("asm/bench.S"),
    BEGIN_IN = const Mark::Begin(Op::FaultIn).number(),
    END_IN = const Mark::End(Op::FaultIn).number(),
    BEGIN_ROUND = const Mark::Begin(Op::FaultRound).number(),
    END_ROUND = const Mark::End(Op::FaultRound).number(),
    TF_EPC = const offset_of!(Trapframe, cp0_epc),
);

unsafe extern "C" {
    /// Stores to `va` between marks; [`bench_handler`] must be installed.
    fn bench_fault(va: u32);
    /// Entered by the kernel only: expects a trapframe at sp.
    fn bench_handler();
}

/// Puts a [`Mark`] here.
#[macro_export]
macro_rules! mark {
    ($mark:expr) => {
        $crate::bench::marker::<{ $mark.number() }>()
    };
}

/// Evaluates an expression between the marks that begin and end an [`Op`].
#[macro_export]
macro_rules! measure {
    ($op:expr, $expression:expr) => {{
        $crate::mark!($crate::bench::Mark::Begin($op));
        let result = $expression;
        $crate::mark!($crate::bench::Mark::End($op));
        result
    }};
}

/// The mark with number `N`; [`mark!`](crate::mark) is how to write it.
#[inline(always)]
pub fn marker<const N: u16>() {
    // SAFETY: changes no register. Loads and stores stay on their side of it.
    unsafe { asm!("lui $0, {}", const N, options(nostack, preserves_flags)) }
}

/// Asks the kernel who we are.
#[inline(always)]
pub fn getenvid() {
    // SAFETY: touches no memory. It cannot fail.
    let _ = unsafe { syscall::getenvid() };
}

/// Waits for a message without looking at it; a page that comes along goes to `window`.
#[inline(always)]
pub fn receive(window: Option<Window>) -> Result<(), Error> {
    // SAFETY: a page is mapped in a window at most, where there is no Rust object.
    unsafe { syscall::ipc_recv(window.map_or(0, Window::address)) }.map(drop)
}

/// Maps the page of `from` in `to` as well.
#[inline(always)]
pub fn share(from: Window, to: Window) -> Result<(), Error> {
    let (id, flags) = (EnvId::SELF.0, window::PRIVATE.bits());
    // SAFETY: there is no Rust object in a window.
    unsafe { syscall::mem_map(id, from.address(), id, to.address(), flags) }.map(drop)
}

/// Makes a child without memory, which is not to run.
#[inline(always)]
pub fn empty_child() -> Result<EnvId, Error> {
    // SAFETY: our own memory stays as it is.
    unsafe { syscall::env_alloc() }.map(EnvId)
}

/// Gives the child `id` a page in `window`.
pub fn alloc_in(id: EnvId, window: Window) -> Result<(), Error> {
    // SAFETY: the memory of another environment.
    unsafe { syscall::mem_alloc(id.0, window.address(), window::PRIVATE.bits()) }.map(drop)
}

/// Has the kernel look at all that we share with the child `id` once more.
pub fn share_again(id: EnvId) -> Result<(), Error> {
    let mut done = 0;
    while done < USTACKTOP {
        // SAFETY: the child has all that can be shared already, so nothing changes.
        done = unsafe { syscall::mem_share(id.0, done, USTACKTOP) }?;
    }
    Ok(())
}

/// Reads the largest range of device registers of any board to the windows from `window` on. Where the board has
/// another one, or we have no device rights, nothing happens.
pub fn read_devices(window: Window) {
    const DISK: [u32; 2] = [0x1300_0000, 0x4200];
    // SAFETY: there is no Rust object in a window.
    let _ = unsafe { syscall::read_dev(window.address(), DISK[0], DISK[1]) };
}

/// Stores a word at `va`, which must be where no program can have memory.
pub fn store(va: u32) {
    assert!(va >= UTOP, "somebody's memory");
    // SAFETY: it ends the program.
    unsafe { core::ptr::with_exposed_provenance_mut::<u32>(va as usize).write_volatile(0) }
}

/// How many pages of this environment [`fork`](crate::fork()) gives to a child.
pub fn pages() -> usize {
    let pages = view::tables().flat_map(|(base, end)| (base..end).step_by(PAGE_SIZE as usize));
    pages.filter(|&va| view::page_flags(va).is_some()).count()
}

/// Measures [`Op::Fork`] and [`Op::QuickFork`], as before a first one: the pages in the first `windows` windows,
/// which must be private, and all others are not shared with any child.
pub fn forks(windows: usize, times: usize) -> Result<(), Error> {
    let unshare = || (0..windows).for_each(|n| Window::new(n).write(0, 0));
    for _ in 0..times {
        unshare();
        end_child(measure!(Op::Fork, fork()?))?;
    }
    for _ in 0..times {
        unshare();
        end_child(measure!(Op::QuickFork, quick_fork()?))?;
    }
    Ok(())
}

fn end_child(fork: Fork) -> Result<(), Error> {
    match fork {
        Fork::Child => env::exit(),
        Fork::Parent(child) => env::destroy(child),
    }
}

/// Measures [`Op::Switch`] between this environment and a child: a yield begins in the one and ends in
/// the other.
pub fn switches(times: usize) -> Result<(), Error> {
    match fork()? {
        Fork::Child => loop {
            measure!(Op::Switch, yield_now());
        },
        Fork::Parent(child) => {
            for _ in 0..times {
                measure!(Op::Switch, yield_now());
            }
            env::destroy(child)
        }
    }
}

/// Stores to the read-only page in `window`, `times` times, with a handler that only skips the store.
///
/// Until then copy-on-write pages are not copied: not to be called by a parent or a child.
pub fn faults(window: Window, times: usize) -> Result<(), Error> {
    let stack = UXSTACKTOP - PAGE_SIZE;
    let perm = PteFlags::V | PteFlags::R;
    let entry = bench_handler as *const () as u32;
    // SAFETY: no handler is running, so the exception stack is empty, and the entry expects just what the
    // kernel puts there. The store does not take place.
    unsafe {
        syscall::mem_alloc(EnvId::SELF.0, stack, perm.bits())?;
        syscall::set_pgfault_handler(EnvId::SELF.0, entry, UXSTACKTOP)?;
        for _ in 0..times {
            bench_fault(window.address());
        }
    }
    upcall::install(EnvId::SELF)
}
