//! Other rules by which the CPU is given away: three programs, of priorities 1, 2 and 3, put down whose turn it is.

use libos::msg::{self, Parcel, Room, Sender, Timeout};
use libos::{Error, Fork, Window, env, fork, window, yield_now};
use mos_exam::{Lots, saw, step};
use mos_user::check::{Check, started, until_it_ends};

/// All three have it, and their children: [`TURNS`], and some more words, and what is put down.
const PAGE: Window = Window::new(1000);
/// How many turns there have been.
const TURNS: usize = 0;
/// What somebody else is to read.
const VALUE: usize = 1;
/// Whether nobody has turns any more.
const STOP: usize = 2;
/// How many turns there had been when a child had its first.
const BORN: usize = 3;
/// What the turns have put down, and how many there is room for.
const LOG: usize = 16;
const LOGGED: usize = Window::WORDS - LOG;
/// Of the words that are put down: whose they are.
const OWNER: u32 = 3;

/// The three.
const PROGRAMS: usize = 3;
/// Turns in which each has as many as its priority says.
const ROUND: usize = 6;
/// Turns that all have together.
const RACE: usize = 100 * ROUND;

/// Gives the page to all, which say so before it comes.
fn share(me: usize, others: &[usize]) -> Result<(), Error> {
    if me > 0 {
        msg::receive(Sender::Only(started(0)), Room::new(PAGE, 1), Timeout::NEVER)?;
        return Ok(());
    }
    PAGE.alloc(window::SHARED)?;
    let parcel = Parcel::words([0; 4]).with_pages(PAGE, 1, window::SHARED);
    for &other in others {
        msg::send(started(other), &parcel, Timeout::NEVER)?;
    }
    Ok(())
}

/// Where turn `n` puts something down: in the place of an older one when the page is full.
fn place(n: usize) -> usize {
    let again = n.checked_sub(LOGGED);
    LOG + again.map_or(n, |n| n.min(LOGGED - 1))
}

/// Has a turn, which puts down a word of `lots`.
fn turn(me: usize, lots: &mut Lots) {
    let n = PAGE.read(TURNS) as usize;
    PAGE.write(place(n), lots.any() & !OWNER | me as u32);
    PAGE.write(TURNS, n as u32 + 1);
    yield_now();
}

/// Has turns until there have been `end`.
fn turns_until(end: usize, me: usize, lots: &mut Lots) {
    while (PAGE.read(TURNS) as usize) < end {
        turn(me, lots);
    }
}

/// The words that have been put down from the turn `from` to the turn `to`.
fn logged(from: usize, to: usize) -> impl Iterator<Item = u32> + Clone {
    (from..to).map(|n| PAGE.read(place(n)))
}

/// The first `count` words of `owner`, made one word.
fn first_of(owner: usize, count: usize) -> u32 {
    let own = logged(0, RACE).filter(|word| word & OWNER == owner as u32);
    own.take(count)
        .fold(0, |sum, word| sum.rotate_left(1) ^ word)
}

/// How often, of the turns that are a round, one had two more or less than it should.
fn uneven(from: usize, to: usize) -> usize {
    let is_uneven = |&first: &usize| {
        (0..PROGRAMS).any(|owner| {
            let words = logged(first, first + ROUND);
            let had = words.filter(|word| word & OWNER == owner as u32).count();
            had.abs_diff(owner + 1) > 1
        })
    };
    (from..to - ROUND).filter(is_uneven).count()
}

/// Each has its share, with so many turns `less`. What there is of it is reported by the first.
fn race(check: &mut Check, me: usize, less: [usize; PROGRAMS]) {
    turns_until(RACE, me, &mut check.lots);
    if me == 0 {
        for (owner, less) in less.into_iter().enumerate() {
            saw!(
                check,
                "the first words that one has put down, nearly as many as it has turns, made one word",
                first_of(owner, (owner + 1) * RACE / ROUND - less)
            );
        }
    }
}

/// Shares are as the priorities are, and as even as turns allow.
pub fn stride(mut check: Check) -> Result<(), Error> {
    let me = env::id().index();
    share(me, &[1, 2])?;
    step!(
        check,
        "each has as many turns as its priority says, all the time"
    );
    race(&mut check, me, [2; PROGRAMS]);
    if me == 0 {
        saw!(check, "how often a round was uneven", uneven(ROUND, RACE));
    }

    step!(check, "who has waited has saved nothing up");
    let [waited, end] = [2 * RACE / 3, RACE].map(|turns| RACE + turns);
    match me {
        2 => drop(msg::receive(
            Sender::Only(started(0)),
            Room::NONE,
            Timeout::NEVER,
        )?),
        _ => turns_until(waited, me, &mut check.lots),
    }
    if me == 0 {
        msg::send(started(2), &Parcel::words([0; 4]), Timeout::NEVER)?;
    }
    turns_until(end, me, &mut check.lots);
    if me == 0 {
        let count = uneven(waited + ROUND, end);
        saw!(
            check,
            "how often a round was uneven when one had waited",
            count
        );
    }

    step!(check, "who is new has its first turn when it is due");
    while me > 0 && PAGE.read(STOP) == 0 {
        turn(me, &mut check.lots);
    }
    if me == 0 {
        for _ in 0..5 {
            let had = child(&mut check)?;
            saw!(check, "what a child had, and whether it was early", had);
        }
        PAGE.write(STOP, 1);
    }
    Ok(())
}

