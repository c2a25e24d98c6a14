//! What a program is told.

use crate::failure::Failure;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// A letter behind a dash.
#[derive(Clone, Copy, Debug)]
pub struct Flag {
    /// The letter.
    pub letter: char,
    /// What its value is called, if it takes one.
    pub value: Option<&'static str>,
    /// What it is for.
    pub purpose: &'static str,
}

impl Flag {
    /// One without a value.
    pub const fn new(letter: char, purpose: &'static str) -> Self {
        Self {
            letter,
            value: None,
            purpose,
        }
    }

    /// One with a value.
    pub const fn with(letter: char, value: &'static str, purpose: &'static str) -> Self {
        Self {
            letter,
            value: Some(value),
            purpose,
        }
    }
}

/// How a program is called, and what it does.
#[derive(Clone, Copy, Debug)]
pub struct Usage {
    /// Its name.
    pub name: &'static str,
    /// What it takes besides flags.
    pub operands: &'static str,
    /// What it does.
    pub purpose: &'static str,
    /// Its flags.
    pub flags: &'static [Flag],
    /// How many operands there are: at least, and at most.
    pub count: (usize, usize),
}

/// As many operands as there are.
pub const ANY: usize = usize::MAX;

impl Usage {
    /// What `--help` says.
    pub fn help(&self) -> String {
        let mut call = String::from(self.name);
        for flag in self.flags {
            call += &match flag.value {
                Some(value) => format!(" [-{} {value}]", text(flag.letter)),
                None => format!(" [-{}]", text(flag.letter)),
            };
        }
        let mut help = format!("{call} {}\n{}\n", self.operands, self.purpose);
        for flag in self.flags {
            let value = flag.value.unwrap_or_default();
            let written = format!("-{} {value}", text(flag.letter));
            help += &format!("  {written:8} {}\n", flag.purpose);
        }
        help
    }

    /// Takes `words` apart. `None`: help is wanted.
    ///
    /// # Errors
    /// There is something that the program does not take.
    pub fn parse(&self, words: &[&'static str]) -> Result<Option<Arguments>, Failure> {
        let mut arguments = Arguments::default();
        let mut words = words.iter().copied();
        let mut only_operands = false;
        while let Some(word) = words.next() {
            match word {
                "--help" => return Ok(None),
                "--" if !only_operands => only_operands = true,
                word if !only_operands && word.len() > 1 && word.starts_with('-') => {
                    self.flags_of(word, &mut words, &mut arguments)?;
                }
                word => arguments.operands.push(word),
            }
        }
        self.counted(arguments)
    }

    /// The same, if there are as many operands as it takes.
    fn counted(&self, arguments: Arguments) -> Result<Option<Arguments>, Failure> {
        let (least, most) = self.count;
        let count = arguments.operands.len();
        if count < least || count > most {
            return Err(self.misused(if count < least {
                "something is missing"
            } else {
                "that is too much"
            }));
        }
        Ok(Some(arguments))
    }

    /// The same for a program to which all words are operands but `--help` alone.
    ///
    /// # Errors
    /// They are too few or too many.
    pub fn parse_words(&self, words: &[&'static str]) -> Result<Option<Arguments>, Failure> {
        if words == ["--help"] {
            return Ok(None);
        }
        self.counted(Arguments {
            operands: words.to_vec(),
            ..Arguments::default()
        })
    }

    /// Takes the flags of `word`; a value is the rest of it, or the next one. A number alone is the value of `-n`.
    fn flags_of(
        &self,
        word: &'static str,
        words: &mut impl Iterator<Item = &'static str>,
        arguments: &mut Arguments,
    ) -> Result<(), Failure> {
        let takes_number = || {
            self.flags
                .iter()
                .any(|flag| (flag.letter, flag.value.is_some()) == ('n', true))
        };
        if word.starts_with("--") {
            return Err(self.misused(&format!("{word}: unknown")));
        }
        let digits = &word[1..];
        if digits.bytes().all(|digit| digit.is_ascii_digit()) && takes_number() {
            arguments.given.push(('n', digits));
            return Ok(());
        }
        for (at, letter) in word.char_indices().skip(1) {
            let flag = self.flags.iter().find(|flag| flag.letter == letter);
            let flag = flag.ok_or_else(|| self.misused(&format!("-{}: unknown", text(letter))))?;
            if flag.value.is_none() {
                arguments.given.push((letter, ""));
                continue;
            }
            let rest = word.get(at + letter.len_utf8()..).unwrap_or_default();
            let value = match rest {
                "" => words.next(),
                rest => Some(rest),
            };
            let value = value
                .ok_or_else(|| self.misused(&format!("-{}: a value is missing", text(letter))))?;
            arguments.given.push((letter, value));
            break;
        }
        Ok(())
    }

    fn misused(&self, why: &str) -> Failure {
        Failure::new(format!("{why}; {} --help says more", self.name))
    }
}

/// What a program was told.
#[derive(Clone, Debug, Default)]
pub struct Arguments {
    given: Vec<(char, &'static str)>,
    /// All that is no flag.
    pub operands: Vec<&'static str>,
}

impl Arguments {
    /// Whether this flag was given.
    pub fn has(&self, letter: char) -> bool {
        self.value(letter).is_some()
    }

    /// The value that this flag was given last.
    pub fn value(&self, letter: char) -> Option<&'static str> {
        let mut given = self.given.iter().rev();
        given
            .find(|(own, _)| *own == letter)
            .map(|(_, value)| *value)
    }

    /// That value as a number, or `otherwise`.
    ///
    /// # Errors
    /// It is none.
    pub fn number(&self, letter: char, otherwise: usize) -> Result<usize, Failure> {
        match self.value(letter) {
            None => Ok(otherwise),
            Some(text) => number(text),
        }
    }
}

/// A letter as text: how the compiler lets a `char` show itself, an R3000 would get wrong.
fn text(letter: char) -> String {
    String::from(letter)
}

/// The number that is written `text`.
///
/// # Errors
/// It is none.
pub fn number(text: &str) -> Result<usize, Failure> {
    text.parse()
        .map_err(|_| Failure::new(format!("{text}: that is no number")))
}
