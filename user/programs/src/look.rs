//! A look at files, as the shell's crate has it.

use alloc::string::String;
use alloc::vec::Vec;
use libos::fs;
use mos_sh::system::{Kind, Look};

/// The files of this system.
#[derive(Clone, Copy, Debug)]
pub struct Files;

impl Look for Files {
    fn names(&mut self, dir: &str) -> Vec<String> {
        let entries = fs::read_dir(dir).into_iter().flatten().flatten();
        entries
            .map(|entry| String::from(entry.file_name()))
            .collect()
    }

    fn kind(&mut self, path: &str) -> Option<Kind> {
        let data = fs::metadata(path).ok()?;
        Some(if data.is_dir() {
            Kind::Directory
        } else {
            Kind::File
        })
    }
}
