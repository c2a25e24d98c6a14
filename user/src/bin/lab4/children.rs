//! env_alloc, set_env_status, set_trapframe, env_destroy.

use libos::{EnvId, EnvStatus, Error, Window, env, layout, probe, view, window, yield_now};
use mos_abi::{NENV, Sysno};
use mos_user::check::{Check, started, until_it_waits};

/// Where parent and child leave words for each other.
const SHARED: Window = Window::new(1000);
const SCRATCH: Window = Window::new(1001);

fn shared() -> Result<(), Error> {
    SHARED.alloc(window::SHARED)
}

/// A new child.
pub fn alloc(mut check: Check) -> Result<(), Error> {
    shared()?;
    let me = env::id();
    let free = view::free_frames();
    let child = EnvId(probe::call(Sysno::EnvAlloc, [0; 5])?);
    let slot = env::slot_of(child);
    check.holds("the id is another than ours", child != me && child.0 != 0);
    check.same("id in its slot", slot.id(), child);
    check.same("parent", slot.parent(), me);
    check.same("status", slot.status(), EnvStatus::NotRunnable);
    check.same("priority", slot.priority(), env::slot_of(me).priority());
    check.same("frames taken", free - view::free_frames(), 1);
    check.ok("a child is ours, has our priority, and takes one frame");

    for _ in 0..check.lots.from(3, 9) {
        yield_now();
    }
    check.same("turns of a child that was not started", slot.runs(), 0);
    check.same("ending it", env::destroy(child), Ok(()));
    check.same("free frames", view::free_frames(), free);
    check.ok("it does not run before it is started");

    let secret = check.lots.any();
    SHARED.write(1, secret);
    let child = probe::twin()?;
    if child == EnvId::SELF {
        // The registers are those of the parent: what is in them is known here too.
        check.same("the secret", SHARED.read(1), secret);
        check.holds("the child's own id", env::id() != me);
        check.ok("the child goes on behind the call with 0 and its parent's registers");
        env::exit();
    }
    check.holds("what the parent got", env::slot_of(child).is(child));
    env::set_status(child, EnvStatus::Runnable)?;
    env::wait(child);
    check.ok("the parent got the child's id");
    Ok(())
}

/// All slots, and those that are used again.
pub fn slots(mut check: Check) -> Result<(), Error> {
    let free = view::free_frames();
    let new = || probe::call(Sysno::EnvAlloc, [0; 5]);
    let mut count = 0;
    while new().is_ok() {
        count += 1;
    }
    check.same("children", count, NENV - 1);
    check.same("one more", new(), Err(Error::NoFreeEnv));
    check.ok("there are 1024 environments and not one more");

    for round in 0..check.lots.from(4, 8) {
        let n = check.lots.from(1, NENV as u32 - 1) as usize;
        let old = env::slot(n).id();
        let handler = [
            old.0,
            layout::UTEXT,
            layout::UXSTACKTOP - 4096 * round,
            0,
            0,
        ];
        check.same(
            "a handler",
            probe::call(Sysno::SetPgfaultHandler, handler),
            Ok(0),
        );
        check.same("ending it", env::destroy(old), Ok(()));
        check.same("its slot", env::slot(n).status(), EnvStatus::Free);
        check.same("ending it again", env::destroy(old), Err(Error::BadEnv));
        let id = EnvId(new()?);
        check.same("the next one's slot", id.index(), n);
        check.holds("has another id", id != old);
        check.same("its status", env::slot(n).status(), EnvStatus::NotRunnable);
        check.same("its turns", env::slot(n).runs(), 0);
        check.same("its handler", env::slot(n).handler(), 0);
        check.same("whether it waits", env::slot(n).ipc_recving(), 0);
        check.same(
            "the old id",
            env::set_status(old, EnvStatus::Runnable),
            Err(Error::BadEnv),
        );
    }
    check.ok("a slot's next owner has another id and nothing of the last one");

    for n in 1..NENV {
        env::destroy(env::slot(n).id())?;
    }
    check.holds(
        "all frames are free again",
        view::free_frames() + 40 >= free,
    );
    check.ok("all of them can be ended");
    Ok(())
}

/// Counts in the shared page for ever.
fn counts(_: u32) {
    loop {
        SHARED.write(0, SHARED.read(0).wrapping_add(1));
        yield_now();
    }
}

fn turns(n: u32) {
    for _ in 0..n {
        yield_now();
    }
}

