//! What the programs of the disk share.
//!
//! | module | concept |
//! | --- | --- |
//! | [`arguments`] | what a program is told, and `--help` |
//! | [`call`](mod@call) | other programs |
//! | [`failure`] | what went wrong, and with what |
//! | [`look`] | what there is |
//! | [`program`] | from `main` to an exit status |
//! | [`stream`] | files and standard input, read and copied |

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod arguments;
pub mod call;
pub mod failure;
pub mod look;
pub mod program;
pub mod stream;

pub use arguments::{Arguments, Flag, Usage};
pub use call::call;
pub use failure::{Failure, On};
pub use program::{FAILED, FINE, MISUSED, Status, each, run, run_words, say};
