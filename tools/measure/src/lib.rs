//! What counts and checks the instructions of MOS.
//!
//! - [`trace`]: the instructions that a run executes
//! - [`bench`], [`profile`], [`svg`]: counting and drawing them

#![forbid(unsafe_code)]

pub mod bench;
pub mod profile;
pub mod svg;
pub mod trace;