/// Starting, stopping, ending.
pub fn status(mut check: Check) -> Result<(), Error> {
    shared()?;
    let child = probe::child(counts, 0)?;
    turns(3);
    check.same("counted before it was started", SHARED.read(0), 0);
    check.same(
        "starting it",
        env::set_status(child, EnvStatus::Runnable),
        Ok(()),
    );
    check.same(
        "starting it again",
        env::set_status(child, EnvStatus::Runnable),
        Ok(()),
    );
    check.same("status", env::slot_of(child).status(), EnvStatus::Runnable);
    turns(5);
    check.holds("it counts", SHARED.read(0) >= 4);
    check.ok("a child that is made runnable runs");

    for _ in 0..check.lots.from(2, 5) {
        check.same(
            "stopping it",
            env::set_status(child, EnvStatus::NotRunnable),
            Ok(()),
        );
        let count = SHARED.read(0);
        turns(check.lots.from(3, 6));
        check.same("counted while stopped", SHARED.read(0), count);
        check.same(
            "stopping it again",
            env::set_status(child, EnvStatus::NotRunnable),
            Ok(()),
        );
        env::set_status(child, EnvStatus::Runnable)?;
        turns(3);
        check.holds("it counts again", SHARED.read(0) > count);
    }
    check.ok("one that is stopped does not, and can go on");

    for status in [3, 4, 0xffff_ffff, 0x100 + check.lots.from(0, 2)] {
        let answer = probe::call(Sysno::SetEnvStatus, [child.0, status, 0, 0, 0]);
        check.same("a status that there is not", answer, Err(Error::Inval));
    }
    check.same(
        "the child",
        env::slot_of(child).status(),
        EnvStatus::Runnable,
    );
    check.ok("any other status is refused");

    check.same("status 0", env::set_status(child, EnvStatus::Free), Ok(()));
    check.same("the child lives", env::slot_of(child).is(child), false);
    let waits = probe::child(waits, 0)?;
    env::set_status(waits, EnvStatus::Runnable)?;
    until_it_waits(waits);
    check.same("one that waits", env::slot_of(waits).ipc_recving(), 1);
    env::set_status(waits, EnvStatus::Runnable)?;
    check.same("it waits no more", env::slot_of(waits).ipc_recving(), 0);
    env::wait(waits);
    check.same(
        "what its wait returned",
        SHARED.read(2),
        Error::Unspecified as u32,
    );
    let ended = probe::child(self::waits, 0)?;
    env::set_status(ended, EnvStatus::Runnable)?;
    until_it_waits(ended);
    env::destroy(ended)?;
    let slot = env::slot_of(ended);
    check.same("whether one that has ended waits", slot.ipc_recving(), 0);
    check.ok("status 0 ends it, and a wait that is broken off fails");
    Ok(())
}

fn waits(_: u32) {
    let code = libos::ipc_recv().map_or_else(|error| error as u32, |_| 0);
    SHARED.write(2, code);
}

/// Registers from memory.
pub fn trapframe(mut check: Check) -> Result<(), Error> {
    shared()?;
    let argument = check.lots.any();
    let child = probe::child(|argument| SHARED.write(3, argument), argument)?;
    env::set_status(child, EnvStatus::Runnable)?;
    env::wait(child);
    check.same("what the child left", SHARED.read(3), argument);
    check.ok("a child starts where its trapframe says, with these registers");

    SCRATCH.alloc(window::PRIVATE)?;
    let child = probe::child(|_| SHARED.write(4, 1), 0)?;
    for (pc, sp) in [
        (layout::UTOP, layout::USTACKTOP),
        (0x8000_0000, layout::USTACKTOP),
        (layout::UTEXT, layout::UTOP),
        (layout::UTEXT, 0xffff_fff0),
    ] {
        let answer = probe::set_registers(child, SCRATCH, pc, sp, 0);
        check.same("pc or sp above UTOP", answer, Err(Error::Inval));
    }
    env::set_status(child, EnvStatus::Runnable)?;
    env::wait(child);
    check.same("the child ran with its old registers", SHARED.read(4), 1);
    check.ok("pc and sp must be below UTOP");
    Ok(())
}

/// Ending others and oneself.
pub fn destroy(mut check: Check) -> Result<(), Error> {
    shared()?;
    let free = view::free_frames();
    for _ in 0..check.lots.from(4, 9) {
        let children = [0, 1, 2].map(|_| probe::child(counts, 0));
        for child in children {
            env::set_status(child?, EnvStatus::Runnable)?;
        }
        turns(2);
        let mut order = [0, 1, 2];
        check.lots.shuffle(&mut order);
        for n in order {
            let child = children[n]?;
            check.same("ending it", env::destroy(child), Ok(()));
            check.same("its slot", env::slot_of(child).status(), EnvStatus::Free);
            check.same("ending it again", env::destroy(child), Err(Error::BadEnv));
        }
    }
    check.same("free frames", view::free_frames(), free);
    check.ok("a child's end gives back every frame");

    let child = probe::child(|_| env::exit(), 0)?;
    env::set_status(child, EnvStatus::Runnable)?;
    env::wait(child);
    check.same("free frames", view::free_frames(), free);
    check.ok("one that ends itself does too");

    let grandparent = env::id();
    SHARED.write(5, 0);
    let child = probe::child(ends_its_grandparent, grandparent.0)?;
    env::set_status(child, EnvStatus::Runnable)?;
    env::wait(child);
    check.same("ending its parent", SHARED.read(5), Error::BadEnv as u32);
    check.same("we are", env::slot(0).id(), started(0));
    check.ok("nobody ends his parent");
    Ok(())
}

fn ends_its_grandparent(id: u32) {
    let answer = env::destroy(EnvId(id));
    SHARED.write(5, answer.map_or_else(|error| error as u32, |()| 0));
}
