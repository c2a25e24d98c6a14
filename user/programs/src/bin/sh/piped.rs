//! Lines of a pipe or a file: each is read when the one before was carried out, since that may read too.

use crate::IO;
use crate::system::Mos;
use alloc::string::String;
use alloc::vec::Vec;
use libos::io::{Read, stdin};
use mos_programs::Failure;
use mos_sh::{Flow, Shell};

/// Carries out all lines of standard input.
pub fn lines(shell: &mut Shell, system: &mut Mos) -> Result<(), Failure> {
    let mut text = String::new();
    loop {
        let line = line()?;
        let is_last = !line.ends_with(b"\n");
        text.push_str(&String::from_utf8_lossy(&line));
        let flow = match is_last {
            true => Ok(shell.whole_text(system, &text, IO)),
            false => shell.text(system, &text, IO),
        };
        match flow {
            // It goes on in the next line.
            Err(_) => continue,
            Ok(Flow::Next) if !is_last => text.clear(),
            Ok(_) => return Ok(()),
        }
    }
}

/// The next line with its end, which is missing where there is no more. Nothing behind it is read.
fn line() -> Result<Vec<u8>, Failure> {
    let mut line = Vec::new();
    let mut byte = [0];
    while !line.ends_with(b"\n") && stdin().read(&mut byte)? > 0 {
        line.extend_from_slice(&byte);
    }
    Ok(line)
}
