//! Several calls in one trap.

use libos::batch::Stopped;
use libos::{
    Batch, EnvId, Error, Fork, PteFlags, Window, batch_fork, env, probe, snapshot, window,
};
use mos_abi::{Sysno, pte};
use mos_exam::{saw, step};
use mos_user::check::{Check, until_it_ends};

/// Shared by everybody.
const NOTES: Window = Window::new(1000);
/// Calls are about windows from this one on.
const FIRST: usize = 900;
const WINDOWS: usize = 4;

fn page(n: usize) -> Window {
    Window::new(FIRST + n)
}

/// What is mapped in the windows, and the first word of each.
fn contents() -> [Option<(PteFlags, u32)>; WINDOWS] {
    core::array::from_fn(|n| page(n).flags().map(|flags| (flags, page(n).read(0))))
}

/// How a child has the windows.
fn of_child(child: EnvId) -> [Option<PteFlags>; WINDOWS] {
    core::array::from_fn(|n| {
        let mut all = snapshot::mappings(child);
        let mapped = all.find(|&(va, _)| va == page(n).address());
        mapped.map(|(_, entry)| pte::flags(entry))
    })
}

/// Calls drawn by lot, and one among them that fails.
pub fn calls(mut check: Check) -> Result<(), Error> {
    let child = probe::child(|_| {}, 0)?;
    for n in 0..WINDOWS {
        page(n).alloc(window::PRIVATE)?;
        page(n).write(0, check.lots.any());
    }
    step!(check, "all are made, in their order");
    for _ in 0..3 {
        let mut calls = [(Sysno::Getenvid, [0; 5]); 12];
        let count = check.lots.from(3, 12) as usize;
        for call in &mut calls[..count] {
            *call = draw(&mut check, child);
        }
        let mut batch = Batch::<12>::new();
        let me = batch.getenvid();
        let made = batch.make();
        saw!(
            check,
            "how several calls ended",
            (probe::batch(&calls[..count]), made)
        );
        saw!(
            check,
            "whether one knew its caller",
            batch.result(me) == env::id().0
        );
        saw!(check, "what is in the windows", contents());
        saw!(check, "how the child has them", of_child(child));
    }
    step!(check, "the first that fails is the last");
    for _ in 0..6 {
        let mut calls = [(Sysno::MemAlloc, [0; 5]); 8];
        for (n, call) in calls.iter_mut().enumerate() {
            let at = page(n % WINDOWS).address();
            *call = (Sysno::MemAlloc, [0, at, window::PRIVATE.bits(), 0, 0]);
        }
        let place = check.lots.from(0, 7) as usize;
        calls[place] = match check.lots.from(0, 3) {
            0 => (Sysno::MemAlloc, [0x7ff, page(0).address(), 0x600, 0, 0]),
            1 => (Sysno::MemUnmap, [0, 0x8000_0000, 0, 0, 0]),
            2 => (Sysno::MemCopy, [0, child.0, page(0).address(), 0x600, 0]),
            _ => (
                Sysno::MemMap,
                [0, page(0).address(), child.0, page(1).address(), 0x400],
            ),
        };
        for n in 0..WINDOWS {
            page(n).write(0, n as u32 + 1);
        }
        saw!(
            check,
            "where it failed, and how",
            stopped(probe::batch(&calls))
        );
        saw!(check, "what is in the windows", contents());
    }
    env::destroy(child)
}

/// A call that succeeds.
fn draw(check: &mut Check, child: EnvId) -> (Sysno, [u32; 5]) {
    let [from, to] =
        [(); 2].map(|()| page(check.lots.from(0, WINDOWS as u32 - 1) as usize).address());
    let private = window::PRIVATE.bits();
    match check.lots.from(0, 4) {
        0 => (Sysno::MemAlloc, [0, to, private, 0, 0]),
        1 => (Sysno::MemCopy, [from, child.0, to, private, 0]),
        2 => (
            Sysno::MemMap,
            [0, from, child.0, to, window::READ_ONLY.bits()],
        ),
        3 => (Sysno::MemUnmap, [child.0, to, 0, 0, 0]),
        _ => (Sysno::Getenvid, [0; 5]),
    }
}

fn stopped(result: Result<(), Stopped>) -> Option<(usize, Error)> {
    result.err().map(|stopped| (stopped.at, stopped.error))
}

/// Calls that may not be among several, and arrays that are nowhere.
pub fn hostile(mut check: Check) -> Result<(), Error> {
    step!(
        check,
        "what waits, ends, switches or is a batch itself is refused"
    );
    let mut refused = [
        Sysno::Putchar,
        Sysno::Yield,
        Sysno::EnvDestroy,
        Sysno::EnvAlloc,
        Sysno::SetEnvStatus,
        Sysno::Panic,
        Sysno::IpcCanSend,
        Sysno::IpcRecv,
        Sysno::Cgetc,
        Sysno::IpcCall,
        Sysno::Puts,
        Sysno::MsgCall,
        Sysno::MsgReplyWait,
        Sysno::Msg,
        Sysno::NextMapping,
        Sysno::Batch,
        Sysno::CgetcNow,
        Sysno::GetHandlers,
    ];
    check.lots.shuffle(&mut refused);
    for call in refused {
        let before = check.lots.from(0, 3) as usize;
        let mut calls = [(Sysno::Getenvid, [0; 5]); 5];
        calls[before] = (call, [0; 5]);
        saw!(
            check,
            "a call, and where and how several with it ended",
            (call.name(), stopped(probe::batch(&calls)))
        );
    }
    step!(check, "an array that is nowhere is refused");
    page(0).alloc(window::PRIVATE)?;
    let end = page(1).address();
    let mut places = [
        0,
        4,
        0x7f40_0000,
        0x8000_0000,
        u32::MAX - 3,
        end,
        end + 1,
        end + 2,
    ];
    check.lots.shuffle(&mut places);
    for at in places {
        let count = check.lots.any() | 1;
        let result = probe::call(Sysno::Batch, [at, count, 0, 0, 0]);
        saw!(
            check,
            "a place, a count, and the result",
            (at, count, result)
        );
    }
    Ok(())
}

/// fork by several calls in one.
pub fn forks(mut check: Check) -> Result<(), Error> {
    NOTES.alloc(window::SHARED)?;
    let pages = check.lots.from(20, 60) as usize;
    for n in 0..pages {
        page(n).alloc(window::PRIVATE)?;
        page(n).write(n, check.lots.any());
    }
    let sum = || (0..pages).fold(0, |sum: u32, n| sum.rotate_left(3) ^ page(n).read(n));
    let [ours, theirs] = [(); 2].map(|()| check.lots.any());
    match batch_fork()? {
        Fork::Child => {
            step!(check, "the child has what its parent had");
            saw!(check, "pages, and a word of each, made one", (pages, sum()));
            for n in 0..pages {
                page(n).write(n, theirs ^ n as u32);
            }
            NOTES.write(0, sum());
        }
        Fork::Parent(child) => {
            page(0).write(0, ours);
            let before = sum();
            until_it_ends(child);
            step!(
                check,
                "what the child writes is its own, but where it is shared"
            );
            saw!(
                check,
                "a word of each page, made one, and what the child made of its own",
                (sum(), NOTES.read(0))
            );
            saw!(check, "whether ours are as before", before == sum());
        }
    }
    Ok(())
}
