//! The line that is being typed, on a terminal of which a plain model is kept.

use crate::system::Simulated;
use mos_sh::edit::complete::{Completion, complete};
use mos_sh::edit::{Editor, Step};
use proptest::prelude::*;

/// A row of a terminal.
#[derive(Default)]
struct Row {
    cells: Vec<char>,
    cursor: usize,
    /// Rows that are done.
    above: Vec<String>,
}

impl Row {
    fn show(&mut self, bytes: &[u8]) {
        let text = std::str::from_utf8(bytes).unwrap();
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            match c {
                '\r' => self.cursor = 0,
                '\n' => {
                    self.above.push(self.text());
                    self.cells.clear();
                    self.cursor = 0;
                }
                '\x08' => self.cursor -= 1,
                '\x07' => {}
                '\x1b' => {
                    let rest: String = chars.by_ref().take(2).collect();
                    match rest.as_str() {
                        "[K" => self.cells.truncate(self.cursor),
                        "[H" => self.cursor = 0,
                        "[2" => {
                            assert_eq!(chars.next(), Some('J'));
                            self.cells.clear();
                        }
                        other => panic!("{other}"),
                    }
                }
                c => {
                    self.cells
                        .resize(self.cells.len().max(self.cursor + 1), ' ');
                    self.cells[self.cursor] = c;
                    self.cursor += 1;
                }
            }
        }
    }

    fn text(&self) -> String {
        self.cells.iter().collect()
    }
}

/// An editor on such a terminal.
struct Typed {
    editor: Editor,
    row: Row,
    last: Step,
}

impl Typed {
    fn new() -> Self {
        Self::on(80)
    }

    fn on(columns: usize) -> Self {
        let mut typed = Self {
            editor: Editor::default(),
            row: Row::default(),
            last: Step::More,
        };
        typed.begin(columns);
        typed
    }

    fn begin(&mut self, columns: usize) {
        let mut out = Vec::new();
        self.editor.begin("$ ", columns, &mut out);
        self.row.show(&out);
    }

    fn press(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        let mut system = Simulated::new();
        for &byte in bytes.as_ref() {
            if self.last != Step::More {
                self.begin(80);
            }
            let mut out = Vec::new();
            let complete = |line: &str| complete(line, "/bin:/", &mut system);
            self.last = self.editor.byte(byte, &mut out, complete);
            self.row.show(&out);
        }
        self
    }

    /// What stands there, with a bar where the cursor is.
    fn shown(&self) -> String {
        let mut cells = self.row.cells.clone();
        cells.resize(cells.len().max(self.row.cursor), ' ');
        cells.insert(self.row.cursor, '|');
        cells.into_iter().collect()
    }
}

fn shown(bytes: impl AsRef<[u8]>) -> String {
    Typed::new().press(bytes).shown()
}

