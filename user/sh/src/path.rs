//! Paths.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// The path that `path` means in the directory `dir`, without `.` and `..`.
pub fn absolute(dir: &str, path: &str) -> String {
    let dir = if path.starts_with('/') { "" } else { dir };
    let mut parts: Vec<&str> = Vec::new();
    for part in dir.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}
