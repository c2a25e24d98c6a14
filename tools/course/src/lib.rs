//! The course: what each lab's students get, and what they hand in.
//!
// teacher begin
//! There is one true source. Comments around each solution say which exercise it is ([`skeleton::marker`]), the
//! tables in `tests/labs` say the rest ([`labs`]), and a student's tree is made from both ([`skeleton`]).
//!
// teacher end
//! - [`labs`]: the exercises, and whose files are whose
//! - [`grade`]: the checks
//! - [`submit`], [`archive`], [`git`]: handing in
//! - [`language`]: which language a tree and its reports speak
//! - [`thinking`]: the questions that no check answers
//! - [`plain`]: text from who is not trusted
//! - [`processes`]: what processes take of the host
// teacher begin
//! - [`skeleton`]: the trees that students get
//! - [`mutants`]: mistakes, and whether the checks catch them
//! - [`prefixes`]: whether each exercise earns its points at once
//! - [`submission`]: grading what was handed in
// teacher end

#![forbid(unsafe_code)]

pub mod archive;
pub mod git;
pub mod grade;
pub mod labs;
pub mod language;
// teacher begin
pub mod mutants;
// teacher end
pub mod plain;
pub mod processes;
// teacher begin
pub mod prefixes;
pub mod skeleton;
pub mod submission;
// teacher end
pub mod submit;
mod text;
pub mod thinking;
