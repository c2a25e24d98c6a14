//! A class: all that was handed in, and what becomes of it.

pub mod collect;
pub mod scores;
