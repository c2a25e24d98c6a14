//! The shell on the host.

mod edit;
mod errors;
mod expand;
mod glob;
mod grammar;
mod jobs;
mod run;
mod system;
mod words;
