use super::*;

const SEED: u64 = 5;
const LAB: &str = "name = 'a'\nexercise = '4.1'\npoints = 5\ntests = 'Something.'\n";

fn check(more: &str) -> Check {
    toml::from_str(&format!("{LAB}steps = ['one', 'two']\n{more}")).unwrap()
}

fn line(step: &str, value: &str) -> String {
    let (step, what) = (Label::of(step), Label::of("a word"));
    format!("@{step} {what} {value}\n")
}

/// What a right system reports.
fn right() -> Testimony {
    let words = |words: &[&str]| words.iter().map(|word| format!("a word: {word}")).collect();
    [("one", words(&["1", "2"])), ("two", words(&["3"]))]
        .map(|(step, words)| (step.to_owned(), words))
        .into()
}

fn good() -> String {
    [("one", "1"), ("two", "3"), ("one", "2")]
        .map(|(step, value)| line(step, value))
        .concat()
}

/// Where a run was that did not end.
const LAST: &str = "the kernel was last in f";

fn verdict(check: &Check, console: &str, end: Ending) -> Verdict {
    let seen = Seen {
        console: console.to_owned(),
        instructions: None,
        busy: 0,
        places: None,
        last: matches!(end, Ending::Limit | Ending::Broken(_)).then(|| LAST.to_owned()),
        end,
    };
    let labels = Labels::from_sources("\"a word\"");
    judge(check, SEED, &right(), &labels, &seen).unwrap()
}

