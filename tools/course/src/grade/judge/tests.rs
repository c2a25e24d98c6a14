use super::*;

const KEY: Key = Key(0x1234_5678_9abc_def0);
const LAB: &str = "name = 'a'\nexercise = '4.1'\npoints = 5\ntests = 'Something.'\n";

fn check(more: &str) -> Check {
    toml::from_str(&format!("{LAB}steps = ['one', '[mos] two']\n{more}")).unwrap()
}

fn line(label: &str) -> String {
    let (start, text) = label.split_at(label.find(']').map_or(0, |at| at + 2));
    format!("{start}ok {text} {}\n", KEY.seal("a", label).digits())
}

fn verdict(check: &Check, console: &str, end: Ending) -> Verdict {
    let seen = Seen {
        console: console.to_owned(),
        instructions: None,
        end,
    };
    judge(check, KEY, &seen).unwrap()
}

fn difference(check: &Check, console: &str, end: Ending) -> Difference {
    match verdict(check, console, end) {
        Verdict::Failed(difference) => difference,
        other => panic!("{other:?}"),
    }
}

#[test]
fn all_steps_must_be_signed() {
    let (one, two) = (line("one"), line("[mos] two"));
    assert_eq!(
        verdict(&check(""), &(one.clone() + &two), Ending::Clean),
        Verdict::Passed
    );
    let forged = one.replace(&one[7..8], if &one[7..8] == "0" { "1" } else { "0" });
    for console in [
        one.clone(),
        two.clone(),
        forged + &two,
        "ok one\nok two\n".to_owned(),
    ] {
        let verdict = verdict(&check(""), &console, Ending::Clean);
        assert!(matches!(verdict, Verdict::Failed(_)), "{console}");
    }
}

#[test]
fn the_end_must_be_as_expected() {
    let console = line("one") + &line("[mos] two");
    for (end, strict, any) in [
        (Ending::Clean, true, true),
        (Ending::Failed, false, true),
        (Ending::Limit, false, true),
        (Ending::TooMuch, false, false),
        (Ending::Stuck, false, false),
        (Ending::Untyped("x".to_owned()), false, false),
    ] {
        let passed = |check: &Check| verdict(check, &console, end.clone()) == Verdict::Passed;
        assert_eq!(passed(&check("")), strict, "{end:?}");
        assert_eq!(passed(&check("end = 'any'")), any, "{end:?}");
    }
}

#[test]
fn a_run_that_broke_is_no_failure_whatever_was_seen() {
    let broken = Ending::Broken("it took\u{1b} too long".to_owned());
    let console = line("one") + "wrong: a thing\n";
    let why = "it took\\u{1b} too long".to_owned();
    assert_eq!(
        verdict(&check(""), &console, broken),
        Verdict::Ungraded(why)
    );
}

#[test]
fn patterns_must_be_there_or_must_not() {
    let console = line("one") + &line("[mos] two") + "killed: break\n";
    let passed = |more| verdict(&check(more), &console, Ending::Clean) == Verdict::Passed;
    assert!(passed("shows = ['^killed: b']"));
    assert!(!passed("shows = ['^killed: c']"));
    assert!(passed("lacks = ['^killed: c']"));
    assert!(!passed("lacks = ['^killed: b']"));
}

#[test]
fn a_failure_says_what_differs_first_and_gives_no_seal_away() {
    let console = line("one") + "wrong: a thing: 1, not 2\nmore\n[mos] power off\n";
    let seen = difference(&check(""), &console, Ending::Clean);
    assert_eq!(seen.expected, "ok [mos] two");
    assert_eq!(seen.seen, "wrong: a thing: 1, not 2");
    assert_eq!(seen.console[0], "ok one");
    let seen = difference(&check(""), "", Ending::Limit);
    assert_eq!(seen.seen, "it did not end within 300 million instructions");
    assert_eq!(difference(&check(""), "", Ending::Failed).seen, "nothing");
}

#[test]
fn what_is_shown_of_a_console_is_no_command_for_a_terminal() {
    let console = "\u{1b}[2J[mos] kernel panic: \u{7}\n";
    let seen = difference(&check(""), console, Ending::Failed);
    assert_eq!(seen.seen, "\\u{1b}[2J[mos] kernel panic: \\u{7}");
    assert_eq!(seen.console, [seen.seen]);
    let strange = "not yet implemented: Exercise \u{1b}[2J: x\n";
    let verdict = verdict(&check(""), strange, Ending::Failed);
    assert!(matches!(verdict, Verdict::Failed(_)));
}

#[test]
fn an_exercise_that_nobody_has_begun_is_named() {
    let panic =
        "[mos] kernel panic: panicked at a.rs:1:2:\nnot yet implemented: Exercise 4.3: mem_alloc\n";
    let verdict = verdict(&check(""), panic, Ending::Failed);
    assert_eq!(verdict, Verdict::NotDone("4.3".to_owned()));
}
