//! Calls of the kernel that several make at once.

use libos::msg::{self, Parcel, Room, Sender, Timeout};
use libos::{EnvId, Error, Window, bench, env, view, window};
use mos_exam::{saw, step};
use mos_user::check::{Check, frames_since};

use crate::family::{self, get, set, spin_until, until_it_ends};

/// Environments that call, and how often each does all that it does.
const CALLERS: usize = 6;
const ROUNDS: u32 = 25;
/// Calls of each to the one that answers.
const QUESTIONS: u32 = 20;
/// How often one is woken.
const WAKES: u32 = 8;

/// Pages and environments, made and given back.
pub fn at_once(mut check: Check) -> Result<(), Error> {
    step!(
        check,
        "what several call for at once is done for each of them"
    );
    family::begin()?;
    // What a first child leaves, stays.
    let first = family::child(|| bench::empty_child().and_then(env::destroy))?;
    until_it_ends(first);
    let before = (env::all().count(), view::free_frames());
    let number = check.lots.any();
    let mut children = [EnvId::SELF; CALLERS];
    for (me, child) in children.iter_mut().enumerate() {
        *child = family::child(|| {
            for round in 0..ROUNDS {
                let [one, other] = [1, 2].map(Window::new);
                one.alloc(window::PRIVATE)?;
                let word = number ^ round << 8 ^ me as u32;
                one.write(3, word);
                one.map_at(EnvId::SELF, other, window::PRIVATE)?;
                one.unmap();
                let there = other.read(3);
                other.unmap();
                env::destroy(bench::empty_child()?)?;
                let fresh = other.read(3);
                set(me, get(me).rotate_left(1) ^ there ^ fresh);
                other.unmap();
            }
            Ok(())
        })?;
    }
    let ended = children.iter().all(|&child| until_it_ends(child));
    saw!(check, "whether all have ended", ended);
    for me in 0..CALLERS {
        saw!(check, "what one has read in all its pages", get(me));
    }
    step!(check, "nothing is lost, and nothing there twice");
    saw!(
        check,
        "frames that are not free again",
        frames_since(before.1)
    );
    saw!(
        check,
        "environments that are left",
        env::all().count() - before.0
    );
    Ok(())
}

/// Questions to one, who answers each.
pub fn messages(mut check: Check) -> Result<(), Error> {
    step!(check, "each has its own answer, wherever it runs");
    family::begin()?;
    let server = env::id();
    let number = check.lots.any();
    for me in 0..CALLERS {
        family::child(|| {
            for n in 0..QUESTIONS {
                let word = number ^ n << 4 ^ me as u32;
                let answer = msg::call(server, [word, me as u32, 0, 0])?;
                if answer.from == server && answer.words[0] == !word {
                    set(me, get(me) + 1);
                }
            }
            Ok(())
        })?;
    }
    let mut sum = 0_u32;
    let mut heard = msg::receive(Sender::Anybody, Room::NONE, Timeout::NEVER)?;
    for n in 1.. {
        sum = sum.wrapping_add(heard.words[0]);
        let answer = [!heard.words[0], 0, 0, 0];
        if n == CALLERS as u32 * QUESTIONS {
            msg::send(heard.from, &Parcel::words(answer), Timeout::NEVER)?;
            break;
        }
        heard = msg::reply_wait(Some(heard.from), answer)?;
    }
    saw!(check, "all that came, added up", sum);
    let answered = |me| spin_until(|| get(me) == QUESTIONS);
    let served = (0..CALLERS).filter(|&me| answered(me)).count();
    saw!(check, "how many have had all their answers", served);
    Ok(())
}

/// One that waits, while the other CPUs have nothing to do, and who wakes it never gives its own up.
pub fn woken(mut check: Check) -> Result<(), Error> {
    step!(
        check,
        "who can go on is found at once by a CPU that has nothing to do"
    );
    family::begin()?;
    let parent = env::id();
    let mut children = [EnvId::SELF; 3];
    for (me, child) in children.iter_mut().enumerate() {
        *child = family::child(|| {
            loop {
                set(8 + me, 1);
                let heard = msg::receive(Sender::Only(parent), Room::NONE, Timeout::NEVER)?;
                set(me, heard.words[0]);
            }
        })?;
    }
    for _ in 0..WAKES {
        let me = check.lots.from(0, 2) as usize;
        let word = check.lots.any();
        // It is about to wait, or does.
        spin_until(|| get(8 + me) == 1);
        set(8 + me, 0);
        msg::send(children[me], &Parcel::words([word; 4]), Timeout::NEVER)?;
        let came = spin_until(|| get(me) == word);
        saw!(
            check,
            "a word that was sent, and whether it was written where it should",
            (word, came)
        );
        if !came {
            break;
        }
    }
    children.iter().try_for_each(|&child| env::destroy(child))
}
