//! Exceptions in handlers of exceptions, and stacks that run full.

use core::hint::black_box;

use libos::exception::{Exception, Exceptions, Next, map_missing, set_exception_handler};
use libos::{Error, Fork, Global, Window, env, fork, layout, probe, window};
use mos_exam::{saw, step};
use mos_user::check::{Check, until_it_ends};

/// Shared by everybody: how deep somebody came.
const NOTES: Window = Window::new(1000);

/// Handlers that run, the most at once, their limit, and the numbers of the windows that they map, in order.
struct Course {
    depth: usize,
    deepest: usize,
    limit: usize,
    first: u32,
    mapped: [u32; 8],
    done: usize,
}

static COURSE: Global<Course> = Global::new(Course {
    depth: 0,
    deepest: 0,
    limit: 0,
    first: 0,
    mapped: [0; 8],
    done: 0,
});

/// Looks into the next window first, so that the pages come in turned order.
fn nested(exception: &Exception) -> Next {
    let (depth, first, goes_on) = COURSE.with(|course| {
        course.depth += 1;
        course.deepest = course.deepest.max(course.depth);
        (course.depth, course.first, course.depth < course.limit)
    });
    if goes_on {
        probe::peek(Window::new(first as usize + depth).address());
    }
    let mapped = map_missing(exception);
    COURSE.with(|course| {
        course.depth -= 1;
        course.mapped[course.done % 8] = exception.va.unwrap_or(0);
        course.done += 1;
    });
    mapped.map_or_else(|_| env::exit(), |()| Next::Resume)
}

/// Without end, unless the stack has one.
fn recursive(exception: &Exception) -> Next {
    NOTES.write(0, NOTES.read(0) + 1);
    probe::peek(exception.va.unwrap_or(0));
    Next::Resume
}

/// Handlers in handlers.
pub fn nesting(mut check: Check) -> Result<(), Error> {
    NOTES.alloc(window::SHARED)?;
    set_exception_handler(Exceptions::TLB_LOAD, nested)?;
    step!(check, "a handler may fault itself, and be called for it");
    for round in 0..3 {
        let limit = check.lots.from(2, 4) as usize;
        let first = check.lots.from(10, 90) + 100 * round;
        COURSE.with(|course| {
            (course.limit, course.first) = (limit, first);
            (course.deepest, course.done, course.mapped) = (0, 0, [0; 8]);
        });
        let word = probe::peek(Window::new(first as usize).address());
        let seen = COURSE.with(|course| (course.depth, course.deepest, course.mapped));
        saw!(check, "a word, and handlers that run", (word, seen.0));
        saw!(
            check,
            "the most at once, and the addresses in the order in which they were mapped",
            (seen.1, seen.2)
        );
    }

    step!(check, "without end, it ends the program, and nobody else");
    let drawn = check.lots.any();
    let Fork::Parent(child) = fork()? else {
        set_exception_handler(Exceptions::all(), recursive)?;
        NOTES.write(1, drawn);
        probe::peek(drawn & 0x00ff_fffc | 0x2000_0000);
        NOTES.write(1, 0);
        env::exit()
    };
    let ended = until_it_ends(child);
    saw!(
        check,
        "whether it has ended, whether it came some way, and what it said before",
        (ended, NOTES.read(0) > 2, NOTES.read(1))
    );
    Ok(())
}

/// The stack may go down to here, and no further.
static FLOOR: Global<u32> = Global::new(0);
/// Pages that were given to it, and the address at which it was given none.
static GIVEN: Global<(u32, u32)> = Global::new((0, 0));
/// What goes on when it is full.
static REST: Global<Option<Check>> = Global::new(None);

fn grow(exception: &Exception) -> Next {
    let va = exception.va.unwrap_or(0);
    if va >= FLOOR.get() && map_missing(exception).is_ok() {
        GIVEN.with(|(pages, _)| *pages += 1);
        return Next::Resume;
    }
    GIVEN.with(|(_, address)| *address = va);
    Next::GoOn(full)
}

/// A page of stack for each call, and so many that there is no end.
fn descend(word: u32) -> u32 {
    if black_box(word) == u32::MAX {
        return 0;
    }
    let page = black_box([word; Window::WORDS]);
    descend(word.wrapping_add(1)).wrapping_add(page[word as usize % Window::WORDS])
}

/// A stack that grows by pages, up to a limit.
pub fn full_stack(mut check: Check) -> Result<(), Error> {
    let pages = check.lots.from(5, 60);
    let missing = |va: &u32| libos::view::page_flags(*va).is_none();
    let lowest = (1..).map(|n| layout::USTACKTOP - n * layout::PAGE_SIZE);
    let top = lowest.clone().find(missing).unwrap_or(0);
    FLOOR.set(top - (pages - 1) * layout::PAGE_SIZE);
    let word = check.lots.any();
    REST.set(Some(check));
    set_exception_handler(Exceptions::TLB_LOAD | Exceptions::TLB_STORE, grow)?;
    descend(word);
    Ok(())
}

/// On the stack, which is empty again.
fn full() -> ! {
    if let Some(mut check) = REST.with(Option::take) {
        step!(check, "a stack that runs full is noticed");
        let (pages, address) = GIVEN.get();
        let floor = FLOOR.get();
        saw!(check, "pages that it was given", pages);
        saw!(
            check,
            "whether the next one was to be just below, and whether that is there",
            (
                layout::page_down(address) + layout::PAGE_SIZE == floor,
                libos::view::page_flags(address).is_some()
            )
        );
        let drawn = check.lots.any();
        saw!(check, "a number drawn now", drawn);
    }
    env::exit()
}
