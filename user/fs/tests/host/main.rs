//! Host tests of the file system, on disks that fail, that stop at any write, and that have anything on them.
//!
//! | module | concept |
//! | --- | --- |
//! | [`disk`] | a disk in memory that remembers each write and fails when it should |
//! | [`rig`] | a mounted disk, and what a test wants of it |
//! | [`model`] | the same in plain maps and vectors |
//! | [`op`] | things to do, drawn by lot |
//! | [`both`] | a file system and its model, side by side |
//! | [`random`] | they agree, whatever is done, and whatever fails |
//! | [`cut`] | the power is cut at every write |
//! | [`mutate`] | disks with anything on them |
//! | [`moved`] | what is moved is what is needed |
//! | [`spec`] | the rules, one by one |
//! | [`foreign`] | what other systems have written |

#![forbid(unsafe_code)]
// What a test prints is kept for it.
#![allow(clippy::print_stdout)]

mod both;
mod cut;
mod disk;
mod foreign;
mod model;
mod moved;
mod mutate;
mod op;
mod random;
mod rig;
#[path = "../../../../kernel/core/tests/host/seeds.rs"]
mod seeds;
mod spec;
