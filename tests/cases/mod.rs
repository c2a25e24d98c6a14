//! The cases, a table for each lab.

mod abi;
mod challenges;
pub mod cheats;
mod console;
mod course;
mod cpus;
pub mod deaf;
mod descriptors;
mod disk;
pub mod ends;
mod files;
mod fpu;
pub mod gdb;
mod jos;
mod lab1;
mod lab3;
mod lab4;
pub mod limits;
mod monitor;
pub mod outside;
mod sched;
mod user;

use mos_tests::case::Case;

/// Every table, with the name that its tests have in the middle.
pub const TABLES: &[(&str, &[Case])] = &[
    ("lab1", lab1::CASES),
    ("lab3", lab3::CASES),
    ("lab4", lab4::CASES),
    ("user", user::CASES),
    ("jos", jos::CASES),
    ("course", course::CASES),
    ("abi", abi::CASES),
    ("console", console::CASES),
    ("challenges", challenges::CASES),
    ("monitor", monitor::CASES),
    ("fpu", fpu::CASES),
    ("sched", sched::CASES),
    ("cpus", cpus::CASES),
    ("disk", disk::CASES),
    ("files", files::CASES),
    ("descriptors", descriptors::CASES),
];
