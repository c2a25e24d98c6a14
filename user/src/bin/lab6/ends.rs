//! The ends of a pipe: whether there is somebody at the other one.

use crate::noise;
use libos::fd::{self, Fd};
use libos::io::Error;
use libos::{EnvId, Fork, env, fork, yield_now};
use mos_exam::{saw, step, sum};
use mos_user::check::{Check, until};

/// The end of what is read, and of whom one writes to.
pub fn closed(mut check: Check) -> Result<(), Error> {
    step!(
        check,
        "when nobody can write any more, what is left is read, then the end"
    );
    let (from, to) = fd::pipe()?;
    let len = check.lots.from(100, 900) as usize;
    let bytes = noise(&mut check.lots, len);
    match fork()? {
        Fork::Child => {
            fd::close(from)?;
            for _ in 0..check.lots.from(1, 9) {
                yield_now();
            }
            fd::write(to, &bytes)?;
            env::exit();
        }
        Fork::Parent(child) => {
            saw!(check, "whether it looks closed before", fd::is_closed(from));
            fd::close(to)?;
            env::wait(child);
            let mut room = [0; 1000];
            let count = fd::read(from, &mut room)?;
            saw!(
                check,
                "how many bytes were left, and their sum",
                (count, sum(&room[..count]))
            );
            saw!(check, "what reading says then", fd::read(from, &mut room));
            saw!(check, "and once more", fd::read(from, &mut room));
            saw!(check, "whether it looks closed", fd::is_closed(from));
            fd::close(from)?;
        }
    }

    step!(
        check,
        "who has a descriptor of the other end can still write"
    );
    let (from, to) = fd::pipe()?;
    let other = Fd::new(check.lots.from(8, 30)).ok_or(libos::Error::MaxOpen)?;
    fd::dup(to, other)?;
    fd::close(to)?;
    saw!(check, "whether it looks closed", fd::is_closed(from));
    saw!(
        check,
        "what writing by the other descriptor says",
        fd::write(other, &bytes)
    );
    let mut room = [0; 1000];
    let count = fd::read(from, &mut room)?;
    saw!(
        check,
        "how many bytes came, and their sum",
        (count, sum(&room[..count]))
    );
    fd::dup(from, to)?;
    saw!(
        check,
        "whether it looks closed with two to read",
        fd::is_closed(from)
    );
    fd::close(other)?;
    saw!(
        check,
        "whether it looks closed when that is closed too",
        fd::is_closed(from)
    );
    fd::close(to)?;
    fd::close(from)?;

    step!(check, "when nobody can read any more, writing is an error");
    let (from, to) = fd::pipe()?;
    saw!(check, "what the first bytes are", fd::write(to, &bytes));
    fd::close(from)?;
    saw!(check, "whether it looks closed", fd::is_closed(to));
    let broken = fd::write(to, &bytes).map_err(|error| matches!(error, Error::BrokenPipe));
    saw!(
        check,
        "whether writing says that the pipe is broken",
        broken
    );
    fd::close(to)?;

    step!(
        check,
        "who loses his reader amid writing hears how much was written"
    );
    let (from, to) = fd::pipe()?;
    match fork()? {
        Fork::Child => {
            for _ in 0..check.lots.from(2, 9) {
                yield_now();
            }
            fd::read(from, &mut room)?;
            env::exit();
        }
        Fork::Parent(child) => {
            fd::close(from)?;
            let written = fd::write(to, &noise(&mut check.lots, 9000));
            let is_part = written.map(|count| (4096..9000).contains(&count));
            saw!(check, "whether that is a part", is_part);
            env::wait(child);
            fd::close(to)?;
        }
    }

    step!(check, "who is ended has closed everything");
    let (from, to) = fd::pipe()?;
    match fork()? {
        Fork::Child => libos::env::spin(),
        Fork::Parent(child) => {
            fd::close(to)?;
            yield_now();
            saw!(
                check,
                "whether it looks closed while there is a child",
                fd::is_closed(from)
            );
            libos::destroy(child)?;
            let gone = until(|| fd::is_closed(from) == Ok(true));
            saw!(check, "and when that was ended", gone);
        }
    }
    Ok(())
}

/// How often it is looked whether a pipe is closed.
const LOOKS: u32 = 3000;

/// Other pipes, which do not change meanwhile.
const OTHERS: usize = 10;

/// The ends to write to of pipes, of which those have nobody at the other end whose bits are set, and those of a child.
fn others(gone: u32) -> Result<([Fd; OTHERS], EnvId), Error> {
    let mut ends = [(Fd::STDIN, Fd::STDIN); OTHERS];
    let mut holder = |bit: u32| -> Result<EnvId, Error> {
        let here = || (0..OTHERS).filter(|n| gone >> n & 1 == bit);
        for n in here() {
            ends[n] = fd::pipe()?;
        }
        let child = match fork()? {
            Fork::Child => env::spin(),
            Fork::Parent(child) => child,
        };
        here().try_for_each(|n| fd::close(ends[n].0))?;
        Ok(child)
    };
    let (ends_with_them, stays) = (holder(1)?, holder(0)?);
    libos::destroy(ends_with_them)?;
    env::wait(ends_with_them);
    Ok((ends.map(|(_, to)| to), stays))
}

/// One end comes and goes, and is never missed at the other. Amid that it is looked, once each, at pipes that are closed or not.
pub fn race(mut check: Check) -> Result<(), Error> {
    let gone = check.lots.any();
    let places: [u32; OTHERS] = core::array::from_fn(|_| check.lots.from(0, LOOKS - 1));
    let (others, stays) = others(gone)?;
    let (from, to) = fd::pipe()?;
    let other = Fd::new(check.lots.from(8, 30)).ok_or(libos::Error::MaxOpen)?;
    match fork()? {
        Fork::Child => {
            fd::close(to)?;
            // Its parent ends it.
            loop {
                fd::dup(from, other)?;
                fd::close(other)?;
            }
        }
        Fork::Parent(child) => {
            step!(
                check,
                "a pipe is not closed while its other end comes and goes"
            );
            fd::close(from)?;
            let mut closed = 0;
            let mut seen = 0;
            for look in 0..LOOKS {
                closed += u32::from(fd::is_closed(to)?);
                for n in (0..OTHERS).filter(|&n| places[n] == look) {
                    seen |= u32::from(fd::is_closed(others[n])?) << n;
                }
            }
            saw!(check, "how often it looked closed", closed);
            saw!(check, "which of ten others looked closed", seen);
            let len = check.lots.from(1, 200) as usize;
            let written = fd::write(to, &noise(&mut check.lots, len));
            saw!(check, "what writing says", written);
            libos::destroy(child)?;
            libos::destroy(stays)?;
            step!(check, "it is when nobody has that end");
            let gone = until(|| fd::is_closed(to) == Ok(true));
            saw!(
                check,
                "whether it looks closed when the other was ended",
                gone
            );
        }
    }
    Ok(())
}
