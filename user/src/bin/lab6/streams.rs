//! Two environments and a pipe: who reads waits for bytes, who writes waits for room.

use crate::noise;
use alloc::vec;
use libos::fd::{self, Fd};
use libos::io::Error;
use libos::{Fork, env, fork, yield_now};
use mos_exam::{Sum, saw, step, sum};
use mos_user::check::Check;

/// Reads so many bytes, in pieces that are drawn by lot. Returns how many came, and their sum.
fn read_all(check: &mut Check, from: Fd, len: usize) -> Result<(usize, u32), Error> {
    let (mut count, mut all) = (0, Sum::new());
    while count < len {
        let mut bytes = vec![0; check.lots.from(1, 700) as usize];
        let read = fd::read(from, &mut bytes)?;
        if read == 0 {
            break;
        }
        all.add(&bytes[..read]);
        count += read;
    }
    Ok((count, all.value()))
}

/// A reader that comes too early, again and again.
pub fn reads(mut check: Check) -> Result<(), Error> {
    let (from, to) = fd::pipe()?;
    let len = check.lots.from(2000, 3000) as usize;
    let bytes = noise(&mut check.lots, len);
    match fork()? {
        Fork::Child => {
            for piece in bytes.chunks(check.lots.from(150, 400) as usize) {
                for _ in 0..check.lots.from(0, 5) {
                    yield_now();
                }
                fd::write(to, piece)?;
            }
            env::exit();
        }
        Fork::Parent(child) => {
            step!(check, "who reads an empty pipe waits for bytes");
            let read = read_all(&mut check, from, len)?;
            saw!(check, "how many bytes came, and their sum", read);
            saw!(
                check,
                "whether they are those that were written",
                read == (len, sum(&bytes))
            );
            step!(check, "nothing is nothing to wait for");
            saw!(
                check,
                "what reading into no room says",
                fd::read(from, &mut [])
            );
            env::wait(child);
        }
    }
    Ok(())
}

/// A writer that has more than there is room for.
pub fn writes(mut check: Check) -> Result<(), Error> {
    let (from, to) = fd::pipe()?;
    let (back, told) = fd::pipe()?;
    let len = check.lots.from(15_000, 25_000) as usize;
    let bytes = noise(&mut check.lots, len);
    match fork()? {
        Fork::Child => {
            for _ in 0..check.lots.from(2, 20) {
                yield_now();
            }
            let (count, value) = read_all(&mut check, from, len)?;
            let words = [count as u32, value].map(u32::to_le_bytes);
            fd::write(told, words.as_flattened())?;
            env::exit();
        }
        Fork::Parent(child) => {
            step!(
                check,
                "who writes waits for room, and comes back when all is written"
            );
            saw!(check, "what writing says", fd::write(to, &bytes));
            step!(check, "all of it arrives, in its order");
            let mut words = [0; 8];
            fd::read(back, &mut words)?;
            let (count, value) = words.split_at(4);
            saw!(check, "how many bytes came", count);
            saw!(check, "their sum", value);
            env::wait(child);
        }
    }
    Ok(())
}
