//! What a guest prints, on its way to somebody who may be slow. QEMU's serial port drops what nobody takes within some
//! seconds; so it is always taken, and kept until it is read.

use crate::out;
use anyhow::{Context, Result};
use std::io;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

/// Bytes that are kept, at most.
const MOST: usize = 256 << 20;

/// Prints from a thread of its own.
#[derive(Debug)]
pub struct Printer {
    pieces: Sender<Vec<u8>>,
    kept: Arc<Kept>,
    most: usize,
    is_told: bool,
    thread: JoinHandle<Result<()>>,
}

/// How many bytes are kept.
#[derive(Debug, Default)]
struct Kept {
    bytes: Mutex<usize>,
    fewer: Condvar,
}

impl Kept {
    fn with<T>(&self, work: impl FnOnce(&mut usize) -> T) -> T {
        work(&mut self.bytes.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits until `more` bytes have room among `most`, or nothing else is kept.
    fn wait(&self, more: usize, most: usize) {
        let bytes = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self
            .fewer
            .wait_while(bytes, |bytes| *bytes > 0 && *bytes + more > most);
        drop(waited);
    }
}

impl Printer {
    /// One for standard output.
    pub fn stdout() -> Self {
        Self::of(MOST, |bytes| out::print(bytes))
    }

    fn of(most: usize, mut print: impl FnMut(&[u8]) -> Result<()> + Send + 'static) -> Self {
        let (pieces, kept_pieces) = channel();
        let kept = Arc::new(Kept::default());
        let counted = kept.clone();
        let work = move || {
            let printed = print_all(&kept_pieces, &counted, &mut print);
            // Nobody is to wait for who has left.
            drop(kept_pieces);
            counted.with(|bytes| *bytes = 0);
            counted.fewer.notify_all();
            printed
        };
        Self {
            pieces,
            kept,
            most,
            is_told: false,
            thread: thread::spawn(work),
        }
    }

    /// Has `bytes` printed. Waits only where too many are kept already, which is said aloud.
    ///
    /// # Errors
    /// Nothing is printed any more: [`finish`](Self::finish) says why.
    pub fn print(&mut self, bytes: Vec<u8>) -> io::Result<()> {
        let count = bytes.len();
        if self
            .kept
            .with(|kept| *kept > 0 && *kept + count > self.most)
        {
            if !self.is_told {
                out::tell("nobody reads the output: what comes now may be lost");
            }
            self.is_told = true;
            self.kept.wait(count, self.most);
        }
        self.kept.with(|kept| *kept += count);
        let sent = self.pieces.send(bytes);
        sent.map_err(|_| io::ErrorKind::BrokenPipe.into())
    }

    /// Waits until all is printed.
    ///
    /// # Errors
    /// It does not get to where it should.
    pub fn finish(self) -> Result<()> {
        drop(self.pieces);
        let printed = self.thread.join();
        printed.unwrap_or_else(|_| Err(anyhow::anyhow!("who prints has stopped")))
    }
}

fn print_all(
    pieces: &Receiver<Vec<u8>>,
    kept: &Kept,
    print: &mut impl FnMut(&[u8]) -> Result<()>,
) -> Result<()> {
    for piece in pieces {
        print(&piece).context("the console's output is lost")?;
        kept.with(|bytes| *bytes -= piece.len());
        kept.fewer.notify_all();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::sync_channel;

    #[test]
    fn what_is_not_read_is_kept_and_comes_in_its_order() {
        let (go_on, waits) = sync_channel(0);
        let (sender, printed) = channel();
        let mut printer = Printer::of(1 << 20, move |bytes| {
            waits.recv()?;
            Ok(sender.send(bytes.to_vec())?)
        });
        let pieces: Vec<Vec<u8>> = (0..200).map(|n| vec![n; 1000]).collect();
        // Nobody has read anything yet.
        pieces
            .iter()
            .cloned()
            .for_each(|piece| printer.print(piece).unwrap());
        pieces.iter().for_each(|_| go_on.send(()).unwrap());
        printer.finish().unwrap();
        assert_eq!(printed.iter().collect::<Vec<_>>(), pieces);
    }

    #[test]
    fn too_much_waits_until_there_is_room() {
        let (sender, printed) = sync_channel(0);
        let mut printer = Printer::of(10, move |bytes| Ok(sender.send(bytes.to_vec())?));
        let reader = thread::spawn(move || printed.iter().collect::<Vec<_>>());
        for n in 0..100 {
            printer.print(vec![n; 8]).unwrap();
            assert!(printer.kept.with(|kept| *kept <= 10));
        }
        printer.finish().unwrap();
        assert_eq!(reader.join().unwrap().len(), 100);
    }

    #[test]
    fn nobody_waits_for_a_reader_who_has_left() {
        let mut printer = Printer::of(10, |_| anyhow::bail!("gone"));
        while printer.print(vec![0; 8]).is_ok() {}
        let why = format!("{:#}", printer.finish().unwrap_err());
        assert_eq!(why, "the console's output is lost: gone");
    }
}
