//! Turns by lot: with fixed seeds, so that the verdict is as fixed.

use mos_abi::Sysno::*;
use mos_core::env::rule::Lottery;

use super::{slices, with_priorities};

/// Who has had how many of `turns`, with these priorities, as `seed` has it.
fn turns(seed: u32, priorities: &[u32], turns: usize) -> Vec<u32> {
    let (mut rig, ids) = with_priorities::<Lottery>(priorities, 64);
    rig.kernel.rule = Lottery::of_seed(seed);
    // Whose turn it was before is not drawn by this seed.
    rig.tick();
    let mut had = vec![0; priorities.len()];
    for who in slices(&mut rig, &ids, turns) {
        had[who] += 1;
    }
    had
}

/// How much less likely they are than what is most likely: the chi-square.
fn chi_square(had: &[u32], priorities: &[u32]) -> f64 {
    let turns: u32 = had.iter().sum();
    let sum: u32 = priorities.iter().sum();
    let terms = had.iter().zip(priorities).map(|(&had, &priority)| {
        let due = f64::from(turns) * f64::from(priority) / f64::from(sum);
        (f64::from(had) - due).powi(2) / due
    });
    terms.sum()
}

/// The sum of 100 chi-squares of 3 degrees of freedom is 300, give or take 24.5; and one of a thousand is above 16.27.
#[test]
fn turns_over_many_seeds_are_as_likely_as_they_should_be() {
    let priorities = [1, 2, 3, 14];
    let all = (0..100).map(|seed| chi_square(&turns(seed, &priorities, 400), &priorities));
    let all: Vec<f64> = all.collect();
    let sum: f64 = all.iter().sum();
    assert!(
        (227.0..373.0).contains(&sum),
        "neither uneven nor too even: {sum}"
    );
    let rare = all.iter().filter(|&&one| one > 16.27).count();
    assert!(rare <= 2, "{all:?}");
}

/// So is who is first, by seeds that follow one another.
#[test]
fn first_turns_are_as_likely_as_others() {
    let priorities = [1, 1, 2];
    let mut had = vec![0; 3];
    for seed in 0..600 {
        for (sum, one) in had.iter_mut().zip(turns(seed, &priorities, 1)) {
            *sum += one;
        }
    }
    // One in a thousand is above 13.82.
    assert!(chi_square(&had, &priorities) < 13.82, "{had:?}");
}

/// Whose turn comes after whose is left to chance too: the chi-square of all pairs, of 8 degrees of freedom.
#[test]
fn turns_do_not_depend_on_those_before() {
    let (mut rig, ids) = with_priorities::<Lottery>(&[1, 1, 1], 64);
    let seen = slices(&mut rig, &ids, 9_001);
    let mut pairs = [0; 9];
    seen.windows(2)
        .for_each(|pair| pairs[3 * pair[0] + pair[1]] += 1);
    let off = chi_square(&pairs, &[1; 9]);
    assert!((1.0..26.12).contains(&off), "{off}: {pairs:?}");
}

#[test]
fn a_run_is_repeated_with_its_seed_and_not_with_another() {
    let run = |seed| turns(seed, &[1, 1, 1, 1, 1], 200);
    assert_eq!(run(7), run(7));
    assert_ne!(run(7), run(8));
}

/// Tickets beyond 2^20 are too many to count.
#[test]
fn who_has_all_the_tickets_has_nearly_all_turns_and_nobody_too_many() {
    assert_eq!(turns(3, &[1, u32::MAX], 200), [0, 200]);
    let even = turns(3, &[u32::MAX, u32::MAX], 400);
    assert!(even.iter().all(|&had| had > 150), "{even:?}");
}

/// Those that come and go have turns while they are there, and nobody else has them.
#[test]
fn all_who_can_run_have_tickets_and_nobody_else() {
    let (mut rig, ids) = with_priorities::<Lottery>(&[1, 1, 1], 64);
    rig.switch_to(ids[1]);
    rig.blocks(Cgetc, &[]);
    assert!(!slices(&mut rig, &ids, 100).contains(&1));
    rig.type_in(b"k");
    assert!(slices(&mut rig, &ids, 100).contains(&1));
    rig.switch_to(ids[0]);
    rig.call_any(EnvDestroy as u32, &[0]);
    assert!(!slices(&mut rig, &ids, 100).contains(&0));
}
