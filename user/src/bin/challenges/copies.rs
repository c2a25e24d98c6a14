//! dumbfork.

use core::hint::black_box;

use libos::{Error, Fork, PteFlags, Window, Word, dumbfork, view, window};
use mos_abi::layout::PAGE_SIZE;
use mos_abi::pte;
use mos_exam::{saw, step};
use mos_user::check::{Check, until, until_it_ends};

const SHARED: Window = Window::new(1000);
const PRIVATE: Window = Window::new(1001);

static WORD: Word = Word::new(0);

/// Once: nothing is shared, from the first moment.
pub fn copied(mut check: Check) -> Result<(), Error> {
    SHARED.alloc(window::SHARED)?;
    PRIVATE.alloc(window::PRIVATE)?;
    let at = check.lots.from(0, 1023) as usize;
    let [first, second, ours, theirs] = [(); 4].map(|()| check.lots.any());
    let mut on_the_stack = [first; 40];
    black_box(&mut on_the_stack);
    let mut put = |word: u32| {
        WORD.set(word);
        PRIVATE.write(at, word ^ second);
        on_the_stack[at % 40] = word;
        on_the_stack
    };
    let mut stack = put(first);
    match dumbfork()? {
        Fork::Child => {
            step!(check, "the child has a copy of every page when it begins");
            saw!(check, "its pages that are not its own", not_its_own());
            saw!(
                check,
                "a word, one in a window, one of the stack",
                seen(at, &stack)
            );
            put(theirs);
            SHARED.write(0, 1);
        }
        Fork::Parent(child) => {
            step!(check, "neither sees what the other writes");
            saw!(check, "our pages that are not our own", not_its_own());
            stack = put(ours);
            until(|| SHARED.read(0) == 1);
            saw!(
                check,
                "a word, one in a window, one of the stack",
                seen(at, &stack)
            );
            until_it_ends(child);
        }
    }
    Ok(())
}

fn seen(at: usize, stack: &[u32; 40]) -> [u32; 3] {
    [WORD.get(), PRIVATE.read(at), black_box(stack)[at % 40]]
}

/// How many of our pages others have too, or may be copied on a write, but for those that are meant to be shared.
fn not_its_own() -> usize {
    let stretches = view::tables();
    let pages = stretches.flat_map(|(base, end)| (base..end).step_by(PAGE_SIZE as usize));
    let shared = pages.filter(|&va| {
        view::page_flags(va).is_some_and(|flags| {
            let frame = pte::ppn(view::vpt(va));
            let is_shared = flags.contains(PteFlags::COW) || view::pp_ref(frame) != 1;
            is_shared && !flags.contains(PteFlags::LIBRARY)
        })
    });
    shared.count()
}
