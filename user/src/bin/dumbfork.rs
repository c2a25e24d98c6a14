//! Parent and child greet in turns; the child began with a copy of every page.

#![no_std]
#![forbid(unsafe_code)]

use libos::Error;
use mos_user::challenges::dumbfork;

fn main() -> Result<(), Error> {
    dumbfork::greet()
}
