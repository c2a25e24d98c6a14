//! What the programs do that were started.

use libos::fd::{self, Fd};
use libos::io::{Error, println};
use libos::process::ExitCode;
use libos::{Window, args, env, probe};

/// What some are given to write to.
pub const PAGE: Window = Window::beside(60);
/// And what they write there.
pub const SAID: u32 = 42;

pub fn main() -> Result<ExitCode, Error> {
    match args().nth(1).unwrap_or("") {
        "tell" => {
            for (n, arg) in args().enumerate() {
                println!("child: argument {n}: {arg:?}");
            }
            for (name, value) in env::vars() {
                println!("child: {name} is {value:?}");
            }
            println!("child: in {}", env::current_dir());
        }
        "count" => {
            let sum: usize = args().map(str::len).sum();
            println!("child: {} arguments, {sum} bytes", args().count());
        }
        "badly" => return Ok(ExitCode::from(7)),
        "failing" => return Err(libos::Error::NotFound.into()),
        "panic" => panic!("as I was told"),
        "fault" => probe::store_above_utop(libos::layout::UENVS),
        "spin" => env::spin(),
        "goodbye" => PAGE.write(0, SAID),
        "upper" => upper()?,
        _ => {}
    }
    Ok(ExitCode::SUCCESS)
}

/// From standard input to standard output, in capitals.
fn upper() -> Result<(), Error> {
    let mut bytes = [0; 16];
    loop {
        let read = fd::read(Fd::STDIN, &mut bytes)?;
        if read == 0 {
            return Ok(());
        }
        bytes.make_ascii_uppercase();
        fd::write(Fd::STDOUT, &bytes[..read])?;
    }
}
