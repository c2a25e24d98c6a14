//! From words to arguments, by examples.

use crate::system::printed;

const CASES: &[(&str, &str)] = &[
    (
        "X='a  b'; args $X \"$X\" '$X' x$X-",
        "<a><b><a  b><$X><xa><b->\n",
    ),
    ("X=' a '; args $X -$X-", "<a><-><a><->\n"),
    ("args $X \"$X\" '' \"\" $X'' ${X}", "<><><><>\n"),
    ("X=1; args ${X}2 $X2 \"${X}2\"", "<12><12>\n"),
    (
        "X='*'; args $X \"$X\" '*'",
        "<bin><etc><motd><script><*><*>\n",
    ),
    ("args *", "<bin><etc><motd><script>\n"),
    (
        "args etc/* /etc/o*",
        "<etc/empty><etc/one><etc/two words></etc/one>\n",
    ),
    ("args etc/.*", "<etc/.hidden>\n"),
    ("args */one */*ne", "<etc/one><etc/one>\n"),
    ("args [b-m]* [!bm]*", "<bin><etc><motd><etc><script>\n"),
    ("args nothing* no[ [] [a-", "<nothing*><no[><[]><[a->\n"),
    ("args m\\* 'm'* m'*'", "<m*><motd><m*>\n"),
    ("args ???? b?n", "<motd><bin>\n"),
    ("args *\"t\"*", "<etc><motd><script>\n"),
    ("cat <m*", "sh: m*: not found\n"),
    ("args \\a \"\\a\\\\\\\"\\$\" '\\a'", "<a><\\a\\\"$><\\a>\n"),
    ("args a'b'\"c\"\\d", "<abcd>\n"),
    ("X=a=b; args $X X=c", "<a=b><X=c>\n"),
    ("X=\"a b\" Y=$X; args \"$Y\"", "<a b>\n"),
];

#[test]
fn words_become_arguments() {
    for (line, expected) in CASES {
        assert_eq!(printed(line), *expected, "{line:?}");
    }
}

#[test]
fn arguments_stay_apart_in_quotes() {
    let mut system = crate::system::Simulated::new();
    system.put(
        "/all",
        "args $@; args \"$@\"; args \"-$@-\"; args \"$#\" ${2}; X=$@; args \"$X\"",
    );
    let (printed, _) = system.run("/all 'a b' '' c");
    assert_eq!(
        printed,
        "<a><b><c>\n<a b><><c>\n<-a b><><c->\n<3>\n<a b  c>\n"
    );
    let (printed, _) = system.run("/all");
    assert_eq!(printed, "\n\n<-->\n<0>\n<>\n");
}