#[test]
fn keys_do_what_they_are_for() {
    for (keys, expected) in [
        ("abc", "$ abc|"),
        ("abc\x7f\x08", "$ a|"),
        ("\x7f", "$ |"),
        ("abc\x1b[D\x1b[Dx", "$ ax|bc"),
        ("abc\x02\x02\x06x", "$ abx|c"),
        ("abc\x01x\x05y", "$ xabcy|"),
        ("abc\x1b[Hx\x1b[Fy", "$ xabcy|"),
        ("abc\x1b[1~x\x1b[4~y", "$ xabcy|"),
        ("abc\x1bOHx\x1bOFy", "$ xabcy|"),
        ("abc\x01\x1b[3~", "$ |bc"),
        ("abc\x01\x04", "$ |bc"),
        ("abc\x02\x0b", "$ ab|"),
        ("abc\x02\x15", "$ |c"),
        ("ab\x16\tc\x16x", "$ ab cx|"),
        ("mo\x16\t\x02x\x05", "$ mox |"),
        ("ab cd  \x17", "$ ab |"),
        ("ab cd\x17\x17\x17", "$ |"),
        ("ab cd\x17\x01\x19", "$ cd|ab "),
        ("ab cd\x1bbx\x1bb\x1bb\x1bfy", "$ aby| xcd"),
        ("ab cd\x1b[1;5D\x1b[1;5D\x1b[1;5C", "$ ab| cd"),
        ("ab\x1b[5~\x1b[24~c", "$ abc|"),
        ("ab\x1b[1;2;3;4;5;6~c", "$ ab4;5;6~c|"),
        ("a\x00\x1cb", "$ ab|"),
        ("ab\x0c", "$ ab|"),
        ("éü\x02x", "$ éx|ü"),
    ] {
        assert_eq!(shown(keys), expected, "{keys:?}");
    }
    // Bytes that are no character are none.
    assert_eq!(shown(b"a\xffb\xc3(c\xe6\xbc\x15d"), "$ d|");
    assert_eq!(shown(b"a\xffb\xc3(c\xe6\xbcd"), "$ ab(cd|");
    // One that is wide is gone back over by two columns.
    let mut typed = Typed::new();
    let mut out = Vec::new();
    for byte in "漢x\x02\x02".bytes() {
        out.clear();
        typed.editor.byte(byte, &mut out, |_| Completion::default());
    }
    assert_eq!(out, "\r$ 漢x\x1b[K\x08\x08\x08".as_bytes());
}

#[test]
fn a_line_ends_in_one_of_three_ways() {
    let end = |bytes: &str| Typed::new().press(bytes).last.clone();
    assert_eq!(end("ab\r"), Step::Line("ab".to_owned()));
    assert_eq!(end("ab\x01\n"), Step::Line("ab".to_owned()));
    assert_eq!(end("ab\x03"), Step::Cancelled);
    assert_eq!(end("\x04"), Step::End);
    assert_eq!(end("a\x04"), Step::More);
    let mut typed = Typed::new();
    // Some terminals send both; that is one end.
    typed.press("a\r\nb\n");
    assert_eq!(typed.row.above, ["$ a", "$ b"]);
}

#[test]
fn lines_from_before_come_again() {
    let mut typed = Typed::new();
    typed.press("one\ntwo\ntwo\n \n secret\nthr");
    assert_eq!(typed.editor.history.lines(), ["one", "two"]);
    let up = "\x1b[A";
    let down = "\x1b[B";
    assert_eq!(typed.press(up).shown(), "$ two|");
    assert_eq!(typed.press(up).shown(), "$ one|");
    assert_eq!(typed.press(up).shown(), "$ one|");
    assert_eq!(typed.press(down).press(down).shown(), "$ thr|");
    assert_eq!(typed.press(down).shown(), "$ thr|");
    typed.press("\x10\x10x\n");
    assert_eq!(typed.last, Step::Line("onex".to_owned()));
    assert_eq!(typed.press("\x10\x0e").shown(), "$ |");
    let mut typed = Typed::new();
    typed.editor.history.load("a\nb\nb\n\nc");
    assert_eq!(typed.press("\x10\x10").shown(), "$ b|");
    (0..2000).for_each(|number| typed.editor.history.add(&number.to_string()));
    assert_eq!(typed.editor.history.lines().len(), 500);
    assert_eq!(typed.editor.history.lines()[499], "1999");
}

#[test]
fn a_line_from_before_can_be_looked_for() {
    let mut typed = Typed::new();
    typed.press("echo one\nls\necho two\n");
    assert_eq!(typed.press("\x12").shown(), "(search) : |");
    assert_eq!(typed.press("ec").shown(), "(search) ec: echo two|");
    assert_eq!(typed.press("\x12").shown(), "(search) ec: echo one|");
    assert_eq!(typed.press("\x12").shown(), "(search) ec: echo one|");
    assert_eq!(typed.press("x").shown(), "(no such line) ecx: echo one|");
    assert_eq!(typed.press("\x7f").shown(), "(search) ec: echo two|");
    assert_eq!(typed.press("\x01#").shown(), "$ #|echo two");
    assert_eq!(typed.press("\x15\x05\x15\x12l\x03").shown(), "$ |");
    typed.press("\x12ls\n");
    assert_eq!(typed.last, Step::Line("ls".to_owned()));
}

