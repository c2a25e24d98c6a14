//! Questions and answers. Two programs: the first asks, the second answers.

use libos::{EnvStatus, Error, env, ipc_call, ipc_recv, layout, probe, yield_now};
use mos_abi::Sysno;
use mos_exam::{Name, saw, step};
use mos_user::check::{Check, started, until_it_waits};

use crate::messages::{NONE, later, names, nobody, send};

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
    saw!(check, "our id, and that of the other", names());
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
        let mine = env::slot_of(first);
        saw!(
            check,
            "whether who goes on is waiting for a message",
            mine.ipc_recving()
        );
    }
    let sent = send(second, check.lots.any(), 0, NONE);
    saw!(check, "a last message, to end it", sent);
}
