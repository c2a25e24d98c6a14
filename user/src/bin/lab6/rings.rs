//! What goes through a pipe that one environment has both ends of: nobody has to wait.

use crate::noise;
use alloc::vec;
use alloc::vec::Vec;
use libos::fd::{self, Fd};
use libos::io::Error;
use mos_exam::{saw, step, sum};
use mos_user::check::Check;

/// Bytes that a pipe has room for.
const ROOM: u32 = 4096;

fn read(check: &Check, from: Fd, len: u32) -> Result<(), Error> {
    let mut bytes = vec![0; len as usize];
    let count = fd::read(from, &mut bytes)?;
    saw!(
        check,
        "how many bytes were read, and their sum",
        (count, sum(&bytes[..count]))
    );
    Ok(())
}

/// Bytes in their order, also where the ring ends.
pub fn ring(mut check: Check) -> Result<(), Error> {
    let (from, to) = fd::pipe()?;
    step!(check, "what is written is read, in its order");
    for _ in 0..check.lots.from(3, 8) {
        let len = check.lots.from(1, 100);
        let bytes = noise(&mut check.lots, len as usize);
        saw!(check, "what writing says", fd::write(to, &bytes));
        read(&check, from, len)?;
    }

    step!(
        check,
        "a reader gets what there is and has room, and the rest later"
    );
    let bytes = noise(&mut check.lots, 900);
    let pieces: Vec<&[u8]> = bytes.chunks(300).collect();
    for piece in &pieces {
        saw!(check, "what writing says", fd::write(to, piece));
    }
    let first = check.lots.from(1, 299);
    read(&check, from, first)?;
    read(&check, from, 450)?;
    read(&check, from, ROOM)?;

    step!(check, "where the ring ends it goes on at the beginning");
    for _ in 0..12 {
        let len = check.lots.from(1500, ROOM);
        let bytes = noise(&mut check.lots, len as usize);
        saw!(check, "what writing says", fd::write(to, &bytes));
        let first = check.lots.from(1, 1499);
        read(&check, from, first)?;
        read(&check, from, ROOM)?;
    }

    step!(check, "a pipe takes as much as it has room for");
    let bytes = noise(&mut check.lots, ROOM as usize);
    saw!(check, "what writing says", fd::write(to, &bytes));
    let first = check.lots.from(1, ROOM - 1);
    read(&check, from, first)?;
    let more = noise(&mut check.lots, first as usize);
    saw!(
        check,
        "what writing as much again says",
        fd::write(to, &more)
    );
    read(&check, from, ROOM)?;
    Ok(())
}
