//! Many environments, and the CPU.

use core::hint::black_box;

use libos::{EnvId, Error, Fork, Window, env, fork, ipc_recv, ipc_send, window, yield_now};
use mos_exam::{saw, step};
use mos_user::check::{Check, until, until_it_ends};

/// Shared: word `n` is of child `n`.
const WORDS: Window = Window::new(1000);
/// Says that all are there.
const BEGIN: usize = 1000;

/// Children at most.
const MOST: usize = 40;

/// Forks `count` children that do `act`; they end when it comes back.
fn children(
    count: usize,
    act: impl Fn(usize) -> Result<(), Error>,
) -> Result<[EnvId; MOST], Error> {
    let mut ids = [EnvId::SELF; MOST];
    for (place, id) in ids.iter_mut().enumerate().take(count) {
        match fork()? {
            Fork::Parent(child) => *id = child,
            Fork::Child => {
                act(place)?;
                env::exit()
            }
        }
    }
    Ok(ids)
}

/// Any number of environments give way, again and again: in each round all have had their turn.
pub fn turns(mut check: Check) -> Result<(), Error> {
    WORDS.alloc(window::SHARED)?;
    let count = check.lots.from(10, MOST as u32) as usize;
    let rounds = check.lots.from(5, 30);
    let ids = children(count, |place| {
        until(|| WORDS.read(BEGIN) != 0);
        let mut behind = 0;
        for round in 1..=rounds {
            WORDS.write(place, round);
            yield_now();
            // Whoever else is in the line has come to this round, and not to the next but one.
            let others = (0..count).map(|n| WORDS.read(n));
            behind += others.filter(|other| other.abs_diff(round) > 1).count() as u32;
        }
        WORDS.write(100 + place, behind);
        Ok(())
    })?;
    WORDS.write(BEGIN, 1);
    for &id in &ids[..count] {
        until_it_ends(id);
    }
    step!(check, "nobody is a round behind or ahead");
    saw!(check, "children, and rounds", (count, rounds));
    let sum = |from: usize| (from..from + count).map(|n| WORDS.read(n)).sum::<u32>();
    saw!(check, "rounds that all have had", sum(0));
    saw!(check, "how often one was not where it should be", sum(100));
    Ok(())
}

/// Busy loops cannot keep the CPU, get it equally often, and can be ended.
pub fn loops(mut check: Check) -> Result<(), Error> {
    let count = check.lots.from(2, 6) as usize;
    let rounds = check.lots.from(5, 15);
    let ids = children(count, |_| env::spin())?;
    let ids = &ids[..count];
    let runs = || ids.iter().map(|&id| env::slot_of(id).runs());
    until(|| runs().all(|runs| runs > 0));
    let mut apart = 0;
    let mut turns = 0;
    while turns < rounds {
        yield_now();
        turns += 1;
        let least = runs().min().unwrap_or(0);
        apart = apart.max(runs().max().unwrap_or(0) - least);
    }
    step!(
        check,
        "busy loops keep step with each other, and with one that gives way"
    );
    saw!(check, "loops, and turns that we had", (count, turns));
    saw!(
        check,
        "whether each has had as many",
        runs().all(|runs| runs >= rounds)
    );
    saw!(check, "whether one was ever two turns ahead", apart > 1);
    step!(check, "their parent can end them");
    for &id in ids {
        saw!(
            check,
            "ending it, and once more",
            [env::destroy(id), env::destroy(id)]
        );
    }
    Ok(())
}

/// Children count, preempted and giving way; no count is lost.
pub fn stress(mut check: Check) -> Result<(), Error> {
    let count = check.lots.from(10, 20) as usize;
    let rounds = check.lots.from(3, 8);
    let each = check.lots.from(2000, 6000);
    let parent = env::id();
    children(count, |place| {
        let mut counter = place as u32;
        for _ in 0..rounds {
            yield_now();
            for _ in 0..each {
                counter = black_box(counter) + 1;
            }
        }
        ipc_send(parent, counter)
    })?;
    let mut sum = 0;
    for _ in 0..count {
        sum += ipc_recv()?.value;
    }
    step!(check, "together they have counted as far as they should");
    saw!(check, "what all have counted to, added up", sum);
    Ok(())
}
