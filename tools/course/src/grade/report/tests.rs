use super::*;
use crate::grade::checks::Check;
use crate::grade::formats;

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
        }
    };
    Report {
        lab: 1,
        rows: verdicts.iter().zip(["one", "two"]).map(row).collect(),
        broken: None,
        of: 100,
    }
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
