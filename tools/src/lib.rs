//! The host's side of MOS: what stands behind the Makefile.
//!
//! - [`machine`], [`tree`], [`options`]: which machine, where the files are, what the user asks for
//! - [`cargo`], [`build`], [`c_programs`]: compiling
//! - [`elf`], [`symbols`], [`strip`], [`package`], [`image`], [`boot`]: making a bootable image
//! - [`delays`]: checking the final code
//! - [`emulator`], [`session`], [`typist`], [`chatter`], [`terminal`], [`run`], [`debug`]: running it
//! - [`trace`], [`bench`], [`profile`], [`svg`]: counting the instructions it executes
//! - [`plugin`]: what is built into QEMU for that
//! - [`grade`]: the labs' checks
//! - [`number`], [`holes`]: the exercises that are not done yet
//! - [`course`]: the labs, and what their students get
//! - [`submit`], [`archive`]: handing in
// teacher begin
//! - [`submission`]: grading what was handed in
// teacher end
//! - [`suite`]: everything that must hold

#![forbid(unsafe_code)]

pub mod archive;
pub mod bench;
pub mod boot;
pub mod build;
pub mod c_programs;
pub mod cargo;
pub mod chatter;
pub mod course;
pub mod debug;
pub mod delays;
pub mod elf;
pub mod emulator;
pub mod files;
pub mod git;
pub mod grade;
pub mod holes;
pub mod image;
pub mod machine;
pub mod number;
pub mod options;
pub mod package;
pub mod plain;
pub mod plugin;
pub mod profile;
pub mod run;
#[cfg(test)]
mod sample;
pub mod session;
pub mod strip;
// teacher begin
pub mod submission;
// teacher end
pub mod submit;
pub mod suite;
pub mod svg;
pub mod symbols;
pub mod terminal;
pub mod trace;
pub mod tree;
pub mod typist;
