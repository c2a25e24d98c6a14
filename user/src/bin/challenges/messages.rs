//! Messages of four words: who hears whom, and in which order.

use libos::msg::{self, Parcel, Room, Sender, Timeout};
use libos::{
    EnvId, EnvStatus, Error, Fork, Window, env, fork, ipc_recv, ipc_send, probe, window, yield_now,
};
use mos_abi::Sysno;
use mos_exam::{Name, saw, step};
use mos_user::check::{Check, until, until_it_ends, until_it_waits};

/// Shared by everybody: word `n` tells child `n` to begin, word 100 + `n` is what came of its call.
const NOTES: Window = Window::new(1000);
const RESULTS: usize = 100;
/// Who is to end, and that it may.
const PARTNER: usize = 50;
const END: usize = 51;
/// Children at most.
const MOST: usize = 8;

/// Forks children that do `act` when they are told to. What that returns they note.
pub fn children(
    count: usize,
    act: impl Fn(usize) -> Result<u32, Error>,
) -> Result<[EnvId; MOST], Error> {
    NOTES.alloc(window::SHARED)?;
    let mut ids = [EnvId::SELF; MOST];
    for (place, id) in ids.iter_mut().enumerate().take(count) {
        match fork()? {
            Fork::Parent(child) => *id = child,
            Fork::Child => {
                until(|| NOTES.read(place) != 0);
                let came = act(place).unwrap_or_else(|error| error.code() as u32);
                NOTES.write(RESULTS + place, came);
                env::exit()
            }
        }
    }
    Ok(ids)
}

/// Lets child `place` begin, and comes back when it waits.
pub fn begin(ids: &[EnvId; MOST], place: usize) {
    NOTES.write(place, 1);
    until_it_waits(ids[place]);
}

/// What came of the call of child `place`, when it has ended.
pub fn result(ids: &[EnvId; MOST], place: usize) -> u32 {
    until_it_ends(ids[place]);
    NOTES.read(RESULTS + place)
}

/// An order of `count` children.
fn order(check: &mut Check, count: usize) -> [usize; MOST] {
    let mut order = core::array::from_fn(|place| place);
    check.lots.shuffle(&mut order[..count]);
    order
}

fn first(message: msg::Message) -> u32 {
    message.words[0]
}

fn anybody(timeout: Timeout) -> Result<msg::Message, Error> {
    msg::receive(Sender::Anybody, Room::NONE, timeout)
}

/// Senders stand in line; a server answers them.
pub fn lines(mut check: Check) -> Result<(), Error> {
    let me = env::id();
    let words: [[u32; 4]; MOST] = [(); MOST].map(|()| [(); 4].map(|()| check.lots.any()));
    let ask = |place: usize| {
        let [a, b, c, d] = msg::call(me, words[place])?.words;
        Ok(a ^ b.rotate_left(8) ^ c.rotate_left(16) ^ d.rotate_left(24))
    };
    let count = check.lots.from(4, 7) as usize;
    let ids = children(count, ask)?;
    let order = order(&mut check, count);
    order[..count].iter().for_each(|&place| begin(&ids, place));

    step!(check, "one is heard alone, from the middle of the line");
    let chosen = order[check.lots.from(1, 2) as usize];
    let message = msg::receive(Sender::Only(ids[chosen]), Room::NONE, Timeout::NEVER)?;
    saw!(
        check,
        "whether it is the one, and the words",
        (message.from == ids[chosen], message.words)
    );

    step!(
        check,
        "the others are heard in the order in which they came"
    );
    let mut answer = Some((message.from, message.words));
    for _ in 1..count {
        let (to, [a, b, c, d]) = answer.map_or((None, [0; 4]), |(to, words)| (Some(to), words));
        let message = msg::reply_wait(to, [b, c, d, !a])?;
        saw!(check, "a message in its turn", message.words);
        answer = Some((message.from, message.words));
    }

    step!(check, "each has its own answer");
    if let Some((to, [a, b, c, d])) = answer {
        let parcel = Parcel::words([b, c, d, !a]);
        saw!(
            check,
            "the last answer",
            msg::send(to, &parcel, Timeout::AT_ONCE)
        );
    }
    for place in 0..count {
        saw!(check, "what one made of its answer", result(&ids, place));
    }

    step!(check, "who waits for its answer hears nobody else");
    let ids = children(1, ask)?;
    NOTES.write(0, 1);
    let asks = msg::receive(Sender::Only(ids[0]), Room::NONE, Timeout::NEVER)?;
    let answer = Parcel::words([check.lots.any(); 4]);
    let Fork::Parent(stranger) = fork()? else {
        let sent = msg::send(asks.from, &answer, Timeout::AT_ONCE);
        NOTES.write(PARTNER, sent.map_or_else(Error::code, |()| 0) as u32);
        env::exit()
    };
    until_it_ends(stranger);
    let refused = Error::check(NOTES.read(PARTNER) as i32);
    saw!(check, "what the kernel says to another one", refused);
    let answered = msg::send(asks.from, &answer, Timeout::AT_ONCE);
    saw!(check, "and to the one", answered);
    saw!(check, "what one made of its answer", result(&ids, 0));
    Ok(())
}

