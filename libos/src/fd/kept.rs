//! Files that were closed, whose pages stay where they were: who opens the same file next, at the same descriptor, needs no
//! message.
//!
//! The page says by which path it was opened, and the server says there for how long that leads to the file
//! ([`filefd::NAMED`]). It is kept only if nobody has it besides us and the server, and opened again only then: of two relatives
//! who have it, each would read on where the other does.

use mos_abi::files::{DIRECTORY, filefd};

use super::{Fd, file, mode};
use crate::Window;

/// How many bytes the path has; 0: the page is not to be kept.
const LEN: usize = filefd::USERS + 2;
/// Where it begins, four bytes a word.
const PATH: usize = 128;
/// Longer ones are not kept.
const LONGEST: usize = 256;

const _: () = assert!(LEN < filefd::USERS + filefd::USERS_WORDS);
const _: () = assert!(PATH > LEN && PATH + LONGEST / 4 <= Window::WORDS);

/// The words of a path, with their places.
fn words(path: &str) -> impl Iterator<Item = (usize, u32)> {
    let word = |bytes: &[u8]| match *bytes {
        [a, b, c, d] => u32::from_le_bytes([a, b, c, d]),
        _ => bytes
            .iter()
            .fold(0, |word, &byte| word << 8 | u32::from(byte)),
    };
    (PATH..).zip(path.as_bytes().chunks(4).map(word))
}

/// Whether nobody has the page of `fd` but us and the server.
fn is_ours(fd: Fd) -> bool {
    fd.count() == file::ALONE
}

/// Writes down by which path `fd` was opened, if it may be kept: to be read, and no directory, whose size changes
/// without a word.
pub(super) fn name(fd: Fd, path: &str, how: u32) {
    let page = fd.page();
    if how == mode::READ && path.len() <= LONGEST && page.read(filefd::TYPE) != DIRECTORY {
        words(path).for_each(|(at, word)| page.write(at, word));
        page.write(LEN, path.len() as u32);
    }
}

/// Whether `fd`, which is open, may keep its page when it is closed.
pub(super) fn may_be(fd: Fd) -> bool {
    let page = fd.page();
    page.read(LEN) != 0 && page.read(filefd::NAMED) != 0 && is_ours(fd)
}

/// Opens what `fd` has kept, if it is what is wanted. If not, it keeps nothing.
pub(super) fn open(fd: Fd, path: &str, how: u32) -> bool {
    if !fd.has_page() {
        return false;
    }
    let page = fd.page();
    let is_it = how == mode::READ
        && page.read(LEN) == path.len() as u32
        && words(path).all(|(at, word)| page.read(at) == word)
        && is_ours(fd);
    if is_it {
        fd.reopen(file::ID);
        // Nothing is there; but where there are several CPUs, a call that changes pages has the server see that we have opened it
        // before we read on.
        fd.data(0).unmap();
        // The server clears this before it looks whether the file is open.
        if page.read(filefd::NAMED) != 0 {
            return true;
        }
    }
    page.unmap();
    false
}