fn difference(check: &Check, console: &str, end: Ending) -> Difference {
    match verdict(check, console, end) {
        Verdict::Failed(difference) => difference,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_step_must_report_what_is_right_and_no_more() {
    assert_eq!(verdict(&check(""), &good(), Ending::Clean), Verdict::Passed);
    let (one, two, three) = (line("one", "1"), line("one", "2"), line("two", "3"));
    for console in [
        format!("{one}{two}"),
        format!("{two}{one}{three}"),
        format!("{one}{one}{two}{three}"),
        good() + &three,
        good().replace(" 2", " 4"),
        "a word: 1\na word: 2\na word: 3\n".to_owned(),
    ] {
        let verdict = verdict(&check(""), &console, Ending::Clean);
        assert!(matches!(verdict, Verdict::Failed(_)), "{console}");
    }
}

#[test]
fn the_end_must_be_as_expected() {
    for (end, strict, any) in [
        (Ending::Clean, true, true),
        (Ending::Failed, false, true),
        (Ending::Limit, false, true),
        (Ending::Spent(38), false, true),
        (Ending::Astray, false, false),
        (Ending::TooMuch, false, false),
        (Ending::Stuck, false, false),
        (Ending::Untyped("x".to_owned()), false, false),
    ] {
        let passed = |check: &Check| verdict(check, &good(), end.clone()) == Verdict::Passed;
        assert_eq!(passed(&check("")), strict, "{end:?}");
        assert_eq!(passed(&check("end = 'any'")), any, "{end:?}");
    }
}

#[test]
fn a_run_that_broke_is_no_failure_whatever_was_seen() {
    let broken = Ending::Broken("it took\u{1b} too long".to_owned());
    let console = line("one", "9");
    let why = "it took\\u{1b} too long".to_owned();
    assert_eq!(
        verdict(&check(""), &console, broken),
        Verdict::Ungraded(format!("{why}; {LAST}"))
    );
}

#[test]
fn patterns_must_be_there_or_must_not() {
    let console = good() + "killed: break\n";
    let passed = |more| verdict(&check(more), &console, Ending::Clean) == Verdict::Passed;
    assert!(passed("shows = ['^killed: b']"));
    assert!(!passed("shows = ['^killed: c']"));
    assert!(passed("lacks = ['^killed: c']"));
    assert!(!passed("lacks = ['^killed: b']"));
}

#[test]
fn a_pattern_can_ask_for_what_was_drawn() {
    let drawn = format!("{:08x}", mos_exam::Lots::new(SEED).any());
    let check = check("shows = ['^address 4(?:$DRAWN3)1$', '^$DRAWN$']");
    let console = |drawn: &str| good() + &format!("address 4{}1\n{drawn}\n", &drawn[5..]);
    let passed = |console: &str| verdict(&check, console, Ending::Clean) == Verdict::Passed;
    assert!(passed(&console(&drawn)));
    assert!(!passed(&console("01234567")));
}

#[test]
fn a_failure_says_what_differs_first() {
    let console = line("one", "1") + &line("one", "9") + &line("two", "3");
    let seen = difference(&check(""), &console, Ending::Limit);
    assert_eq!(seen.step.as_deref(), Some("one"));
    assert_eq!((&*seen.expected, &*seen.seen), ("a word: 2", "a word: 9"));
    assert_eq!(seen.console, ["a word: 1", "a word: 9", "a word: 3"]);
    assert_eq!(seen.steps, Steps { right: 1, of: 2 });
    let killed = line("one", "1") + "[mos] 1 killed: load from 0\n[mos] power off\n";
    let seen = difference(&check(""), &killed, Ending::Clean);
    assert_eq!(seen.expected, "a word: 2");
    assert_eq!(seen.seen, "[mos] 1 killed: load from 0");
    let seen = difference(&check(""), "", Ending::Limit);
    let right = format!("it did not end within 300 million instructions; {LAST}");
    assert_eq!(seen.seen, right);
    assert_eq!(difference(&check(""), "", Ending::Failed).seen, "nothing");
    let more = good() + &line("two", "4");
    let seen = difference(&check(""), &more, Ending::Clean);
    assert_eq!(seen.expected, "nothing more");
}

#[test]
fn what_is_shown_of_a_console_is_no_command_for_a_terminal() {
    let console = "\u{1b}[2J[mos] kernel panic: \u{7}\n";
    let seen = difference(&check(""), console, Ending::Failed);
    assert_eq!(seen.seen, "\\u{1b}[2J[mos] kernel panic: \\u{7}");
    assert_eq!(seen.console, [seen.seen]);
    let reported = line("one", "\u{1b}[2J");
    let seen = difference(&check(""), &reported, Ending::Failed);
    assert_eq!(seen.seen, "a word: \\u{1b}[2J");
    let strange = "not yet implemented: Exercise \u{1b}[2J: x\n";
    let verdict = verdict(&check(""), strange, Ending::Failed);
    assert!(matches!(verdict, Verdict::Failed(_)));
}

#[test]
fn an_exercise_that_nobody_has_begun_is_named_and_what_is_right_is_counted() {
    let panic =
        "[mos] kernel panic: panicked at a.rs:1:2:\nnot yet implemented: Exercise 4.3: mem_alloc\n";
    let console = line("two", "3") + panic;
    let verdict = verdict(&check(""), &console, Ending::Failed);
    let steps = Steps { right: 1, of: 2 };
    assert_eq!(verdict, Verdict::NotDone("4.3".to_owned(), steps));
}

#[test]
fn a_line_that_repeats_itself_is_shown_once() {
    let noise = "again\n".repeat(900);
    let console = line("one", "1") + &noise + "first\n" + &noise + &line("one", "9");
    let seen = difference(&check(""), &console, Ending::Clean);
    let again = "again (900 times)";
    assert_eq!(
        seen.console,
        ["a word: 1", again, "first", again, "a word: 9"]
    );
}

#[test]
fn a_check_waits_for_what_it_needs_and_gives_no_other_reason() {
    let check = check("needs = ['0.2', '0.3']");
    let open = |number: &str| BTreeSet::from([number.to_owned()]);
    let wrong = || verdict(&check, &line("one", "9"), Ending::Limit);
    let steps = Steps { right: 0, of: 2 };
    let waits = Verdict::NotDone("0.3".to_owned(), steps);
    assert_eq!(wrong().or_waits(&check, &open("0.3")), waits);
    assert_eq!(wrong().or_waits(&check, &open("0.4")), wrong());
    let passed = verdict(&check, &good(), Ending::Clean);
    assert_eq!(passed.or_waits(&check, &open("0.3")), Verdict::Passed);
}
