//! sfork: what each keeps for itself.

use libos::exception::{Exception, Exceptions, Next, set_exception_handler};
use libos::probe::{Misdeed, commit};
use libos::{
    Error, Fault, Fork, Window, env, fork, ipc_recv, ipc_send, probe, set_pgfault_handler, sfork,
};
use libos::{window, yield_now};
use mos_abi::Sysno;
use mos_exam::{Name, saw, step};
use mos_user::check::{Check, until, until_it_ends};

/// Shared by everybody: which handlers were called, and that we have come to some moment.
const NOTES: Window = Window::new(1000);
/// Read-only, until a handler puts another page there.
const PAGE: Window = Window::new(1001);

/// Where in [`NOTES`] each has its own.
const PARENT: usize = 0;
const CHILD: usize = 1;
const MOMENT: usize = 2;

/// Id, handler, exception stack, messages.
pub fn own(mut check: Check) -> Result<(), Error> {
    NOTES.alloc(window::SHARED)?;
    PAGE.alloc(window::PRIVATE)?;
    let at = check.lots.from(0, 500) as usize;
    let [asked, answered, ours, theirs] = [(); 4].map(|()| check.lots.any());
    set_pgfault_handler(of_the_parent)?;
    let me = env::id();
    match sfork()? {
        Fork::Child => {
            set_pgfault_handler(of_the_child)?;
            step!(check, "the child knows itself");
            saw!(
                check,
                "the id, what the kernel says, the parent, and who it was",
                ids(me)?
            );
            let question = ipc_recv()?;
            saw!(check, "the message it got", question.value);
            ipc_send(me, question.value ^ answered)?;
            PAGE.map(env::id(), window::READ_ONLY)?;
            until(|| NOTES.read(MOMENT) != 0);
            PAGE.write(at, theirs);
            step!(check, "its faults are its own");
            saw!(
                check,
                "calls of the parent's handler and of the child's",
                calls(CHILD)
            );
            saw!(check, "what it stored", PAGE.read(at));
        }
        Fork::Parent(child) => {
            ipc_send(child, asked)?;
            let answer = ipc_recv()?;
            step!(
                check,
                "the parent knows itself, after the child has done so"
            );
            saw!(
                check,
                "the id, what the kernel says, the parent, and who it was",
                ids(me)?
            );
            saw!(check, "the message it got", answer.value);
            PAGE.map(env::id(), window::READ_ONLY)?;
            NOTES.write(MOMENT, 1);
            PAGE.write(at + 500, ours);
            until_it_ends(child);
            step!(check, "the parent's faults are its own, too");
            saw!(
                check,
                "calls of the parent's handler and of the child's",
                calls(PARENT)
            );
            saw!(check, "what it stored", PAGE.read(at + 500));
            exceptions(check)?;
        }
    }
    Ok(())
}

/// Where each handler counts, from the first word on: for the parent, its child, and the child's child.
const TOLD: usize = 20;

/// Each has its own handler of exceptions, though both stand in memory that all share.
fn exceptions(mut check: Check) -> Result<(), Error> {
    let deeds = [(); 3].map(|()| check.lots.from(1, 9));
    set_exception_handler(Exceptions::BREAKPOINT, count_for::<0>)?;
    match sfork()? {
        Fork::Child => {
            set_exception_handler(Exceptions::BREAKPOINT, count_for::<3>)?;
            NOTES.write(MOMENT, 2);
            until(|| NOTES.read(MOMENT) == 3);
            (0..deeds[1]).for_each(|_| commit(Misdeed::Break));
            if let Fork::Parent(child) = fork()? {
                until_it_ends(child);
            } else {
                (0..deeds[2]).for_each(|_| commit(Misdeed::Break));
            }
            env::exit()
        }
        Fork::Parent(child) => {
            until(|| NOTES.read(MOMENT) == 2);
            (0..deeds[0]).for_each(|_| commit(Misdeed::Break));
            NOTES.write(MOMENT, 3);
            until_it_ends(child);
            step!(
                check,
                "so are exceptions that either handles, and a child of fork has its parent's handler"
            );
            saw!(
                check,
                "exceptions that the parent's handler was told of, and the child's: in the parent, in its child, in the child's child",
                core::array::from_fn::<_, 6, _>(|n| NOTES.read(TOLD + n))
            );
        }
    }
    Ok(())
}

/// Counts in which environment it was called, by how many ancestors that has.
fn count_for<const FIRST: usize>(_: &Exception) -> Next {
    let parent = |id| env::slot_of(id).parent();
    let ancestors = core::iter::successors(Some(parent(env::id())), |&id| Some(parent(id)));
    let place = TOLD + FIRST + ancestors.take_while(|id| id.0 != 0).count();
    NOTES.write(place, NOTES.read(place) + 1);
    Next::Skip
}

fn ids(me: libos::EnvId) -> Result<[Name; 4], Error> {
    let known = probe::call(Sysno::Getenvid, [0; 5])?;
    let parent = env::slot_of(env::id()).parent();
    Ok([env::id().0, known, parent.0, me.0].map(Name))
}

fn of_the_parent(fault: Fault) {
    note(PARENT, fault);
}

fn of_the_child(fault: Fault) {
    note(CHILD, fault);
}

/// Notes who was called by whom; meanwhile the other one has a fault of its own.
fn note(handler: usize, fault: Fault) {
    let who = usize::from(env::slot_of(env::id()).parent().0 != 0);
    for _ in 0..20 {
        yield_now();
    }
    let place = 10 + who * 2 + handler;
    NOTES.write(place, NOTES.read(place) + 1);
    if Window::containing(fault.va) == Some(PAGE) && PAGE.alloc(window::PRIVATE).is_err() {
        env::exit();
    }
}

/// How often each handler was called in this environment.
fn calls(who: usize) -> [u32; 2] {
    [PARENT, CHILD].map(|handler| NOTES.read(10 + who * 2 + handler))
}
