//! env_destroy among environments that are nobody's children.

use libos::{EnvId, Error, Window, env, view, yield_now};
use mos_exam::{saw, step};
use mos_user::check::{Check, started, until};

/// Turns that the first environment has before the third one ends itself.
const TURNS: u32 = 40;

/// The first looks on while the second stays and the third ends itself.
pub fn destroy(mut check: Check) -> Result<(), Error> {
    let pages = check.lots.from(10, 40);
    if env::id() == started(0) {
        looks_on(&mut check, pages);
        return Ok(());
    }
    let own = [EnvId::SELF, env::id()][check.lots.from(0, 1) as usize];
    for n in 0..pages as usize {
        // The kernel puts a page there.
        Window::new(n).write(n, check.lots.any() ^ env::id().0);
    }
    let others = |check: &Check| {
        let words = (0..pages as usize).map(|n| Window::new(n).read(n));
        let sum = words.fold(0, |sum: u32, word| sum.rotate_left(1) ^ word);
        saw!(check, "words in its pages, added up", sum);
    };
    if env::id() == started(1) {
        until(|| !env::slot(0).is(started(0)));
        step!(check, "the others go on, and keep theirs");
        others(&check);
        return Ok(());
    }
    let before = env::slot(0).runs();
    until(|| env::slot(0).runs().wrapping_sub(before) >= TURNS);
    step!(check, "it has its memory until then");
    others(&check);
    let result = env::destroy(own);
    saw!(check, "what its own end returned", result);
    Ok(())
}

fn looks_on(check: &mut Check, pages: u32) {
    step!(
        check,
        "nobody ends an environment that is neither himself nor his child"
    );
    let [me, second, third] = [0, 1, 2].map(|n| started(n).0);
    let mut ids = [
        second,
        third,
        second,
        third,
        // Those of others in the same slots, of slots that nobody has, and of none.
        me ^ 1 << 11,
        second ^ 1 << 11,
        third ^ 1 << 12,
        3,
        u32::MAX >> 1,
        check.lots.any() | 1 << 31,
    ];
    check.lots.shuffle(&mut ids);
    for id in ids {
        let result = env::destroy(EnvId(id));
        saw!(check, "an id, and what env_destroy returned", (id, result));
    }
    let alive = [0, 1, 2].map(|n| env::slot(n).is(started(n)));
    saw!(check, "who of the three lives", alive);

    step!(check, "one that ends itself gives back what it had");
    let mut least = view::free_frames();
    for _ in 0..TURNS * 10 {
        if !env::slot(2).is(started(2)) {
            break;
        }
        least = least.min(view::free_frames());
        yield_now();
    }
    let freed = until(|| view::free_frames().wrapping_sub(least) >= pages);
    let alive = [0, 1, 2].map(|n| env::slot(n).is(started(n)));
    saw!(check, "who lives when it has ended", alive);
    let seen = (pages, freed);
    saw!(
        check,
        "its pages, and whether so many frames are free again",
        seen
    );
}
