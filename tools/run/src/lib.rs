//! What builds, packs and runs MOS: what stands behind `make run`, and what all other tools stand on.
//!
//! - [`cli`]: how a tool is called
//! - [`out`]: what it says
//! - [`machine`], [`features`], [`tree`], [`options`]: which machine, what kernel, where the files are, what the user asks for
//! - [`files`], [`nameless`], [`made`]: reading and writing them, and making them of others
//! - [`attach`]: gdb, for the QEMU that waits for it
//! - [`bound`]: processes that end with us
//! - [`cargo`], [`build`], [`words`], [`progress`]: compiling
//! - [`elf`], [`symbols`], [`strip`], [`package`], [`image`], [`boot`], [`pack`]: making a bootable image
//! - [`emulator`], [`session`], [`verdict`], [`typist`], [`terminal`], [`printer`], [`run`], [`debug`]: running it
//! - [`plugin`]: what is built into QEMU to count instructions
//! - [`lab`], [`number`], [`holes`], [`sources`]: the labs, and the exercises that are not done yet in the sources
//! - [`quote`]: words for shells, gdb and QEMU
//! - [`sample`]: files to test all that with

#![forbid(unsafe_code)]

pub mod attach;
pub mod boot;
pub mod bound;
pub mod build;
pub mod cargo;
pub mod cli;
pub mod debug;
pub mod elf;
pub mod emulator;
pub mod features;
pub mod files;
pub mod holes;
pub mod image;
pub mod lab;
pub mod line;
pub mod machine;
pub mod made;
// lab 5 begin
pub mod disk;
// lab 5 end
pub mod nameless;
pub mod number;
pub mod options;
pub mod out;
pub mod pack;
pub mod package;
pub mod plugin;
pub mod printer;
pub mod progress;
pub mod prompt;
pub mod quote;
pub mod run;
pub mod sample;
pub mod session;
pub mod sources;
pub mod strip;
pub mod symbols;
pub mod terminal;
pub mod tree;
pub mod typist;
pub mod verdict;
pub mod words;
