//! What the tools say. Nobody may be there to read it, or no room left to keep it: then what a tool does besides is
//! done all the same, and its exit says that something was lost.

use anyhow::{Context, Result};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use std::io::{self, Write, stderr, stdout};
use std::os::fd::AsFd;

/// Prints `text`, which is what was asked for.
///
/// # Errors
/// It does not get to where it should.
pub fn print(text: impl AsRef<[u8]>) -> Result<()> {
    write_all(&mut stdout().lock(), text.as_ref()).context("cannot print")
}

/// Writes all of `bytes`.
fn write_all(to: &mut (impl Write + AsFd), mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match patiently(to, |to| to.write(bytes))? {
            0 => return Err(io::ErrorKind::WriteZero.into()),
            count => bytes = &bytes[count..],
        }
    }
    patiently(to, Write::flush)
}

/// Does something to what is written to. An emulator may have set the terminal, which it shares with us, to refuse what there is
/// no room for: then we wait until there is some.
fn patiently<W: Write + AsFd, T>(
    to: &mut W,
    mut act: impl FnMut(&mut W) -> io::Result<T>,
) -> io::Result<T> {
    loop {
        match act(to).map_err(|error| (error.kind(), error)) {
            Err((io::ErrorKind::Interrupted, _)) => {}
            Err((io::ErrorKind::WouldBlock, _)) => {
                let mut room = [PollFd::new(to, PollFlags::OUT)];
                match poll(&mut room, None) {
                    Ok(_) | Err(Errno::INTR) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            done => return done.map_err(|(_, error)| error),
        }
    }
}

/// Tells the user `text`, a line on standard error; that nobody hears it is no reason to stop.
pub fn tell(text: impl AsRef<str>) {
    let line = format!("mos: {}\n", text.as_ref());
    let _ = write_all(&mut stderr().lock(), line.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;
    use std::os::unix::net::UnixStream;
    use std::thread;

    #[test]
    fn what_there_is_no_room_for_is_written_when_there_is() {
        let (mut from, mut to) = UnixStream::pair().expect("a pair of sockets");
        to.set_nonblocking(true)
            .expect("a socket that does not wait");
        let text: Vec<u8> = (0..4 << 20).map(|n: u32| (n % 251) as u8).collect();
        let expected = text.clone();
        let writer = thread::spawn(move || write_all(&mut to, &text));
        let mut read = Vec::new();
        from.read_to_end(&mut read).expect("all of it");
        writer.join().expect("no panic").expect("nothing lost");
        assert!(read == expected);
    }
}
