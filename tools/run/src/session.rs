//! One run of an emulator: its console's bytes as they come, bytes for it, its end.

use crate::emulator::{self, Settings};
use crate::line::{Flow, Line};
use crate::machine::Machine;
use crate::nameless::Nameless;
use crate::tree::Tree;
use crate::verdict::{BEGIN, TELL, Verdict, Witness};
use anyhow::{Context, Result};
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::thread;
use std::time::Instant;

/// Pieces of output that wait to be looked at, until the emulator has to wait too.
const PIECES: usize = 64;

/// An emulator that runs. Dropping it ends the emulator.
#[derive(Debug)]
pub struct Session {
    child: Child,
    line: Option<Line>,
    /// To whoever types for us: he may have to wait.
    hand: Option<Sender<Vec<u8>>>,
    flow: Flow,
    pieces: Receiver<Piece>,
    witness: Witness,
    /// What it boots: nobody knows when it reads that.
    _image: Nameless,
}

/// What comes from an emulator.
#[derive(Debug)]
enum Piece {
    /// The next bytes of the guest.
    Console(Vec<u8>),
    /// What the emulator says for itself.
    Words(Vec<u8>),
}

/// What a session has to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The next bytes of the guest.
    Output(Vec<u8>),
    /// The emulator has closed its output: there will be no more.
    End,
    /// Nothing came until the deadline.
    Timeout,
}

impl Session {
    /// Boots the ELF file `image` on `machine`, with `more` arguments for the emulator. Without a terminal, standard
    /// input is a pipe.
    ///
    /// # Errors
    /// The emulator cannot be started.
    pub fn start(
        tree: &Tree,
        machine: Machine,
        image: &[u8],
        settings: Settings,
        more: &[String],
    ) -> Result<Self> {
        let image = Nameless::new(image)?;
        let mut command = emulator::command(tree, machine, &image.path(), settings, more);
        command.stdin(match settings.terminal {
            true => Stdio::inherit(),
            false => Stdio::piped(),
        });
        let asked = match (machine, settings.gdb) {
            (Machine::Gxemul, _) => String::new(),
            (Machine::Malta, false) => [TELL, BEGIN].concat(),
            // It is gdb that says when to begin.
            (Machine::Malta, true) => TELL.to_owned(),
        };
        Self::spawn(machine, command, &asked, image)
    }

    /// Runs `command`, one of [`emulator`]'s for `machine`, which boots `image` and reads `asked` where it speaks for
    /// itself.
    fn spawn(machine: Machine, mut command: Command, asked: &str, image: Nameless) -> Result<Self> {
        let (mut ours, theirs) = UnixStream::pair().context("cannot make a socket")?;
        ours.write_all(asked.as_bytes())?;
        command.stdout(Stdio::piped()).stderr(OwnedFd::from(theirs));
        let mut child = command
            .spawn()
            .with_context(|| format!("cannot start the emulator of {machine}"))?;
        let console = child.stdout.take().context("the emulator has no output")?;
        let (sender, pieces) = sync_channel(PIECES);
        let flow = Flow::new(machine);
        let heard = flow.clone();
        let console_piece = move |mut bytes| {
            heard.hear(&mut bytes);
            Piece::Console(bytes)
        };
        forward(console, console_piece, sender.clone());
        forward(ours, Piece::Words, sender);
        Ok(Self {
            line: child.stdin.take().map(|pipe| Line::new(pipe, flow.clone())),
            hand: None,
            flow,
            child,
            pieces,
            witness: Witness::new(machine),
            _image: image,
        })
    }

    /// The emulator's process id.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// The line to the guest, for someone who feeds it on his own.
    pub fn take_line(&mut self) -> Option<Line> {
        self.line.take()
    }

