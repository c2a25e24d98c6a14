//! Messages. Two programs: the first asks, the second answers.

use libos::{EnvId, EnvStatus, Error, PteFlags, env, ipc_recv, layout, probe, yield_now};
use mos_abi::Sysno;
use mos_user::check::{Check, started, until_it_waits};

pub const NONE: PteFlags = PteFlags::empty();

pub fn is_first() -> bool {
    env::id() == started(0)
}

pub fn send(to: EnvId, value: u32, srcva: u32, perm: PteFlags) -> Result<u32, Error> {
    probe::call(Sysno::IpcCanSend, [to.0, value, srcva, perm.bits(), 0])
}

/// Values, one after the other.
pub fn words(mut check: Check) -> Result<(), Error> {
    let rounds = check.lots.from(5, 20);
    let (first, second) = (started(0), started(1));
    if !is_first() {
        for _ in 0..rounds {
            let right = check.lots.any();
            let message = ipc_recv()?;
            check.same("the value", message.value, right);
            check.same("its sender", message.from, first);
            check.same(
                "permissions of the page that did not come",
                message.perm,
                NONE,
            );
        }
        check.ok("the receiver gets value and sender");
        env::wait(first);
        return Ok(());
    }
    let slot = env::slot_of(second);
    for round in 0..rounds {
        until_it_waits(second);
        check.same(
            "it waits",
            (slot.status(), slot.ipc_recving()),
            (EnvStatus::NotRunnable, 1),
        );
        if round == 0 {
            check.ok("the table shows who waits for a message");
        }
        let (before, value) = (slot.runs(), check.lots.any());
        check.same("ipc_can_send", send(second, value, 0, NONE), Ok(0));
        check.same(
            "it waits no more",
            (slot.status(), slot.ipc_recving()),
            (EnvStatus::Runnable, 0),
        );
        check.same("its turns until we give way", slot.runs(), before);
        check.same(
            "a second message",
            send(second, value, 0, NONE),
            Err(Error::IpcNotRecv),
        );
    }
    check.ok("a message makes its receiver runnable, and comes once");
    for id in [0x7fff_fff0, first.0 ^ 1 << 11, second.0 ^ 1 << 20] {
        check.same("to nobody", send(EnvId(id), 1, 0, NONE), Err(Error::BadEnv));
    }
    check.same(
        "to ourselves",
        send(first, 1, 0, NONE),
        Err(Error::IpcNotRecv),
    );
    check.ok("what cannot be delivered is an error of the sender");
    Ok(())
}

/// Questions and answers. The third program is a bystander.
pub fn calls(mut check: Check) -> Result<(), Error> {
    let rounds = check.lots.from(4, 12);
    let (first, second) = (started(0), started(1));
    let factor = check.lots.any() | 1;
    if env::id() == started(2) {
        while env::slot(0).is(first) {
            yield_now();
        }
        return Ok(());
    }
    if !is_first() {
        let mut asked = ipc_recv()?.value;
        for _ in 1..rounds {
            let message = libos::ipc_call(first, asked.wrapping_mul(factor))?;
            check.same("who asks", (message.from, message.perm), (first, NONE));
            asked = message.value;
        }
        check.ok("a question comes to the one who answers");
        check.same(
            "the last answer",
            send(first, asked.wrapping_mul(factor), 0, NONE),
            Ok(0),
        );
        env::wait(first);
        return Ok(());
    }
    until_it_waits(second);
    let bystander = env::slot(2).runs();
    for _ in 0..rounds {
        let question = check.lots.any();
        let runs = env::slot_of(second).runs();
        let message = libos::ipc_call(second, question)?;
        check.same(
            "the answer",
            (message.value, message.from),
            (question.wrapping_mul(factor), second),
        );
        check.same("turns until it came", env::slot_of(second).runs(), runs + 1);
    }
    // A slice may end now and then.
    let turns = env::slot(2).runs() - bystander;
    check.holds("a third has no turn in between", turns < rounds);
    check.ok("and the answer to the one who asked, at once");
    check.same(
        "to one who does not wait",
        libos::ipc_call(second, 1),
        Err(Error::IpcNotRecv),
    );
    let arguments = [second.0, 1, layout::UTOP, 0, 0];
    check.same(
        "a page to above UTOP",
        probe::call(Sysno::IpcCall, arguments),
        Err(Error::Inval),
    );
    check.ok("what cannot be asked is an error");
    Ok(())
}
