//! A tree of environments with the same memory.

#![no_std]
#![forbid(unsafe_code)]

use libos::Error;
use mos_user::challenges::sforktree::{self, DEPTH};

fn main() -> Result<(), Error> {
    sforktree::grow(DEPTH, sforktree::announce)
}