    /// Types `bytes` on the guest's console, as fast as that takes them, while the session goes on.
    ///
    /// # Errors
    /// The emulator no longer listens.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<()> {
        if let Some(mut line) = self.line.take() {
            let (hand, pieces) = channel::<Vec<u8>>();
            self.hand = Some(hand);
            thread::spawn(move || pieces.iter().try_for_each(|piece| line.write_all(&piece)));
        }
        let hand = self.hand.as_ref().context("the line is not ours")?;
        let typed = hand.send(bytes.to_vec());
        typed.context("the emulator no longer reads its input")
    }

    /// Waits for the next event, until `deadline` if there is one.
    pub fn next(&mut self, deadline: Option<Instant>) -> Event {
        loop {
            match self.receive(deadline) {
                Ok(Piece::Console(bytes)) => return Event::Output(bytes),
                Ok(Piece::Words(bytes)) => self.witness.hear(&bytes),
                Err(RecvTimeoutError::Timeout) => return Event::Timeout,
                Err(RecvTimeoutError::Disconnected) => return Event::End,
            }
            if self.witness.has_given_up() {
                // It may have ended meanwhile, which is as good.
                let _ = self.child.kill();
            }
            // Words without end are no reason to wait without end.
            if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                return Event::Timeout;
            }
        }
    }

    fn receive(&self, deadline: Option<Instant>) -> Result<Piece, RecvTimeoutError> {
        match deadline.map(|deadline| deadline.saturating_duration_since(Instant::now())) {
            Some(left) => self.pieces.recv_timeout(left),
            None => Ok(self.pieces.recv()?),
        }
    }

    /// Waits for the emulator's exit, which follows [`Event::End`], and judges it.
    ///
    /// # Errors
    /// The operating system does not tell how it ended.
    pub fn finish(mut self) -> Result<Verdict> {
        let status = self.child.wait().context("cannot wait for the emulator")?;
        Ok(self.witness.verdict(status))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.flow.close();
        // It may have ended already; then there is nothing to kill, and nothing to tell either.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends what comes from `stream`, from a thread of its own.
fn forward(
    mut stream: impl Read + Send + 'static,
    piece: impl Fn(Vec<u8>) -> Piece + Send + 'static,
    pieces: SyncSender<Piece>,
) {
    thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(len @ 1..) = stream.read(&mut buffer) {
            if pieces.send(piece(buffer[..len].to_vec())).is_err() {
                break;
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    /// A session with a shell instead of an emulator.
    fn shell(machine: Machine, script: &str) -> Session {
        let mut command = Command::new("sh");
        command.args(["-c", script]).stdin(Stdio::piped());
        let image = Nameless::new(b"").unwrap();
        Session::spawn(machine, command, "asked\n", image).unwrap()
    }

    fn console(session: &mut Session) -> String {
        let mut console = Vec::new();
        while let Event::Output(bytes) = session.next(None) {
            console.extend(bytes);
        }
        String::from_utf8(console).unwrap()
    }

    #[test]
    fn words_without_end_do_not_keep_us_waiting() {
        let mut session = shell(Machine::Gxemul, "while :; do echo word >&2; done");
        let soon = Instant::now() + Duration::from_millis(20);
        assert_eq!(session.next(Some(soon)), Event::Timeout);
    }

    #[test]
    fn what_an_emulator_says_for_itself_is_not_on_the_console() {
        let script = "read asked <&2; read typed; echo \"$asked $typed\"; echo word >&2; exit 1";
        let mut session = shell(Machine::Malta, script);
        session.feed(b"typed\n").unwrap();
        assert_eq!(console(&mut session), "asked typed\n");
        let verdict = session.finish().unwrap();
        assert!(matches!(verdict, Verdict::Broken(why) if why.ends_with("\n  word")));
    }

    #[test]
    fn who_has_given_up_is_ended() {
        let script = "echo 'GXemul> '; printf 'GXemul> ' >&2; exec sleep 600";
        let mut session = shell(Machine::Gxemul, script);
        assert_eq!(console(&mut session), "GXemul> \n");
        assert!(matches!(session.finish().unwrap(), Verdict::Stopped(_)));
    }

    #[test]
    fn what_only_looks_given_up_goes_on() {
        let mut session = shell(Machine::Gxemul, "printf 'GXemul> '; read typed; echo ok");
        assert_eq!(session.next(None), Event::Output(b"GXemul> ".to_vec()));
        session.feed(b"\n").unwrap();
        assert_eq!(console(&mut session), "ok\n");
        assert_eq!(session.finish().unwrap(), Verdict::Clean);
    }
}
