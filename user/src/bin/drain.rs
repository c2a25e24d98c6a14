//! Reads whatever is typed for as long as the second program runs.

#![no_std]
#![forbid(unsafe_code)]

use libos::console::getchar;
use libos::{EnvStatus, env, println};

fn main() {
    let mut count = 0_u32;
    while env::slot(1).status() != EnvStatus::Free {
        getchar();
        count += 1;
    }
    println!("drain: something was typed: {}", count > 0);
}
