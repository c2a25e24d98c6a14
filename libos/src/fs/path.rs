//! Paths as the file server knows them: from the root, without dots.

use alloc::borrow::Cow;
use alloc::string::String;

use mos_abi::Error as Code;
use mos_abi::files::PATH_MAX;

use crate::env;
use crate::io::Error;

/// The path from the root that `path` is.
///
/// # Errors
/// [`Code::NotFound`]: it is empty. [`Code::BadPath`]: it is too long, or has a zero in it.
pub fn absolute(path: &str) -> Result<Cow<'_, str>, Error> {
    if is_absolute(path) {
        return Ok(Cow::Borrowed(path));
    }
    if path.is_empty() {
        return Err(Code::NotFound.into());
    }
    let mut from_root = String::new();
    let start = if path.starts_with('/') {
        String::new()
    } else {
        env::current_dir()
    };
    for name in start.split('/').chain(path.split('/')) {
        match name {
            "" | "." => {}
            ".." => from_root.truncate(from_root.rfind('/').unwrap_or(0)),
            name => {
                from_root.push('/');
                from_root.push_str(name);
            }
        }
    }
    if from_root.is_empty() {
        from_root.push('/');
    }
    if from_root.len() >= PATH_MAX || from_root.contains('\0') {
        return Err(Code::BadPath.into());
    }
    Ok(Cow::Owned(from_root))
}

/// Whether it is one already, as far as a short look can tell.
fn is_absolute(path: &str) -> bool {
    let mut before = b'.';
    let is_plain = path.bytes().all(|byte| {
        let follows = core::mem::replace(&mut before, byte);
        byte != 0 && (follows != b'/' || byte != b'/' && byte != b'.')
    });
    is_plain
        && path.starts_with('/')
        && path.len() < PATH_MAX
        && (before != b'/' || path.len() == 1)
}
