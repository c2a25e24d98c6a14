//! Who gets how much of the CPU: busy loops of different priorities, and what each has had when all have had so many turns.
//!
//! Start two or more: `make run SCHED=stride PROG=shares,shares,shares PRI=1,2,3`. Each counts in a loop, which takes the same
//! time whoever counts. The last line is how far the work of one is from the share that its priority is of all, at most, and
//! the chi-square of the turns: of a lottery of three, one run in a thousand has more than 13.82.

#![no_std]
#![forbid(unsafe_code)]

use core::hint::black_box;

use libos::env::Slot;
use libos::msg::{self, Parcel, Room, Sender, Timeout};
use libos::{EnvId, Error, env, println};
use mos_user::soft::times;

/// Turns of all together.
const TURNS: u32 = 3_000;
/// Most loops that are measured.
const MAX: usize = 8;

/// What one loop has had.
#[derive(Clone, Copy, Default)]
struct Share {
    priority: u32,
    turns: u32,
    work: u32,
}

fn main() -> Result<(), Error> {
    let mut loops = [env::slot_of(env::id()); MAX];
    let started = env::all().filter(|slot| slot.parent() == EnvId::SELF);
    let count = started.zip(&mut loops).map(|(from, to)| *to = from).count();
    let loops = &loops[..count];
    let mine = measure(loops);
    let reporter = loops[0].id();
    if reporter == env::id() {
        report(loops, mine)
    } else {
        // All stay until all have reported, as their turns are seen no longer.
        msg::call(reporter, [mine.turns, mine.work, 0, 0])?;
        Ok(())
    }
}

/// Works until all have had their turns.
fn measure(loops: &[Slot]) -> Share {
    let me = env::slot_of(env::id());
    let priority = me.priority();
    let mut mine = Share {
        priority,
        ..Share::default()
    };
    while loops.iter().map(|slot| slot.runs()).sum::<u32>() < TURNS {
        mine.turns = me.runs();
        mine.work = black_box(mine.work + 1);
    }
    mine
}

fn report(loops: &[Slot], mine: Share) -> Result<(), Error> {
    let mut shares = [mine; MAX];
    for _ in 1..loops.len() {
        let message = msg::receive(Sender::Anybody, Room::NONE, Timeout::NEVER)?;
        let n = loops.iter().position(|slot| slot.id() == message.from);
        let n = n.ok_or(Error::BadEnv)?;
        let [turns, work, ..] = message.words;
        shares[n] = Share {
            priority: loops[n].priority(),
            turns,
            work,
        };
    }
    for slot in &loops[1..] {
        msg::send(slot.id(), &Parcel::words([0; 4]), Timeout::AT_ONCE)?;
    }
    tell(&shares[..loops.len()]);
    Ok(())
}

fn tell(shares: &[Share]) {
    let sum = |of: fn(&Share) -> u32| shares.iter().map(|share| u64::from(of(share))).sum::<u64>();
    let (priorities, turns, work) = (
        sum(|share| share.priority),
        sum(|share| share.turns),
        sum(|share| share.work),
    );
    let (mut off, mut chi_square) = (0, 0);
    for share in shares {
        let [priority, had, done] = [share.priority, share.turns, share.work].map(u64::from);
        println!(
            "priority {priority}: {had} turns, {} % of the work",
            Hundredths(times(done, 10_000) / work.max(1))
        );
        // In hundredths of a percent of what it should be; and squares of differences, by what should be.
        let due = times(work, priority) / priorities;
        off = off.max(times(done.abs_diff(due), 10_000) / due.max(1));
        let difference = times(had, priorities).abs_diff(times(turns, priority));
        let square = times(difference, times(difference, 100));
        chi_square += square / times(priorities, times(turns, priority)).max(1);
    }
    let [off, chi_square] = [off, chi_square].map(Hundredths);
    println!("at most {off} % off, chi-square {chi_square}");
}

/// A number of hundredths.
struct Hundredths(u64);

impl core::fmt::Display for Hundredths {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        // The compiler would divide by a number that it knows with the multiplier.
        let whole = self.0 / black_box(100);
        write!(f, "{whole}.{:02}", self.0 - times(whole, 100))
    }
}
