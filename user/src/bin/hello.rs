//! The smallest program: it greets, says who it is, and ends.

#![no_std]
#![forbid(unsafe_code)]

use libos::{env, println};

fn main() {
    println!("hello, I am environment {}", env::id());
}
