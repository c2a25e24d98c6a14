//! `break`, without a debugger.

#![no_std]
#![forbid(unsafe_code)]

use libos::probe::{Misdeed, commit};

fn main() {
    commit(Misdeed::Break);
}
