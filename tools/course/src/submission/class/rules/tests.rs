use super::*;

const RULES: &str = r#"
[[lab]]
number = 4
deadline = 2026-11-20T23:59:00+08:00
off = 10
cap = 25
weights = { "4.1" = 2 }
bonus = ["4.3"]
bonus_cap = 5
deadlines = { 20373001 = 2026-11-22T23:59:00+08:00 }

[[lab]]
number = 3
deadline = 2026-11-20T15:59:00Z
factor = 0.5

[handed_in]
"a/x.tar.zst" = 2026-11-01T00:00:00Z
"#;

fn at(time: &str) -> Time {
    DateTime::parse_from_rfc3339(time).unwrap()
}

fn points(exercises: &[(&str, [u32; 3])]) -> BTreeMap<String, Points> {
    let points = |&(name, [earned, of, bonus]): &(&str, [u32; 3])| {
        (name.to_owned(), Points { earned, of, bonus })
    };
    exercises.iter().map(points).collect()
}

#[test]
fn a_day_late_begins_with_the_first_moment() {
    let rules = Rules::parse(RULES).unwrap();
    let all = points(&[("4.2", [50, 50, 0])]);
    let worth = |id: &str, time: &str| rules.worth(lab::Lab::Number(4), id, &all, at(time));
    for (time, days, off) in [
        ("2026-11-20T23:59:00+08:00", 0, 0.0),
        ("2026-11-20T16:59:00Z", 1, 10.0),
        ("2026-11-20T23:59:00.001+08:00", 1, 10.0),
        ("2026-11-21T23:59:00+08:00", 1, 10.0),
        ("2026-11-22T00:00:00+08:00", 2, 20.0),
        ("2026-12-24T00:00:00+08:00", 34, 25.0),
    ] {
        let worth = worth("20373000", time);
        assert_eq!((worth.days, worth.off), (days, off), "{time}");
    }
    assert_eq!(worth("20373001", "2026-11-22T00:00:00+08:00").off, 0.0);
}

#[test]
fn what_being_late_leaves_is_never_less_than_nothing() {
    let rules = Rules::parse(RULES).unwrap();
    let all = points(&[("3.1", [40, 50, 0])]);
    let worth = rules.worth(lab::Lab::Number(3), "", &all, at("2026-11-22T15:59:00Z"));
    assert_eq!((worth.days, worth.points, worth.total()), (2, 80.0, 20.0));
    let few = points(&[("4.2", [1, 100, 0])]);
    let worth = rules.worth(lab::Lab::Number(4), "", &few, at("2026-11-30T00:00:00Z"));
    assert_eq!(worth.total(), 0.0);
}

#[test]
fn exercises_are_weighed_and_a_bonus_comes_on_top() {
    let rules = Rules::parse(RULES).unwrap();
    let all = points(&[
        ("4.1", [20, 40, 0]),
        ("4.2", [20, 20, 4]),
        ("4.3", [0, 40, 0]),
    ]);
    let time = at("2026-01-01T00:00:00Z");
    assert_eq!(
        rules.worth(lab::Lab::Number(4), "", &all, time).total(),
        64.0
    );
    // Both bonuses together are more than the cap.
    let more = points(&[("4.2", [0, 20, 4]), ("4.3", [40, 40, 0])]);
    assert_eq!(
        rules.worth(lab::Lab::Number(4), "", &more, time).total(),
        5.0
    );
    // Without rules, the points stand as they are.
    let worth = Rules::default().worth(lab::Lab::Number(4), "", &all, at("2999-01-01T00:00:00Z"));
    assert_eq!((worth.days, worth.total()), (0, 44.0));
    assert_eq!([written(44.0), written(87.46)], ["44", "87.5"]);
}

#[test]
fn a_file_that_says_when_something_was_handed_in_knows_it_better() {
    let rules = Rules::parse(RULES).unwrap();
    let modified = at("2026-11-30T00:00:00Z");
    let told = rules.handed_in("a/x.tar.zst", modified);
    assert_eq!(told, at("2026-11-01T00:00:00Z"));
    assert_eq!(rules.handed_in("b", modified), modified);
}

#[test]
fn rules_that_make_no_sense_are_refused() {
    for (text, why) in [
        ("[[lab]]\nnumber = 4\nof = 10", "unknown field `of`"),
        ("[[lab]]\nnumber = 4\noff = -1", "not negative"),
        ("[[lab]]\nnumber = 4\nfactor = 1.5", "factor is from 0 to 1"),
        (
            "[[lab]]\nnumber = 4\n[[lab]]\nnumber = 4",
            "lab 4 is there twice",
        ),
        (
            "[[lab]]\nnumber = 4\ndeadline = 2026-11-20",
            "a time is written as",
        ),
        (
            "[[lab]]\nnumber = 4\ndeadline = 2026-11-20T10:00:00",
            "a time is written as",
        ),
    ] {
        let error = format!("{:#}", Rules::parse(text).unwrap_err());
        assert!(error.contains(why), "{error}");
    }
    let rules = Rules::parse(RULES).unwrap();
    let error = rules
        .check(|lab, name| lab == lab::Lab::Number(4) && name != "4.3")
        .unwrap_err();
    assert_eq!(error.to_string(), "lab 4 has no exercise 4.3");
}
