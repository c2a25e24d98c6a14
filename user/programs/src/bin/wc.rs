//! wc: counts lines, words and bytes.

#![no_std]
#![forbid(unsafe_code)]

use libos::io::println;
use libos::process::ExitCode;
use mos_programs::arguments::ANY;
use mos_programs::{Arguments, Failure, Flag, Usage, each, run, stream};

const USAGE: Usage = Usage {
    name: "wc",
    operands: "[FILE...]",
    purpose: "count lines, words and bytes of files, or of what is read",
    flags: &[
        Flag::new('l', "only lines"),
        Flag::new('w', "only words"),
        Flag::new('c', "only bytes"),
    ],
    count: (0, ANY),
};

/// What was counted.
#[derive(Clone, Copy, Default)]
struct Count {
    lines: usize,
    words: usize,
    bytes: usize,
    /// Whether the last byte was within a word.
    in_word: bool,
}

impl Count {
    fn add(&mut self, piece: &[u8]) {
        // exercise 6.18 begin
        self.bytes += piece.len();
        for byte in piece {
            let in_word = !byte.is_ascii_whitespace();
            self.lines += usize::from(*byte == b'\n');
            self.words += usize::from(in_word && !self.in_word);
            self.in_word = in_word;
        }
        // exercise 6.18 end
    }

    fn show(self, arguments: &Arguments, name: &str) {
        let all = [('l', self.lines), ('w', self.words), ('c', self.bytes)];
        let is_any = all.iter().any(|(letter, _)| arguments.has(*letter));
        for (letter, number) in all {
            if !is_any || arguments.has(letter) {
                libos::io::print!("{number:8}");
            }
        }
        println!(" {name}");
    }
}

fn main() -> ExitCode {
    run(&USAGE, |arguments| {
        let mut total = Count::default();
        let files = stream::or_stdin(&arguments.operands);
        let status = each(&USAGE, &files, |file| {
            let count = count(file)?;
            total.lines += count.lines;
            total.words += count.words;
            total.bytes += count.bytes;
            let name = if stream::is_stdin(file) { "" } else { file };
            count.show(arguments, name);
            Ok(())
        });
        if files.len() > 1 {
            total.show(arguments, "total");
        }
        Ok(status)
    })
}

fn count(file: &str) -> Result<Count, Failure> {
    let mut count = Count::default();
    stream::pieces(file, |piece| {
        count.add(piece);
        Ok(true)
    })?;
    Ok(count)
}
