//! What other programs read of a report: JUnit's XML and Gradescope's `results.json`.

use super::Report;
use super::judge::Verdict;
use super::report::{milliseconds, why};
use crate::plain;
use anyhow::Result;
use mos_run::files;
use mos_run::lab::Lab;
use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Writes `junit.xml` and `results.json` into the folder of the report's lab in `out`.
///
/// # Errors
/// They cannot be written.
pub fn write(report: &Report, out: &Path) -> Result<()> {
    let [xml, json] = paths(report.lab, out);
    files::write(&xml, junit(report)?.as_bytes())?;
    files::write(&json, gradescope(report)?.as_bytes())
}

/// Whether [`write`] can be expected to write the report on `lab`.
///
/// # Errors
/// It cannot.
pub fn check(lab: Lab, out: &Path) -> Result<()> {
    paths(lab, out)
        .iter()
        .try_for_each(|path| files::check(path))
}

fn paths(lab: Lab, out: &Path) -> [PathBuf; 2] {
    ["junit.xml", "results.json"].map(|name| out.join(lab.stem()).join(name))
}

/// The report as JUnit's XML: a case for each check on each machine, which took the guest's time.
///
/// # Errors
/// It cannot be formatted.
pub fn junit(report: &Report) -> Result<String> {
    let mut suite = TestSuite::new(report.lab.stem());
    for row in &report.rows {
        let status = match why(row) {
            None => TestCaseStatus::success(),
            Some(why) => {
                let kind = match row.verdict {
                    Verdict::Ungraded(_) => NonSuccessKind::Error,
                    _ => NonSuccessKind::Failure,
                };
                let mut status = TestCaseStatus::non_success(kind);
                status.set_message(row.check.tests.clone());
                status.set_description(why);
                status
            }
        };
        let mut case = TestCase::new(format!("{}::{}", row.machine, row.check.name), status);
        case.set_classname(format!("exercise {}", row.check.exercise));
        if let Some(ms) = milliseconds(row) {
            case.set_time(Duration::from_secs_f64(ms / 1000.0));
        }
        suite.add_test_case(case);
    }
    if let Some(words) = &report.broken {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_message("it does not build");
        status.set_description(plain::text(words));
        suite.add_test_case(TestCase::new("build", status));
    }
    for remark in &report.remarks {
        suite.add_property(("note", remark.as_str()));
    }
    let mut all = quick_junit::Report::new("mos");
    all.add_test_suite(suite);
    Ok(all.to_string()?)
}

#[derive(Serialize)]
struct Results {
    /// Without one the service says that grading has failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<u32>,
    output: String,
    tests: Vec<Test>,
}

#[derive(Serialize)]
struct Test {
    name: String,
    number: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<u32>,
    max_score: u32,
    output: String,
    visibility: &'static str,
}

/// What is to be known of all checks.
fn output(report: &Report) -> String {
    let remarks = report.remarks.iter().map(|remark| remark.clone() + "\n");
    let broken = report.broken.as_deref().map(plain::text);
    remarks.chain(broken).collect()
}

/// Writes a `results.json` that says why there is nothing to grade, and that this is worth `score`, into `folder`.
///
/// # Errors
/// It cannot be written.
pub fn write_refusal(why: &str, score: Option<u32>, folder: &Path) -> Result<()> {
    let results = Results {
        score,
        output: why.to_owned(),
        tests: Vec::new(),
    };
    let text = serde_json::to_string_pretty(&results)? + "\n";
    files::write(&folder.join("results.json"), text.as_bytes())
}

/// The report as Gradescope's `results.json`. The teacher's checks are not shown to students.
///
/// # Errors
/// It cannot be formatted.
pub fn gradescope(report: &Report) -> Result<String> {
    let score = report.score();
    let mut tests: Vec<Test> = Vec::new();
    for row in &report.rows {
        let check = &row.check;
        let why = why(row).map(|why| format!("{}:\n{why}", row.machine));
        if let Some(test) = tests.iter_mut().find(|test| test.name == check.name) {
            test.output += &why.unwrap_or_default();
            continue;
        }
        tests.push(Test {
            name: check.name.clone(),
            number: check.exercise.clone(),
            // The service would add them up where there is no other.
            score: score.map(|_| match report.passed(&check.name) {
                true => check.points,
                false => 0,
            }),
            max_score: check.points,
            output: why.unwrap_or_else(|| check.tests.clone()),
            visibility: if check.private { "hidden" } else { "visible" },
        });
    }
    let results = Results {
        score,
        output: output(report),
        tests,
    };
    Ok(serde_json::to_string_pretty(&results)? + "\n")
}
