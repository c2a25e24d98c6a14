//! Tests of the whole system on its two machines.
//!
//! A test is a [`case::Case`]: data that says which programs to start, what to type, and what must be
//! seen. The cases stand in `tests/cases`, a table for each lab; `tests/guest.rs` makes a test of each
//! case on each machine, called for example `malta::lab4::fktest`.
//!
//! - [`case`]: what a case says
//! - [`play`]: runs a case on a machine
//! - [`judge`]: compares what was seen with what was expected

#![forbid(unsafe_code)]

pub mod case;
pub mod judge;
pub mod play;
