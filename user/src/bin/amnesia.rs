//! A child goes back to what it was, and has forgotten what it was told since.

#![no_std]
#![forbid(unsafe_code)]

use libos::{Error, println};
use mos_user::challenges::{amnesia, in_a_child, left};

fn main() -> Result<(), Error> {
    // What stays: an exception stack, and page tables.
    in_a_child(|| Ok(()))?;
    let before = left();
    in_a_child(amnesia::amnesia)?;
    let same = left() == before;
    println!("amnesia: as many environments and free pages as before: {same}");
    Ok(())
}