/// Whoever ends, is destroyed or stopped leaves nobody stuck.
pub fn partings(mut check: Check) -> Result<(), Error> {
    let me = env::id();
    let words: [u32; MOST] = [(); MOST].map(|()| check.lots.any());
    let count = check.lots.from(5, 7) as usize;
    let ids = children(count, |place| {
        msg::send(me, &Parcel::words([words[place]; 4]), Timeout::NEVER)?;
        Ok(words[place])
    })?;
    let order = order(&mut check, count);
    order[..count].iter().for_each(|&place| begin(&ids, place));
    let [destroyed, stopped] = [order[0], order[check.lots.from(2, 4) as usize]];

    step!(check, "who is destroyed or stopped leaves the line");
    env::destroy(ids[destroyed])?;
    env::set_status(ids[stopped], EnvStatus::NotRunnable)?;
    env::set_status(ids[stopped], EnvStatus::Runnable)?;
    for _ in 2..count {
        saw!(
            check,
            "a word of the next one",
            anybody(Timeout::AT_ONCE).map(first)
        );
    }
    saw!(check, "and of nobody", anybody(Timeout::AT_ONCE).map(first));
    let results = [stopped, order[1]].map(|place| result(&ids, place));
    saw!(
        check,
        "what came of the call of one that was stopped, and of another's",
        results
    );

    step!(check, "who waits for one that ends is told so");
    let ids = children(5, |place| {
        let partner = EnvId(NOTES.read(PARTNER));
        let words = [words[place]; 4];
        match place {
            0 => until(|| NOTES.read(END) != 0)
                .then_some(0)
                .ok_or(Error::Timeout),
            1 | 4 => msg::call(partner, words).map(first).map_err(Error::from),
            2 => msg::send(partner, &Parcel::words(words), Timeout::NEVER).map(|()| 0),
            _ => msg::receive(Sender::Only(partner), Room::NONE, Timeout::NEVER).map(first),
        }
    })?;
    let partner = ids[0];
    NOTES.write(PARTNER, partner.0);
    NOTES.write(0, 1);
    (1..5).for_each(|place| begin(&ids, place));
    NOTES.write(END, 1);
    for place in 0..5 {
        let came = result(&ids, place) as i32;
        saw!(check, "what came of waiting for it", Error::check(came));
    }

    step!(check, "an answer that nobody waits for any more is dropped");
    let ids = children(2, |place| {
        if place == 0 {
            // Until it is stopped.
            let _ = msg::call(me, [words[0]; 4]);
            until(|| NOTES.read(END) != 0);
            return anybody(Timeout::AT_ONCE).map(first);
        }
        msg::send(me, &Parcel::words([words[1]; 4]), Timeout::NEVER).map(|()| words[1])
    })?;
    begin(&ids, 0);
    let caller = anybody(Timeout::NEVER)?.from;
    env::set_status(caller, EnvStatus::NotRunnable)?;
    env::set_status(caller, EnvStatus::Runnable)?;
    begin(&ids, 1);
    let next = msg::reply_wait(Some(caller), [words[2]; 4])?;
    saw!(check, "the word of the next one", first(next));
    NOTES.write(END, 1);
    let heard = Error::check(result(&ids, 0) as i32);
    saw!(check, "what one hears that was stopped", heard);
    saw!(check, "what came of sending", result(&ids, 1));

    step!(check, "what makes no sense is refused");
    let parcel = Parcel::words(words[..4].try_into().unwrap_or([0; 4]));
    let strange = EnvId(check.lots.from(300, 1000));
    let mut whom = [me, partner, strange, EnvId(check.lots.any() | 1 << 31)];
    check.lots.shuffle(&mut whom);
    for to in whom {
        let number = Name(to.0);
        saw!(
            check,
            "sending, calling and hearing one",
            (
                number,
                msg::send(to, &parcel, Timeout::NEVER),
                msg::call(to, [1; 4]).map(|m| m.words),
                msg::receive(Sender::Only(to), Room::NONE, Timeout::NEVER).map(|m| m.words)
            )
        );
    }
    Ok(())
}

