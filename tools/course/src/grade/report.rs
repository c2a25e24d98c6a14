//! What a person reads of a report.

use super::judge::{Difference, Steps, Verdict};
use super::{Report, Row};
use crate::plain;
use indicatif::ProgressStyle;
use mos_run::emulator::ICOUNT;
use mos_run::machine::Machine;
use std::fmt::Write;

/// Characters that the number of an exercise has room for at least.
const EXERCISE: usize = 5;

/// How progress is shown.
pub fn bar() -> ProgressStyle {
    ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// The whole report. `seed` is what the run's lots were drawn from.
pub fn text(report: &Report, seed: u64) -> String {
    let mut text = format!("Lab {}\n", report.lab);
    for remark in &report.remarks {
        let _ = writeln!(text, "Note: {remark}.");
    }
    if let Some(words) = &report.broken {
        let _ = writeln!(
            text,
            "{}\n\nIt does not build, so nothing could be checked.",
            words.trim_end()
        );
    }
    // lab smp begin
    if let Some(cpus) = report.cpus {
        let _ = writeln!(text, "Note: {}.", asked(cpus));
    }
    // lab smp end
    let several = report.rows.iter().any(|row| row.machine != Machine::Malta);
    let exercises = report.rows.iter().map(|row| row.check.exercise.len());
    let width = exercises.max().map_or(EXERCISE, |most| most.max(EXERCISE));
    for row in &report.rows {
        line(&mut text, row, several, width);
        // lab smp begin
        if report.cpus.is_some() {
            text.truncate(text.trim_end().len());
            let cpus = row.check.kernel.cpus;
            let _ = writeln!(text, "  {cpus} CPU{}", if cpus == 1 { "" } else { "s" });
        }
        // lab smp end
        detail(&mut text, row, seed);
    }
    let _ = match report.score() {
        Some(score) => writeln!(text, "Score: {score}/{}", report.of),
        None => writeln!(text, "Score: none, since not everything could be graded"),
    };
    text
}

// lab smp begin
/// What is said where somebody asks for so many CPUs.
pub fn asked(cpus: u8) -> String {
    format!(
        "CPUS={cpus} is for checks that have no disk and are not about a number of CPUs of their own"
    )
}

// lab smp end
/// What is said of a check that has no verdict.
pub fn ungraded(why: &str) -> String {
    format!("This could not be graded: {}.", plain::line(why))
}

/// What is said of a check that was not run.
pub fn not_run(why: &str) -> String {
    format!("This was not run: {why}.")
}

/// The guest's time, in milliseconds, where it is counted.
pub fn milliseconds(row: &Row) -> Option<f64> {
    let nanoseconds = row.instructions? << ICOUNT;
    Some(nanoseconds as f64 / 1e6)
}

fn line(text: &mut String, row: &Row, several: bool, width: usize) {
    let check = &row.check;
    let points = if row.verdict == Verdict::Passed {
        check.points
    } else {
        0
    };
    let points = match &check.twin {
        Some(twin) => format!("(with {twin})"),
        None if check.bonus => format!("+{points}/{:<2}", check.points),
        None => format!("{points:>2}/{:<2}", check.points),
    };
    let mark = match row.verdict {
        Verdict::Passed => "ok  ",
        Verdict::Ungraded(_) => "??? ",
        Verdict::NotDone(..) | Verdict::NotRun(_) | Verdict::Failed(_) => "FAIL",
    };
    let time = milliseconds(row).map_or("-".to_owned(), |ms| format!("{ms:.1} ms"));
    let machine = if several {
        format!("{:7} ", row.machine)
    } else {
        String::new()
    };
    let _ = writeln!(
        text,
        "{mark} {points} {machine}{:22} {:width$} {time:>10}",
        check.name, check.exercise
    );
}

/// Why it failed, and what to do about it.
fn detail(text: &mut String, row: &Row, seed: u64) {
    match &row.verdict {
        Verdict::Passed => {}
        Verdict::NotDone(exercise, steps) => {
            let _ = writeln!(text, "       {}", waits(exercise, *steps));
        }
        Verdict::NotRun(why) => {
            let _ = writeln!(text, "       {}", not_run(why));
        }
        Verdict::Ungraded(why) => {
            let _ = writeln!(text, "       {}", ungraded(why));
        }
        Verdict::Failed(difference) => {
            text.push_str(&explanation(row, difference));
            let _ = writeln!(text, "       again: {}", command(row, "grade", seed));
            if row.machine == Machine::Malta {
                let _ = writeln!(text, "       debug: {}", command(row, "debug", seed));
            }
        }
    }
}

/// Why a check did not pass, if it did not.
pub fn why(row: &Row) -> Option<String> {
    match &row.verdict {
        Verdict::Passed => None,
        Verdict::NotDone(exercise, steps) => Some(waits(exercise, *steps)),
        Verdict::Failed(difference) => Some(explanation(row, difference)),
        Verdict::NotRun(why) => Some(not_run(why)),
        Verdict::Ungraded(why) => Some(ungraded(why)),
    }
}

/// What a check waits for.
pub fn waits(exercise: &str, steps: Steps) -> String {
    match steps.right {
        0 => format!("Exercise {exercise} is not done yet."),
        right => format!(
            "It waits for exercise {exercise}; {right} of {} steps are right.",
            steps.of
        ),
    }
}

/// What was tested and what differs.
pub fn explanation(row: &Row, difference: &Difference) -> String {
    let mut text = format!("       {}\n", row.check.tests);
    let Difference {
        step,
        expected,
        seen,
        console,
        steps,
    } = difference;
    let (expected, seen) = (plain::line(expected), plain::line(seen));
    if let Some(step) = step {
        let Steps { right, of } = steps;
        let _ = writeln!(
            text,
            "       Not so: {step} ({right} of {of} steps are right)."
        );
    }
    let _ = writeln!(
        text,
        "       - {expected}\n       + {seen}\n       (- expected, + seen) on the console:"
    );
    for line in console {
        let _ = writeln!(text, "         | {}", plain::line(line));
    }
    text
}

fn command(row: &Row, target: &str, seed: u64) -> String {
    let machine = match row.machine {
        Machine::Malta => String::new(),
        other => format!(" MACHINE={other}"),
    };
    let seed = match seed {
        0 => String::new(),
        seed => format!(" SEED={seed}"),
    };
    let more = machine + &seed;
    // lab smp begin
    let more = match row.check.is_asked_for_several() {
        true => format!("{more} CPUS={}", row.check.kernel.cpus),
        false => more,
    };
    // lab smp end
    format!(
        "make {target} LAB={} CHECK={}{more}",
        row.check.lab, row.check.name
    )
}

#[cfg(test)]
mod tests;
