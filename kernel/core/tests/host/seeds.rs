//! Property tests that can be repeated: each case has a seed of its own, and a failure says which.
//!
//! `MOS_SEED=n` runs the one case with that seed. Without it the seeds are fixed, so that the verdict
//! of `make test` depends on the code alone.

use std::fmt::Debug;
use std::ops::Range;

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};

/// A number from the environment.
pub fn variable(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    let number = text.parse();
    Some(number.unwrap_or_else(|_| panic!("{name}={text} is not a number")))
}

/// Runs `test` with a value for each of the seeds. A value that fails is made as simple as it can be
/// while it still fails, and printed with its seed.
pub fn run<S: Strategy>(name: &str, seeds: Range<u64>, values: &S, mut test: impl FnMut(S::Value))
where
    S::Value: Debug,
{
    let seeds = match variable("MOS_SEED") {
        Some(seed) => seed..seed + 1,
        None => seeds,
    };
    for seed in seeds {
        case(name, seed, values, &mut test);
    }
}

/// Runs one case.
pub fn case<S: Strategy>(name: &str, seed: u64, values: &S, test: &mut impl FnMut(S::Value))
where
    S::Value: Debug,
{
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config {
        cases: 1,
        failure_persistence: None,
        max_shrink_iters: 20_000,
        max_shrink_time: 60_000,
        ..Config::default()
    };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let test = std::cell::RefCell::new(test);
    let result = TestRunner::new_with_rng(config, rng).run(values, |value| {
        test.borrow_mut()(value);
        Ok(())
    });
    match result {
        Ok(()) => {}
        Err(TestError::Fail(reason, value)) => {
            panic!("{name}, MOS_SEED={seed}: {reason}\nwith {value:#?}")
        }
        Err(TestError::Abort(reason)) => panic!("{name}, MOS_SEED={seed}: {reason}"),
    }
}
