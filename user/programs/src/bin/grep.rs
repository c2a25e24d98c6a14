//! grep: shows lines with a text in them.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use libos::process::ExitCode;
use mos_programs::arguments::ANY;
use mos_programs::{FAILED, FINE, Flag, MISUSED, Usage, each, run, stream};

const USAGE: Usage = Usage {
    name: "grep",
    operands: "TEXT [FILE...]",
    purpose: "write the lines of files, or of what is read, that have TEXT in them; status 1, if there are none, 2, if something is wrong",
    flags: &[
        Flag::new('c', "only how many"),
        Flag::new('i', "large letters are as small ones"),
        Flag::new('n', "with their numbers"),
        Flag::new('v', "those that have it not"),
    ],
    count: (1, ANY),
};

fn main() -> ExitCode {
    run(&USAGE, |arguments| {
        let Some((wanted, files)) = arguments.operands.split_first() else {
            return Ok(FAILED);
        };
        let ignores_case = arguments.has('i');
        let folded = |bytes: &[u8]| match ignores_case {
            true => bytes.to_ascii_lowercase(),
            false => bytes.to_vec(),
        };
        let wanted: Vec<u8> = folded(wanted.as_bytes());
        let has = |line: &[u8]| {
            let line = folded(line);
            wanted.is_empty() || line.windows(wanted.len()).any(|part| part == wanted)
        };
        let files = stream::or_stdin(files);
        let mut found = false;
        let status = each(&USAGE, &files, |file| {
            let (mut number, mut count) = (0, 0);
            let mut output = stream::output();
            let mut put = |prefix: String, line: &[u8]| {
                stream::write(&mut output, prefix.as_bytes())?;
                stream::write(&mut output, line)?;
                stream::write(&mut output, b"\n")
            };
            let name = match files.len() {
                1 => String::new(),
                _ => format!("{file}:"),
            };
            stream::lines(file, |line| {
                number += 1;
                if has(line) == arguments.has('v') {
                    return Ok(true);
                }
                count += 1;
                if arguments.has('c') {
                    return Ok(true);
                }
                let at = match arguments.has('n') {
                    true => format!("{name}{number}:"),
                    false => name.clone(),
                };
                put(at, line)?;
                Ok(true)
            })?;
            if arguments.has('c') {
                put(name, format!("{count}").as_bytes())?;
            }
            found |= count > 0;
            Ok(())
        });
        Ok(match (status, found) {
            (FINE, true) => FINE,
            (FINE, false) => FAILED,
            _ => MISUSED,
        })
    })
}