/// What a child puts down, and whether that was before the others have had half a round.
fn child(check: &mut Check) -> Result<(u32, bool), Error> {
    let before = PAGE.read(TURNS);
    let word = check.lots.any();
    let Fork::Parent(child) = fork()? else {
        PAGE.write(VALUE, word);
        PAGE.write(BORN, PAGE.read(TURNS));
        env::exit()
    };
    until_it_ends(child);
    let early = PAGE.read(BORN).wrapping_sub(before) < ROUND as u32 / 2;
    Ok((PAGE.read(VALUE), early))
}

/// Shares are nearly as the priorities are, and by lot.
pub fn lottery(mut check: Check) -> Result<(), Error> {
    let me = env::id().index();
    share(me, &[1, 2])?;
    step!(check, "each has about as many turns as it has tickets");
    // Four standard deviations, which one draw in thirty thousand exceeds.
    race(&mut check, me, [36, 46, 49]);
    if me > 0 {
        return Ok(());
    }
    step!(check, "whose turn it is cannot be foreseen");
    let owners = || logged(0, RACE).map(|word| word & OWNER);
    for owner in 0..PROGRAMS as u32 {
        let mut pairs = owners().zip(owners().skip(1));
        saw!(
            check,
            "whether one ever had two turns in a row",
            pairs.any(|pair| pair == (owner, owner))
        );
    }
    Ok(())
}

/// Words of the highest, rounds in which it is woken, and turns of each of two equals.
const HIGHEST: usize = 40;
const WOKEN: usize = 6;
const EQUALS: usize = 20;

/// Nobody runs while somebody could whose priority is higher.
pub fn strict(mut check: Check) -> Result<(), Error> {
    let me = env::id().index();
    // The highest first: it waits then, and the second can begin.
    share(me, &[2, 1])?;
    match me {
        2 => highest(check),
        1 => middle(check),
        _ => {
            step!(check, "the lowest has what they leave");
            let all = PAGE.read(TURNS) as usize;
            saw!(check, "turns that the others have had", all);
            let sum = logged(0, all).fold(0_u32, |sum, word| sum.rotate_left(1) ^ word & !OWNER);
            saw!(check, "all that they have put down, made one word", sum);
            Ok(())
        }
    }
}

/// Waits for the second, has turns without a break, and waits again.
fn highest(mut check: Check) -> Result<(), Error> {
    let wait = || msg::receive(Sender::Only(started(1)), Room::NONE, Timeout::NEVER);
    step!(check, "the highest has all turns until it waits");
    wait()?;
    let first = PAGE.read(TURNS) as usize;
    saw!(check, "turns before it was woken", first);
    turns_until(first + HIGHEST, 2, &mut check.lots);
    let own = logged(first, first + HIGHEST).filter(|word| word & OWNER == 2);
    let sum = own.fold(0, |sum: u32, word| sum.rotate_left(1) ^ word);
    saw!(check, "its words among as many, made one word", sum);

    step!(check, "who becomes runnable and is higher goes first");
    for _ in 0..WOKEN {
        wait()?;
        saw!(check, "what the second had written last", PAGE.read(VALUE));
    }
    Ok(())
}

/// Wakes the highest, again and again, and has turns with an equal.
fn middle(mut check: Check) -> Result<(), Error> {
    let wake = || msg::send(started(2), &Parcel::words([0; 4]), Timeout::NEVER);
    turns_until(EQUALS, 1, &mut check.lots);
    wake()?;
    for _ in 0..WOKEN {
        PAGE.write(VALUE, check.lots.any());
        wake()?;
        PAGE.write(VALUE, check.lots.any());
    }
    step!(check, "equals take turns");
    let first = PAGE.read(TURNS) as usize;
    let end = first + 2 * EQUALS;
    let drawn = check.lots.any();
    let Fork::Parent(child) = fork()? else {
        turns_until(end, 3, &mut Lots::new(drawn.into()));
        env::exit()
    };
    turns_until(end, 1, &mut check.lots);
    until_it_ends(child);
    // A tick amid a turn makes one a pair, and a pair three.
    let owners = || logged(first, end).map(|word| word & OWNER);
    let rows = owners()
        .zip(owners().skip(1))
        .zip(owners().skip(2))
        .zip(owners().skip(3));
    let rows = rows.filter(|(((a, b), c), d)| a == b && b == c && c == d);
    saw!(check, "rows of four turns of one", rows.count());
    Ok(())
}