/// Calls of one word and of four.
pub fn old_and_new(mut check: Check) -> Result<(), Error> {
    let me = env::id();
    let words: [u32; 4] = [(); 4].map(|()| check.lots.any());
    step!(check, "an old receiver has the first word of a new sender");
    let ids = children(1, |_| {
        msg::send(me, &Parcel::words(words), Timeout::NEVER)?;
        Ok(words[3])
    })?;
    begin(&ids, 0);
    let message = ipc_recv()?;
    saw!(
        check,
        "who sent it, and the word",
        (message.from == ids[0], message.value)
    );
    saw!(check, "what came of sending", result(&ids, 0));

    step!(
        check,
        "a new receiver has the word of an old sender, and zeros"
    );
    let ids = children(2, |place| {
        let from = [Sender::Anybody, Sender::Only(me)][place];
        let message = msg::receive(from, Room::NONE, Timeout::NEVER)?;
        let [a, b, c, d] = message.words;
        Ok(a ^ b ^ c ^ d ^ u32::from(message.from == me))
    })?;
    for place in 0..2 {
        begin(&ids, place);
        let sent = ipc_send(ids[place], words[place]);
        saw!(check, "what came of sending", sent);
        saw!(check, "all that was received", result(&ids, place));
    }

    step!(
        check,
        "who hears one alone does not hear another by the old call"
    );
    let ids = children(1, |_| {
        let message = msg::receive(Sender::Only(me), Room::NONE, Timeout::NEVER)?;
        Ok(message.words[0])
    })?;
    begin(&ids, 0);
    let Fork::Parent(stranger) = fork()? else {
        let refused = probe::call(Sysno::IpcCanSend, [ids[0].0, words[2], 0, 0, 0]);
        NOTES.write(1, refused.map_or_else(Error::code, |_| 0) as u32);
        env::exit()
    };
    until_it_ends(stranger);
    let refused = Error::check(NOTES.read(1) as i32);
    saw!(check, "what the kernel says to a stranger", refused);
    saw!(
        check,
        "and to the one",
        msg::send(ids[0], &Parcel::words([words[3]; 4]), Timeout::AT_ONCE)
    );
    saw!(check, "the word that was received", result(&ids, 0));
    Ok(())
}

/// Two that call each other for ever, and others.
pub fn fair(mut check: Check) -> Result<(), Error> {
    let rounds = check.lots.from(10, 30);
    let ids = children(3, |place| match place {
        0 => {
            let mut message = msg::reply_wait(None, [0; 4])?;
            loop {
                message = msg::reply_wait(Some(message.from), message.words)?;
            }
        }
        1 => {
            let server = EnvId(NOTES.read(PARTNER));
            // In both ways that the kernel has for it: the short one, and the general one.
            let general = (Sender::Only(server), Room::NONE, Timeout::NEVER);
            for n in 0.. {
                let message = match n % 2 {
                    0 => msg::call(server, [n; 4])?,
                    _ => msg::exchange((server, &Parcel::words([n; 4]), Timeout::NEVER), general)?,
                };
                NOTES.write(RESULTS, message.words[3]);
            }
            Ok(0)
        }
        _ => env::spin(),
    })?;
    NOTES.write(PARTNER, ids[0].0);
    begin(&ids, 0);
    (1..3).for_each(|place| NOTES.write(place, 1));
    let turns = || env::slot_of(ids[2]).runs();
    until(|| NOTES.read(RESULTS) > 100 && turns() > 0);
    let (before, served) = (turns(), NOTES.read(RESULTS));
    (0..rounds).for_each(|_| yield_now());
    let (turns, served) = (turns() - before, NOTES.read(RESULTS) - served);
    step!(check, "a third one has its turns, and so have they");
    saw!(check, "turns that we had", rounds);
    saw!(
        check,
        "whether a third one had as many",
        turns.abs_diff(rounds) <= 1
    );
    saw!(
        check,
        "whether they have called in each",
        served > 10 * rounds
    );
    step!(check, "they can be ended");
    for id in &ids[..3] {
        saw!(
            check,
            "ending one, and once more",
            [env::destroy(*id), env::destroy(*id)]
        );
    }
    saw!(
        check,
        "a message of them",
        anybody(Timeout::AT_ONCE).map(first)
    );
    Ok(())
}
