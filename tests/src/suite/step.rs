//! Running one step after the other, and adding up what they found.

use anyhow::{Context, Result};
use indicatif::ProgressBar;
use mos_run::{out, progress};
use std::process::Command;
use std::time::Instant;

/// What a step found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// What was as it should be.
    pub passed: usize,
    /// What was not.
    pub failed: usize,
    /// How many of both were tests that a name can select.
    pub tests: usize,
    /// What to show if something failed.
    pub output: String,
}

impl Tally {
    /// `passed` things that are as they should be.
    pub fn passed(passed: usize) -> Self {
        Self {
            passed,
            ..Self::default()
        }
    }

    /// One thing that is not, as `output` says.
    pub fn failed(output: String) -> Self {
        Self {
            failed: 1,
            output,
            ..Self::default()
        }
    }

    /// What both have found.
    pub fn and(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            tests: self.tests + other.tests,
            output: self.output + &other.output,
        }
    }
}

/// The steps so far.
#[derive(Debug, Default)]
pub struct Suite {
    sum: Tally,
}

impl Suite {
    /// Runs a step, prints its line, and everything it has to say if something failed. Returns whether
    /// nothing did.
    ///
    /// # Errors
    /// Nobody reads it.
    pub fn step(
        &mut self,
        name: &str,
        run: impl FnOnce(&ProgressBar) -> Result<Tally>,
    ) -> Result<bool> {
        let start = Instant::now();
        let spinner = progress::spinner().with_prefix(name.to_owned());
        spinner.set_style(style());
        let tally = run(&spinner).unwrap_or_else(|error| Tally::failed(format!("{error:#}")));
        spinner.finish_and_clear();

        let (passed, failed) = (tally.passed, tally.failed);
        let seconds = start.elapsed().as_secs_f32();
        out::print(if failed == 0 {
            format!("{name}: {passed} passed ({seconds:.1} s)\n")
        } else {
            let output = tally.output.trim_end();
            format!("{name}: {passed} passed, {failed} FAILED ({seconds:.1} s)\n{output}\n")
        })?;
        self.sum.passed += passed;
        self.sum.failed += failed;
        self.sum.tests += tally.tests;
        Ok(failed == 0)
    }

    /// Prints the sum of all steps and returns it.
    ///
    /// # Errors
    /// Nobody reads it.
    pub fn finish(self) -> Result<Tally> {
        let (passed, failed) = (self.sum.passed, self.sum.failed);
        out::print(format!("{passed} passed, {failed} failed\n"))?;
        Ok(self.sum)
    }
}

fn style() -> indicatif::ProgressStyle {
    indicatif::ProgressStyle::with_template("{spinner} {prefix}: {msg}")
        .unwrap_or_else(|_| indicatif::ProgressStyle::default_spinner())
}

/// Runs a command that either succeeds or says what is wrong.
pub fn check(mut command: Command) -> Result<Tally> {
    let output = command.output().context("cannot run cargo")?;
    if output.status.success() {
        return Ok(Tally::passed(1));
    }
    let words = [output.stdout, output.stderr].concat();
    Ok(Tally::failed(String::from_utf8_lossy(&words).into_owned()))
}
