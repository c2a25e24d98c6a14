//! The course: what each lab's students get, and what is theirs.
//!
//! There is one true source. Comments around each solution say which exercise it is ([`marker`]), the tables in
//! `tests/labs` say the rest ([`labs`]), and a student's tree is made from both ([`skeleton`]).

pub mod labs;
// teacher begin
pub mod marker;
pub mod mutants;
pub mod mutate;
pub mod render;
pub mod skeleton;
pub mod source;
// teacher end

pub use labs::{Course, Exercise, Lab};