#[test]
fn words_are_completed() {
    for (keys, expected) in [
        ("co\t", "$ count |"),
        ("ca\tm\t", "$ cat motd |"),
        ("cat e\t\t", "$ cat etc/|"),
        ("cat etc/o\t", "$ cat etc/one |"),
        ("cat /etc/tw\t", "$ cat /etc/two\\ words |"),
        ("cat '/etc/tw\t", "$ cat '/etc/two\\ words |"),
        ("cat /etc/e\tx", "$ cat /etc/empty/x|"),
        ("cat etc/.\t", "$ cat etc/.hidden |"),
        ("true | co\t", "$ true | count |"),
        ("true && (co\t", "$ true && (count |"),
        ("true >m\t", "$ true >motd |"),
        ("X\t", "$ X|"),
        ("exp\t", "$ export |"),
        ("/bin/ar\t", "$ /bin/args |"),
        ("comotd\x1b[D\x1b[D\x1b[D\x1b[D\t", "$ count |motd"),
        ("s\t", "$ s|"),
    ] {
        assert_eq!(shown(keys), expected, "{keys:?}");
    }
    let mut typed = Typed::new();
    assert_eq!(typed.press("cat etc/\t\t").shown(), "$ cat etc/|");
    assert_eq!(
        typed.row.above,
        ["$ cat etc/", "empty      one        two words"]
    );
}

#[test]
fn what_all_words_begin_with_is_typed() {
    let words = ["abcd", "abce", "abéd"].map(str::to_owned).to_vec();
    let mut completion = Completion {
        begun: "a".to_owned(),
        words,
        end: ' ',
    };
    assert_eq!(completion.common(), "b");
    completion.words.pop();
    assert_eq!(completion.common(), "bc");
}

#[test]
fn a_long_line_scrolls() {
    let mut typed = Typed::on(20);
    typed.press("0123456789abcdefghijklmnop");
    assert_eq!(typed.shown(), "$ abcdefghijklmnop|");
    typed.press("\x01");
    assert_eq!(typed.shown(), "$ |0123456789abcdefg");
    assert!(typed.press("\n").last == Step::Line("0123456789abcdefghijklmnop".to_owned()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// What is shown is always the line, and the cursor is where the next character goes.
    #[test]
    fn the_terminal_shows_the_line(
        keys in "([a-c ]|\x7f|\x01|\x05|\x02|\x06|\x04|\x0b|\x15|\x17|\x19|\x10|\x0e|\x1b\\[[ABCDHF]|\x1bb|\x1bf|\x12|\x07|\t){0,40}"
    ) {
        let mut typed = Typed::new();
        typed.editor.history.load("a b\nabc abc\nb");
        // So that Ctrl-D is no end.
        typed.press("a");
        for byte in keys.bytes() {
            typed.press([byte]);
            if typed.last == Step::End {
                return Ok(());
            }
        }
        // Nothing is looked for any more, and no key is half there.
        typed.press("\x07\x07");
        let before = typed.shown();
        typed.press("|X\x02");
        let mut with = before.clone();
        let at = with.find('|').unwrap();
        with.replace_range(at..=at, "|");
        prop_assert_eq!(&typed.row.text().replace("|X", ""), &before.replace('|', ""));
        typed.press("\n");
        let Step::Line(line) = &typed.last else { panic!("{:?}", typed.last) };
        prop_assert_eq!(format!("$ {line}").replace("|X", "|"), before);
    }

    #[test]
    fn no_bytes_are_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), columns in 0..100_usize) {
        let mut editor = Editor::default();
        let mut out = Vec::new();
        editor.begin("$ ", columns, &mut out);
        for byte in bytes {
            if editor.byte(byte, &mut out, |line| complete(line, "/bin", &mut Simulated::new())) != Step::More {
                editor.begin("> ", columns, &mut out);
            }
        }
    }
}
