//! Tests of the whole system on its two machines.
//!
//! A test is a [`case::Case`]: data that says which programs to start, what to type, and what must be
//! seen. The cases stand in `tests/cases`, a table for each lab; `tests/guest.rs` makes a test of each
//! case on each machine, called for example `malta::lab4::fktest`.
//!
//! - [`case`]: what a case says
//! - [`play`]: runs a case on a machine
//! - [`judge`]: compares what was seen with what was expected
// teacher begin
//! - [`disk`]: what is on the disks of a case, before and after
//! - [`c_programs`]: compiles the programs in C
//! - [`replay`]: who has learnt by heart what is right
//! - [`suite`]: everything that must hold
// teacher end

#![forbid(unsafe_code)]

// teacher begin
pub mod c_programs;
// teacher end
pub mod case;
// teacher begin
pub mod disk;
// teacher end
pub mod judge;
pub mod play;
// teacher begin
pub mod replay;
pub mod suite;
// teacher end
