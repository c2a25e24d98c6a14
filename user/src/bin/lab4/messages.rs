//! Messages. Two programs: the first says something, the second hears it.

use libos::{EnvId, Error, PteFlags, env, ipc_recv, probe};
use mos_abi::Sysno;
use mos_exam::{Name, saw, step};
use mos_user::check::{Check, started, until_it_waits};

/// Without a page.
pub const NONE: PteFlags = PteFlags::empty();

/// Whether we are the first program.
pub fn is_first() -> bool {
    env::id() == started(0)
}

/// Sends a message to whoever it may be, with whatever page.
pub fn send(to: EnvId, value: u32, srcva: u32, perm: PteFlags) -> Result<u32, Error> {
    probe::call(Sysno::IpcCanSend, [to.0, value, srcva, perm.bits(), 0])
}

/// The id of nobody.
pub fn nobody(check: &mut Check) -> EnvId {
    let [generation, slot] = [check.lots.any(), check.lots.from(3, 1023)];
    EnvId::new(generation, slot as usize)
}

/// The id of a later owner of the slot of `id`, of which there is none yet.
pub fn later(check: &mut Check, id: EnvId) -> EnvId {
    EnvId(id.0 ^ 1 << check.lots.from(11, 30))
}

/// Values, one after the other.
pub fn words(mut check: Check) -> Result<(), Error> {
    let rounds = check.lots.from(3, 6);
    if is_first() {
        say_words(&mut check, rounds);
    } else {
        hear_words(&mut check, rounds + 1);
    }
    Ok(())
}

/// Our id and that of the other program, to compare others with.
pub fn names() -> [Name; 2] {
    let other = started(usize::from(is_first()));
    [Name(env::id().0), Name(other.0)]
}

/// Each message is answered before the next: until then, the first does not wait for anything.
fn hear_words(check: &mut Check, rounds: u32) {
    step!(check, "the receiver gets value and sender");
    saw!(check, "our id, and the sender's", names());
    let mut answer = 0_u32;
    for _ in 0..rounds {
        let result = probe::call(Sysno::IpcRecv, [0; 5]);
        let slot = env::slot_of(env::id());
        let value = slot.ipc_value();
        let seen = (result, value, Name(slot.ipc_from()), slot.ipc_perm());
        saw!(
            check,
            "what ipc_recv returns, and value, sender and permissions after it",
            seen
        );
        answer = answer.rotate_left(3) ^ value;
        until_it_waits(started(0));
        // The last message is not answered.
        let _ = send(started(0), answer, 0, NONE);
    }
}

fn say_words(check: &mut Check, rounds: u32) {
    let second = started(1);
    let slot = env::slot_of(second);
    step!(
        check,
        "a message makes its receiver runnable, and comes once"
    );
    saw!(check, "our id, and the receiver's", names());
    for round in 0..rounds {
        until_it_waits(second);
        step!(check, "the table shows who waits for a message");
        // Before the first message, anything may stand there.
        let last = (round > 0).then(|| slot.ipc_value());
        saw!(
            check,
            "the receiver's status, whether it receives, and the value it got last",
            (slot.status(), slot.ipc_recving(), last)
        );
        step!(
            check,
            "a message makes its receiver runnable, and comes once"
        );
        let sent = send(second, check.lots.any(), 0, NONE);
        let seen = (slot.status(), slot.ipc_recving(), slot.ipc_value());
        saw!(check, "what ipc_can_send returns to the sender", sent);
        saw!(
            check,
            "the receiver's status then, whether it receives, and its value",
            seen
        );
        for _ in 0..check.lots.from(1, 2) {
            let again = send(second, check.lots.any(), 0, NONE);
            saw!(
                check,
                "what the sender of another one gets, and the receiver's value",
                (again, slot.ipc_value())
            );
        }
        if sent.is_ok() {
            let answer = ipc_recv().map(|answer| (answer.value, Name(answer.from.0)));
            saw!(
                check,
                "what the receiver made of all values so far, and its id",
                answer
            );
        }
    }
    until_it_waits(second);
    step!(check, "what cannot be delivered is an error of the sender");
    let first = started(0);
    let mut ids = [
        second,
        first,
        EnvId::SELF,
        nobody(check),
        later(check, first),
        later(check, second),
    ];
    check.lots.shuffle(&mut ids);
    for id in ids {
        let sent = send(id, check.lots.any(), 0, NONE);
        saw!(
            check,
            "an id, and what ipc_can_send to it returns",
            (id.0, sent)
        );
    }
}
