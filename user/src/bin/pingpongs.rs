//! Two environments with the same memory count to ten in it, by turns.

#![no_std]
#![forbid(unsafe_code)]

use libos::Error;
use mos_user::challenges::pingpongs;

fn main() -> Result<(), Error> {
    pingpongs::count(10, true).map(drop)
}
