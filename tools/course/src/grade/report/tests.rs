use super::*;
use crate::grade::budget::Taken;
use crate::grade::check::Check;
use crate::grade::formats;
use crate::plain;
use mos_run::lab::Lab;

/// A report on checks of 50 points each, with these verdicts.
fn report(verdicts: &[Verdict]) -> Report {
    let row = |(verdict, name): (&Verdict, &str)| {
        let mut check = Check::bare(name);
        check.points = 50;
        Row {
            check,
            machine: Machine::Malta,
            verdict: verdict.clone(),
            instructions: None,
            taken: Taken::default(),
        }
    };
    Report {
        lab: Lab::Number(1),
        rows: verdicts.iter().zip(["one", "two"]).map(row).collect(),
        broken: None,
        ended: false,
        of: 100,
        remarks: Vec::new(),
        // lab smp begin
        cpus: None,
        // lab smp end
    }
}

// lab smp begin
#[test]
fn who_asks_for_several_cpus_sees_how_many_there_are_in_each_check() {
    let failed = Verdict::Failed(Difference::default());
    let mut report = report(&[failed, Verdict::Passed]);
    report.cpus = Some(4);
    let [first, second] = &mut report.rows[..] else {
        panic!("two checks");
    };
    second.check.cpus = Some(1);
    for check in [&mut first.check, &mut second.check] {
        check.limit = 7;
        check.on(4);
    }
    assert_eq!((first.check.limit, second.check.limit), (70, 7));
    let text = text(&report, 0);
    assert!(text.contains("Note: CPUS=4 is for checks"), "{text}");
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let ends = |name: &str, end: &str| {
        let mut lines = lines.iter();
        lines.any(|line| line.contains(name) && line.ends_with(end))
    };
    assert!(ends("one", "  4 CPUs") && ends("two", "  1 CPU"), "{text}");
    assert!(ends("again:", "CHECK=one CPUS=4"), "{text}");
}

// lab smp end

#[test]
fn a_check_that_was_not_run_has_no_points_and_the_others_keep_theirs() {
    let left_out = Verdict::NotRun("it came to its limit on malta".to_owned());
    let some = report(&[Verdict::Passed, left_out]);
    assert_eq!((some.score(), some.is_full()), (Some(50), false));
    let text = text(&some, 0);
    assert!(
        text.contains("This was not run: it came to its limit on malta.\n"),
        "{text}"
    );
}

#[test]
fn a_check_without_a_verdict_leaves_no_score() {
    let ungraded = Verdict::Ungraded("the disk is full".to_owned());
    let all = report(&[Verdict::Passed, Verdict::Passed]);
    assert_eq!((all.score(), all.is_full()), (Some(100), true));
    assert!(text(&all, 0).ends_with("Score: 100/100\n"));
    let some = report(&[Verdict::Passed, ungraded]);
    assert_eq!((some.score(), some.is_full()), (None, false));
    let text = text(&some, 0);
    assert!(
        text.contains("This could not be graded: the disk is full.\n"),
        "{text}"
    );
    assert!(
        text.ends_with("Score: none, since not everything could be graded\n"),
        "{text}"
    );
    let junit = formats::junit(&some).unwrap();
    assert!(
        junit.contains("errors=\"1\"") && junit.contains("failures=\"0\""),
        "{junit}"
    );
    let results = formats::gradescope(&some).unwrap();
    assert!(!results.contains("\"score\""), "{results}");
    assert!(
        formats::gradescope(&all)
            .unwrap()
            .contains("\"score\": 100")
    );
}

#[test]
fn no_report_says_anything_that_is_obeyed() {
    let hostile = "\u{1b}[2J\u{9b}31m\u{202e}\u{7}</testcase>\r";
    let difference = Difference {
        expected: hostile.to_owned(),
        seen: hostile.to_owned(),
        console: vec![hostile.to_owned(); 3],
        ..Difference::default()
    };
    let mut hostile = report(&[
        Verdict::Failed(difference),
        Verdict::Ungraded(hostile.to_owned()),
    ]);
    let junit = |report: &Report| formats::junit(report).unwrap();
    let results = |report: &Report| formats::gradescope(report).unwrap();
    let told = [text(&hostile, 0), junit(&hostile), results(&hostile)];
    hostile.broken = Some("\u{1b}[31merror\u{1b}[0m: \u{1b}]0;title\u{7}\u{202e}\n".to_owned());
    let broken = [junit(&hostile), results(&hostile)];
    for report in told.iter().chain(&broken) {
        let obeyed = |c: char| c != '\n' && plain::line(&c.to_string()) != c.to_string();
        assert!(!report.contains(obeyed), "{report:?}");
    }
    assert!(!told[1].contains("</testcase>\\r"), "{}", told[1]);
}

#[test]
fn a_remark_is_in_every_report() {
    let mut report = report(&[Verdict::Passed, Verdict::Passed]);
    report.remarks.push("graded without a wall".to_owned());
    let junit = formats::junit(&report).unwrap();
    let results = formats::gradescope(&report).unwrap();
    for report in [text(&report, 0), junit, results] {
        assert!(report.contains("graded without a wall"), "{report}");
    }
}
