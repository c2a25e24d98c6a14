//! Environments that give the terms of a series to who asks for them.

use libos::msg::{self, Parcel, Timeout};
use libos::{EnvId, Error, Fork, env, fork};

use super::rational::Rational;

/// What is asked for, in the first word of a call; the second is for which branch.
const NEXT: u32 = 0;
const DENOMINATOR: u32 = 1;
const END: u32 = 2;

/// What an environment does that is a stream.
pub trait Process {
    /// The next term for those who read this branch.
    fn next(&mut self, branch: usize) -> Result<Rational, Error>;

    /// Nobody reads this branch any more. Whether nobody reads any; then whom it reads itself has been told so.
    fn end(&mut self, branch: usize) -> Result<bool, Error>;
}

/// A series: who knows it, and which of its readers we are.
#[derive(Clone, Copy, Debug)]
pub struct Stream {
    id: EnvId,
    branch: u32,
}

impl Stream {
    /// The next term.
    pub fn next(self) -> Result<Rational, Error> {
        // A fraction has eight words, a message four.
        let numerator = self.ask(NEXT)?;
        Ok(Rational::new(numerator, self.ask(DENOMINATOR)?))
    }

    /// Says that we want no more. Nobody may read it afterwards.
    pub fn end(self) -> Result<(), Error> {
        self.ask(END).map(drop)
    }

    fn ask(self, what: u32) -> Result<i128, Error> {
        let answer = msg::call(self.id, [what, self.branch, 0, 0])?;
        Ok(number(answer.words))
    }
}

/// Starts an environment that is this stream.
pub fn spawn(process: impl Process) -> Result<Stream, Error> {
    let [stream, _] = spawn_two(process)?;
    Ok(stream)
}

/// The same for one that has two branches.
pub fn spawn_two(process: impl Process) -> Result<[Stream; 2], Error> {
    match fork()? {
        Fork::Parent(id) => Ok([0, 1].map(|branch| Stream { id, branch })),
        Fork::Child => {
            serve(process)?;
            env::exit()
        }
    }
}

/// Answers until nobody reads.
fn serve(mut process: impl Process) -> Result<(), Error> {
    let mut last = [Rational::ZERO; 2];
    let mut message = msg::reply_wait(None, [0; 4])?;
    loop {
        let [what, branch, ..] = message.words;
        let branch = branch as usize % last.len();
        let mut answer = 0;
        match what {
            NEXT => {
                last[branch] = process.next(branch)?;
                [answer, _] = last[branch].parts();
            }
            DENOMINATOR => [_, answer] = last[branch].parts(),
            _ => {
                if process.end(branch)? {
                    return msg::send(message.from, &Parcel::words([0; 4]), Timeout::AT_ONCE);
                }
            }
        }
        message = msg::reply_wait(Some(message.from), words(answer))?;
    }
}

fn words(number: i128) -> [u32; 4] {
    [0, 32, 64, 96].map(|shift| (number >> shift) as u32)
}

fn number(words: [u32; 4]) -> i128 {
    let low = words.into_iter().rev();
    low.fold(0, |number: u128, word| number << 32 | u128::from(word)) as i128
}
