//! Messages. Two programs: the first asks, the second answers.

use libos::{EnvId, EnvStatus, Error, PteFlags, env, ipc_call, ipc_recv, layout, probe, yield_now};
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
fn nobody(check: &mut Check) -> EnvId {
    let [generation, slot] = [check.lots.any(), check.lots.from(3, 1023)];
    EnvId::new(generation, slot as usize)
}

/// The id of a later owner of the slot of `id`, of which there is none yet.
fn later(check: &mut Check, id: EnvId) -> EnvId {
    EnvId(id.0 ^ 1 << check.lots.from(11, 30))
}

/// Values, one after the other.
pub fn words(mut check: Check) -> Result<(), Error> {
    let rounds = check.lots.from(3, 6);
    match is_first() {
        true => say_words(&mut check, rounds),
        false => hear_words(&mut check, rounds + 1),
    }
    Ok(())
}

/// Each message is answered before the next: until then, the first does not wait for anything.
fn hear_words(check: &mut Check, rounds: u32) {
    step!(check, "the receiver gets value and sender");
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

/// At most so many questions.
const QUESTIONS: usize = 12;

/// Questions and answers. The third program is a bystander.
pub fn calls(mut check: Check) -> Result<(), Error> {
    let rounds = check.lots.from(8, QUESTIONS as u32) as usize;
    let factor = check.lots.any() | 1;
    let questions: [u32; QUESTIONS] = core::array::from_fn(|_| check.lots.any());
    match env::id().index() {
        0 => ask(&mut check, questions.get(..rounds).unwrap_or_default()),
        1 => answer(&mut check, rounds, factor),
        _ => stand_by(),
    }
    Ok(())
}

/// One of the others always runs, until both have ended.
fn stand_by() {
    let is_runnable = |n| {
        let slot = env::slot(n);
        slot.is(started(n)) && slot.status() == EnvStatus::Runnable
    };
    while is_runnable(0) || is_runnable(1) {
        yield_now();
    }
}

fn answer(check: &mut Check, rounds: usize, factor: u32) {
    step!(check, "a question comes to the one who answers");
    let mut heard = [0; QUESTIONS + 1];
    let mut strangers = 0;
    let mut message = ipc_recv();
    for (n, heard) in heard.iter_mut().take(rounds + 1).enumerate() {
        let Ok(question) = message else {
            saw!(check, "what ipc_call returns", message.map(|_| ()));
            return;
        };
        *heard = question.value;
        let is_right = question.from == started(0) && question.perm == NONE;
        strangers += u32::from(!is_right);
        if n < rounds {
            message = ipc_call(question.from, question.value.wrapping_mul(factor));
        }
    }
    for some in heard.get(..=rounds).unwrap_or_default().chunks(4) {
        saw!(check, "questions, and a last message", some);
    }
    saw!(check, "messages from elsewhere, or with a page", strangers);
}

fn ask(check: &mut Check, questions: &[u32]) {
    let second = started(1);
    until_it_waits(second);
    step!(check, "and the answer to the one who asked, at once");
    let mut answers = [None; QUESTIONS];
    let before = env::slot(2).runs();
    let mut last = 0;
    for (question, answer) in questions.iter().zip(&mut answers) {
        let message = ipc_call(second, question ^ last);
        last = message.map_or(0, |message| message.value);
        *answer = Some(message);
    }
    let turns = env::slot(2).runs().wrapping_sub(before);
    for answer in answers.into_iter().flatten() {
        let answer = answer.map(|answer| (answer.value, Name(answer.from.0), answer.perm));
        saw!(check, "an answer: value, sender and permissions", answer);
    }
    // A slice may end now and then.
    saw!(
        check,
        "whether a third had fewer turns than there were questions",
        (turns as usize) < questions.len()
    );
    until_it_waits(second);
    step!(check, "what cannot be asked is an error");
    let first = started(0);
    let mut asked = [
        (second, layout::UTOP + check.lots.from(0, 0xffff) * 4),
        (second, 0x8000_0000 | check.lots.any()),
        (nobody(check), 0),
        (later(check, first), 0),
        (first, 0),
        (started(2), 0),
    ];
    check.lots.shuffle(&mut asked);
    for (id, dstva) in asked {
        let result = probe::call(Sysno::IpcCall, [id.0, check.lots.any(), dstva, 0, 0]);
        saw!(
            check,
            "an id, an address for a page, and what ipc_call returns",
            (id.0, dstva, result)
        );
    }
    let sent = send(second, check.lots.any(), 0, NONE);
    saw!(check, "a last message, to end it", sent);
}
