//! What nobody has seen who has only the skeleton: the exercises once more, in another way. Who prints what the other
//! checks want to hear, instead of doing them, has nothing here.

use libos::{EnvId, Error, Fork, Global, Window, env, fork, ipc_recv_page, probe, view, window};
use mos_abi::Sysno;
use mos_exam::{saw, step};
use mos_user::check::{Check, frames_since, started, until_it_ends, until_it_waits};

use crate::handlers::{self, SEEN, note};
use crate::messages::{is_first, send};

const SHARED: Window = Window::new(1000);

static NUMBER: Global<u32> = Global::new(0);

/// `sum` with one more word in it.
fn with(sum: u32, word: u32) -> u32 {
    sum.rotate_left(3).wrapping_add(word)
}

/// Windows behind a place drawn by lot, and one word of theirs.
fn place<const N: usize>(check: &mut Check) -> ([Window; N], usize) {
    let first = check.lots.from(0, 800) as usize;
    let word = check.lots.from(0, 1023) as usize;
    (core::array::from_fn(|n| Window::new(first + n)), word)
}

/// Pages that go from the first program to the second, again and again the same ones.
pub fn parcels(mut check: Check) -> Result<(), Error> {
    let (pages, word) = place::<3>(&mut check);
    let turns = check.lots.from(8, 16);
    if is_first() {
        for page in pages {
            page.alloc(window::PRIVATE)?;
        }
        for _ in 0..turns {
            // Then it has done with the one before.
            until_it_waits(started(1));
            let page = pages[check.lots.from(0, 2) as usize];
            page.write(word, with(page.read(word), check.lots.any()));
            let flags = [window::READ_ONLY, window::PRIVATE][check.lots.from(0, 1) as usize];
            let _ = send(started(1), check.lots.any(), page.address(), flags);
        }
        return Ok(());
    }
    let (mut sum, place) = (0, Window::new(900));
    for _ in 0..turns {
        let message = ipc_recv_page(place)?;
        sum = with(with(sum, message.value), place.read(word));
        if message.perm == window::PRIVATE {
            place.write(word, !sum);
        }
    }
    step!(check, "words and pages go on from where they were");
    saw!(check, "what was made of all of them", sum);
    Ok(())
}

/// Stores to pages of which some are read-only, and become so again.
pub fn faults(mut check: Check) -> Result<(), Error> {
    libos::set_pgfault_handler(note)?;
    let (pages, word) = place::<6>(&mut check);
    for page in pages {
        page.alloc(window::PRIVATE)?;
    }
    let mut sum = 0;
    for _ in 0..check.lots.from(30, 60) {
        let page = pages[check.lots.from(0, 5) as usize];
        if check.lots.from(0, 1) == 0 {
            page.alloc(window::READ_ONLY)?;
        }
        handlers::expect(page);
        let before = page.read(word);
        page.write(word, check.lots.any());
        let (faults, va) = SEEN.get();
        sum = [before, page.read(word), faults, va]
            .into_iter()
            .fold(sum, with);
    }
    step!(
        check,
        "a store is done, whether it had to wait for a handler or not"
    );
    saw!(check, "faults", SEEN.get().0);
    saw!(check, "what was made of words, faults and addresses", sum);
    Ok(())
}

/// Stores through several names of frames that are copy-on-write.
pub fn stores(mut check: Check) -> Result<(), Error> {
    probe::expect_faults()?;
    let (pages, word) = place::<5>(&mut check);
    for page in pages {
        page.alloc(window::PRIVATE)?;
    }
    let (mut sum, mut shared) = (0, 0);
    for _ in 0..check.lots.from(40, 80) {
        let [from, to] = [0, 0].map(|_: u32| pages[check.lots.from(0, 4) as usize]);
        if check.lots.from(0, 2) == 0 {
            // Both have the one frame then, if they are two.
            from.map(EnvId::SELF, window::COPY_ON_WRITE)?;
            let flags = window::COPY_ON_WRITE.bits();
            let _ = probe::call(Sysno::MemMap, [0, from.address(), 0, to.address(), flags]);
        } else {
            to.write(word, check.lots.any());
        }
        sum = pages
            .iter()
            .fold(sum, |sum, page| with(sum, page.read(word)));
        let names = pages
            .iter()
            .map(|page| view::pp_ref(page.frame().unwrap_or(0)));
        shared = names.fold(shared, |sum, names| with(sum, names.into()));
    }
    step!(
        check,
        "each page has its own words, and its frame for itself once it was stored to"
    );
    saw!(check, "what was made of the words", sum);
    saw!(
        check,
        "what was made of how many names their frames had",
        shared
    );
    Ok(())
}

/// Children and grandchildren that change what they were given, in an order drawn by lot.
pub fn forks(mut check: Check) -> Result<(), Error> {
    SHARED.alloc(window::SHARED)?;
    let ([page], word) = place::<1>(&mut check);
    page.alloc(window::PRIVATE)?;
    // The first needs more than those behind it: an exception stack.
    descend(&mut check, page, word, 1)?;
    let free = view::free_frames();
    for _ in 0..check.lots.from(3, 6) {
        // By how many generations one line goes on.
        let depth = check.lots.from(1, 3);
        page.write(word, check.lots.any());
        let sum = descend(&mut check, page, word, depth)?;
        NUMBER.with(|number| *number = with(*number, sum));
    }
    step!(
        check,
        "every generation has what it was given and what it made of that"
    );
    saw!(
        check,
        "what was made of all that was left behind",
        SHARED.read(0)
    );
    saw!(
        check,
        "our own number and word",
        (NUMBER.get(), page.read(word))
    );
    saw!(
        check,
        "frames that are free now and were not",
        frames_since(free)
    );
    Ok(())
}

/// Forks; the child goes on by one generation less, and ends. What our word is then.
fn descend(check: &mut Check, page: Window, word: usize, depth: u32) -> Result<u32, Error> {
    let [before, behind] = [check.lots.any(), check.lots.any()];
    let mut on_the_stack = before;
    match fork()? {
        Fork::Child => {
            NUMBER.with(|number| *number = with(*number, on_the_stack));
            page.write(word, with(page.read(word), NUMBER.get()));
            if depth > 1 {
                on_the_stack = descend(check, page, word, depth - 1)?;
            }
            let left = [on_the_stack, page.read(word), NUMBER.get()];
            SHARED.write(0, left.into_iter().fold(SHARED.read(0), with));
            env::exit()
        }
        Fork::Parent(child) => {
            page.write(word, with(page.read(word), behind));
            until_it_ends(child);
            Ok(page.read(word) ^ on_the_stack)
        }
    }
}
