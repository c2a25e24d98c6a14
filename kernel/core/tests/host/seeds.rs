//! Property tests over lists of things that happen, which can be repeated: each list has a seed of its own,
//! and a failure says which.
//!
//! `MOS_SEED=n` runs the one list with that seed. Without it the seeds are fixed, so that the verdict of
//! `make test` depends on the code alone.

use std::fmt::Debug;
use std::panic::{self, AssertUnwindSafe};

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// A number from the environment.
pub fn variable(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    let number = text.parse();
    Some(number.unwrap_or_else(|_| panic!("{name}={text} is not a number")))
}

/// Runs `test` with the list that belongs to `seed`. One that makes it panic is shortened as far as that
/// lasts, and printed with its seed.
pub fn case<T: Clone + Debug>(
    name: &str,
    seed: u64,
    lists: &impl Strategy<Value = Vec<T>>,
    mut test: impl FnMut(&[T]),
) {
    let mut fails = |list: &[T]| panic::catch_unwind(AssertUnwindSafe(|| test(list))).is_err();
    let list = generate(seed, lists);
    if !fails(&list) {
        return;
    }
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| ()));
    let list = shorten(list, &mut fails);
    panic::set_hook(hook);
    let lines: Vec<String> = list.iter().map(|item| format!("    {item:?}\n")).collect();
    println!(
        "{name} fails with MOS_SEED={seed}, and already with these alone:\n{}",
        lines.concat()
    );
    // Once more, for its message.
    test(&list);
}

/// The list that belongs to `seed`.
fn generate<T: Debug>(seed: u64, lists: &impl Strategy<Value = Vec<T>>) -> Vec<T> {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let tree = lists
        .new_tree(&mut runner)
        .expect("nothing is filtered out");
    tree.current()
}

/// Leaves out whatever can be left out while `fails` lasts: long stretches first, from the end. Proptest's
/// own way, one by one from the start, takes minutes for lists as long as these.
fn shorten<T: Clone>(mut list: Vec<T>, fails: &mut impl FnMut(&[T]) -> bool) -> Vec<T> {
    let mut stretch = list.len();
    while stretch > 0 {
        let mut end = list.len();
        while end > 0 {
            let start = end.saturating_sub(stretch);
            let rest = [&list[..start], &list[end..]].concat();
            if fails(&rest) {
                list = rest;
            }
            end = start;
        }
        stretch /= 2;
    }
    list
}

#[test]
fn a_list_is_shortened_to_what_makes_it_fail() {
    let fails = |list: &[u32]| list.contains(&3) && list.contains(&70);
    assert_eq!(shorten((0..100).collect(), &mut { fails }), [3, 70]);
}
