//! The shell of MOS, without the system it runs on: that is a trait, [`System`], which the tests simulate.
//!
//! | module | concept |
//! | --- | --- |
//! | [`tree`] | what a command line consists of, and how that is printed |
//! | [`lexer`], [`parser`] | from text to a tree |
//! | [`vars`] | variables |
//! | [`expand`], [`glob`] | from words to the arguments of a program |
//! | [`system`] | the boundary to files and processes |
//! | [`shell`], [`pipeline`], [`redirect`], [`find`] | carrying out a tree |
//! | [`builtin`], [`jobs`] | what the shell does itself, and what runs meanwhile |
//! | [`edit`] | the line that is being typed: keys in, bytes for the terminal out |

#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

extern crate alloc;

pub mod builtin;
pub mod edit;
pub mod expand;
pub mod find;
pub mod glob;
pub mod jobs;
pub mod lexer;
pub mod parser;
pub mod pipeline;
pub mod redirect;
pub mod shell;
pub mod system;
pub mod tree;
pub mod vars;

pub use parser::{Error, parse};
pub use shell::{Flow, Shell};
pub use system::System;
