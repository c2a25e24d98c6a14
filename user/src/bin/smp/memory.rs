//! Memory of a child that runs on another CPU, whose TLB has what was there before.

use libos::msg::{self, Parcel, Room, Sender, Timeout};
use libos::{EnvId, Error, Window, bench, env, view, window};
use mos_exam::{saw, step};
use mos_user::check::{Check, frames_since};

use crate::family::{self, get, set, spin_until, stands_still, until_it_ends};

/// Pages of the parent's, and where a child has one of them.
const PAGES: [Window; 2] = [Window::new(1), Window::new(2)];
const PLACE: Window = Window::new(3);
/// Words of a page: what tells it, and what a child counts in it.
const STAMP: usize = 5;
const COUNT: usize = 9;
/// The word of the common page where the child tells what it sees.
const SEEN: usize = 1;
const ROUNDS: usize = 8;

/// Tells what it sees at the place, and counts there.
fn look() -> Result<(), Error> {
    loop {
        set(SEEN, PLACE.read(STAMP));
        PLACE.write(COUNT, PLACE.read(COUNT).wrapping_add(1));
    }
}

/// A child that looks at the first page.
fn looker(check: &mut Check) -> Result<([u32; 2], EnvId), Error> {
    family::begin()?;
    let mut stamps = [0; 2];
    for (page, stamp) in PAGES.into_iter().zip(&mut stamps) {
        page.alloc(window::SHARED)?;
        *stamp = check.lots.any() | 1;
        page.write(STAMP, *stamp);
    }
    PAGES[0].map_at(EnvId::SELF, PLACE, window::SHARED)?;
    let child = family::child(look)?;
    PLACE.unmap();
    Ok((stamps, child))
}

/// Another page is mapped there.
pub fn mapped(mut check: Check) -> Result<(), Error> {
    let (stamps, child) = looker(&mut check)?;
    for round in 0..ROUNDS {
        let [now, next] = [round % 2, (round + 1) % 2];
        step!(check, "a child sees the page that it has");
        let sees = spin_until(|| get(SEEN) == stamps[now]);
        saw!(
            check,
            "its word, and whether it sees it",
            (stamps[now], sees)
        );
        step!(
            check,
            "it uses the old one no more when the call comes back"
        );
        saw!(
            check,
            "mapping another one",
            PAGES[next].map_at(child, PLACE, window::SHARED)
        );
        saw!(
            check,
            "whether nobody counts in the old one",
            stands_still(|| PAGES[now].read(COUNT))
        );
    }
    env::destroy(child)
}

/// The page is taken away.
pub fn unmapped(mut check: Check) -> Result<(), Error> {
    let (stamps, child) = looker(&mut check)?;
    for _ in 0..ROUNDS {
        step!(check, "a child sees the page that it has");
        saw!(
            check,
            "its word, and whether it sees it",
            (stamps[0], spin_until(|| get(SEEN) == stamps[0]))
        );
        step!(check, "it has it no more when the call comes back");
        saw!(check, "taking it away", PLACE.unmap_of(child));
        saw!(
            check,
            "whether nobody counts in it",
            stands_still(|| PAGES[0].read(COUNT))
        );
        saw!(
            check,
            "whether it sees zeros there",
            spin_until(|| get(SEEN) == 0)
        );
        saw!(
            check,
            "mapping it again",
            PAGES[0].map_at(child, PLACE, window::SHARED)
        );
    }
    env::destroy(child)
}

/// Environments that are made while another CPU looks at the table of all.
pub fn views(mut check: Check) -> Result<(), Error> {
    const CHILDREN: usize = 300;
    const LAST: usize = 400;
    family::begin()?;
    let number = check.lots.from(250, CHILDREN as u32);
    let looker = family::child(|| {
        let mut found = 0;
        loop {
            // Slots that nobody has had yet too: their pages are in the TLB.
            let ids = (0..LAST).map(|n| env::slot(n).id().0);
            let sum = ids.fold(0, u32::wrapping_add);
            found += 1;
            set(SEEN, sum);
            set(SEEN + 1, found);
        }
    })?;
    step!(check, "an array that all see grows on all CPUs");
    let has_looked = spin_until(|| get(SEEN + 1) > 2);
    saw!(
        check,
        "whether another CPU has looked at all of it",
        has_looked
    );
    let mut children = [EnvId::SELF; CHILDREN];
    let children = &mut children[..number as usize];
    for child in &mut *children {
        *child = bench::empty_child()?;
    }
    let all = (0..LAST).map(|n| env::slot(n).id().0);
    let sum = all.fold(0, u32::wrapping_add);
    saw!(
        check,
        "how many there are, and whether it sees them all",
        (number, spin_until(|| get(SEEN) == sum))
    );
    children.iter().try_for_each(|&child| env::destroy(child))?;
    env::destroy(looker)
}

/// More environments, one after the other, than a TLB has ids.
pub fn ids(mut check: Check) -> Result<(), Error> {
    const CHILDREN: usize = 90;
    const AT_ONCE: usize = 6;
    step!(
        check,
        "nobody sees what another one has, however many there were"
    );
    family::begin()?;
    until_it_ends(family::child(|| Ok(()))?);
    let free = view::free_frames();
    let number = check.lots.any();
    for first in (0..CHILDREN).step_by(AT_ONCE) {
        let mut children = [EnvId::SELF; AT_ONCE];
        for (n, child) in children.iter_mut().enumerate() {
            *child = family::child(|| {
                let stamp = number ^ (first + n) as u32;
                PLACE.write(STAMP, stamp);
                let same = (0..6).all(|_| {
                    libos::yield_now();
                    PLACE.read(STAMP) == stamp
                });
                if same {
                    set(8 + first + n, 1);
                }
                Ok(())
            })?;
        }
        if !children.iter().all(|&child| until_it_ends(child)) {
            break;
        }
    }
    let kept: u32 = (0..CHILDREN).map(|n| get(8 + n)).sum();
    saw!(check, "how many have seen their own page alone", kept);
    saw!(check, "frames that are not free again", frames_since(free));
    step!(check, "what a CPU knew of who has left it counts no more");
    waiting(&mut check)
}

/// A child that waits, and has another page when it goes on, be it on the same CPU.
fn waiting(check: &mut Check) -> Result<(), Error> {
    let parent = env::id();
    let mut stamps = [0; 2];
    for (page, stamp) in PAGES.into_iter().zip(&mut stamps) {
        page.alloc(window::SHARED)?;
        *stamp = check.lots.any() | 1;
        page.write(STAMP, *stamp);
    }
    let child = family::child(|| {
        loop {
            msg::receive(Sender::Only(parent), Room::NONE, Timeout::NEVER)?;
            set(SEEN, PLACE.read(STAMP));
        }
    })?;
    for round in 0..ROUNDS {
        PAGES[round % 2].map_at(child, PLACE, window::SHARED)?;
        msg::send(child, &Parcel::words([0; 4]), Timeout::NEVER)?;
        let stamp = stamps[round % 2];
        let sees = spin_until(|| get(SEEN) == stamp);
        saw!(check, "its word, and whether it sees it", (stamp, sees));
        family::nap(1);
    }
    env::destroy(child)
}
