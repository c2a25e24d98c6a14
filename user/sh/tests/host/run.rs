//! What is carried out.

use crate::system::{Simulated, printed};
use mos_sh::shell::HALT;

/// Lines, and what is printed.
const CASES: &[(&str, &str)] = &[
    ("args a b", "<a><b>\n"),
    ("args 'a b'  \"c d\" e\\ f", "<a b><c d><e f>\n"),
    ("args a; args b", "<a>\n<b>\n"),
    ("args a\nargs b\n\n", "<a>\n<b>\n"),
    ("args a # b", "<a>\n"),
    ("# args a", ""),
    ("args a#b '#' \\#", "<a#b><#><#>\n"),
    ("args a \\\n b", "<a><b>\n"),
    ("cat motd | cat | cat | count", "6\n"),
    ("cat < motd", "hello\n"),
    (
        "cat <motd >new; cat new; cat motd >> new; cat new",
        "hello\nhello\nhello\n",
    ),
    ("> new args a; cat new", "<a>\n"),
    (">new; cat new; args $?", "<0>\n"),
    ("oops > new 2>&1; args; cat new", "\nout\nerr\n"),
    ("oops 2> new; args -; cat new", "out\n<->\nerr\n"),
    ("oops 2>&1 > new | count; cat new", "4\nout\n"),
    (
        "(oops; oops) 2>dev >out; cat dev out",
        "err\nerr\nout\nout\n",
    ),
    ("cat <<< 'a b'", "a b\n"),
    ("X=5; cat <<< \"$X$X\"", "55\n"),
    ("true && args a || args b", "<a>\n"),
    ("false && args a || args b", "<b>\n"),
    ("false || true && args a", "<a>\n"),
    ("! false && args a", "<a>\n"),
    ("! true; args $?", "<1>\n"),
    ("status 7; args $?; args $?", "<7>\n<0>\n"),
    ("true | status 3; args $?", "<3>\n"),
    ("status 3 | true; args $?", "<0>\n"),
    ("(args a; args b) | count", "8\n"),
    ("(cd etc; pwd); pwd", "/etc\n/\n"),
    ("cd etc; pwd; cd -; cd ..; pwd; cd; pwd", "/etc\n/\n/\n/\n"),
    ("(exit 4); args $?", "<4>\n"),
    ("((args a))", "<a>\n"),
    ("X=1 env; env; args -$X-", "X=1\n<-->\n"),
    ("X=1; env; export X; env; X=2; env", "X=1\nX=2\n"),
    ("export A=1 B; B=2; export; unset A; env", "A=1\nB=2\nB=2\n"),
    ("X=1; (X=2; args $X); args $X", "<2>\n<1>\n"),
    ("X=1; X=2 | cat; args $X", "<1>\n"),
    ("pwd | cat", "/\n"),
    ("exit | args a; args b", "<a>\n<b>\n"),
    (
        "count < motd; count.b < motd; /bin/count < motd; bin/count.b <motd",
        "6\n6\n6\n6\n",
    ),
    ("cat.b motd; /bin/cat.b motd", "hello\nhello\n"),
    (
        "PATH=/; args a; /bin/args $?",
        "sh: args: not found\n<127>\n",
    ),
    (
        "PATH=:/etc::/bin/: args a; PATH=/bin/; args b",
        "<a>\n<b>\n",
    ),
    ("/script x; args $?", "</script><x><1>\n<7>\n"),
    ("script x y | count", "16\n"),
    ("/etc a; args $?", "sh: /etc: not found\n<127>\n"),
    ("nothing | cat; args $?", "sh: nothing: not found\n<0>\n"),
    (
        "cat motd | nothing; args $?",
        "sh: nothing: not found\n<127>\n",
    ),
    ("cat < nothing; args $?", "sh: nothing: not found\n<1>\n"),
    (
        "args a > etc > new; args $?",
        "sh: etc: it is a directory\n<1>\n",
    ),
    ("cat < nothing && args a", "sh: nothing: not found\n"),
    (
        "cd nothing; cd motd; args $?",
        "sh: cd: nothing: not found\nsh: cd: motd: it is no directory\n<1>\n",
    ),
    ("exit a; args $?", "sh: exit: a: that is no number\n<1>\n"),
    (
        "export 1=2; args $?",
        "sh: export: 1: no variable can be called that\n<1>\n",
    ),
    (
        "args 2>&7; args $?",
        "sh: 7: there is no such descriptor\n<1>\n",
    ),
    ("args $$ '$$' \"$\" $ a$", "<00000000><$$><$><$><a$>\n"),
    ("args a;; args b", "sh: ; does not belong there\n"),
    ("args a |; args b", "sh: ; does not belong there\n"),
    ("()", "sh: ) does not belong there\n"),
    ("args )", "sh: ) does not belong there\n"),
    ("args > ; a", "sh: ; does not belong there\n"),
    ("args 3> a", "sh: there is no descriptor 3: use 0, 1 or 2\n"),
    ("args ${a-b}", "sh: a variable is written ${NAME}\n"),
    ("a | ! b; > a ! b", "sh: ! does not belong there\n"),
    ("args 'a", "sh: the end is missing\n"),
];

#[test]
fn lines_do_what_they_say() {
    for (line, expected) in CASES {
        assert_eq!(printed(line), *expected, "{line:?}");
    }
}

#[test]
fn a_line_that_goes_on_does_nothing_yet() {
    for line in [
        "args a; 'b",
        "args a; \"b",
        "args a; (args b",
        "args a |",
        "args a &&",
        "args a ||\n",
        "args a \\",
        "args a \\\n",
        "args a\\\n",
        "args a | \\\n",
        "args a; args ${b",
        "args a; \"$",
        "args >",
        "args a; \"${b",
    ] {
        let mut system = Simulated::new();
        let mut shell = mos_sh::Shell::default();
        let result = shell.text(&mut system, line, crate::system::IO);
        assert_eq!(result, Err(mos_sh::Error::Incomplete), "{line:?}");
        assert_eq!(system.console, "", "{line:?}");
    }
}

#[test]
fn parentheses_have_a_limit() {
    let nested = |depth| format!("{}args a{}", "(".repeat(depth), ")".repeat(depth));
    assert_eq!(printed(&nested(32)), "<a>\n");
    assert_eq!(printed(&nested(33)), "sh: too many parentheses\n");
    assert_eq!(printed(&nested(100_000)), "sh: too many parentheses\n");
}

#[test]
fn what_ends_the_system_ends_the_shell() {
    let halt = format!("status {HALT}");
    for line in [
        format!("{halt}; args a"),
        format!("true && {halt} || args a"),
        format!("({halt}; args a); args b"),
        format!("! {halt}; args a"),
    ] {
        let (printed, shell) = Simulated::new().run(&line);
        assert_eq!(
            (printed.as_str(), shell.status),
            ("", i32::from(HALT)),
            "{line}"
        );
    }
}

#[test]
fn what_is_interrupted_ends_the_line() {
    let mut system = Simulated::new();
    system.interrupts = true;
    let (printed, shell) = system.run("args a && args b; args c");
    assert_eq!((printed.as_str(), shell.status), ("<a>\n", 130));
}
