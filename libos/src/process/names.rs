//! What programs are called, for a list of them: in a page that a program shares with all whom it starts, and they with
//! theirs. Nobody relies on it, and nobody has to be in it.

use alloc::string::String;

use mos_abi::{EnvId, Error};

use super::record::NAMES;
use crate::window::SHARED;
use crate::{Window, env};

/// Entries of the page. Those of two programs may be the same; then the later one is there.
const ENTRIES: usize = 128;
/// Words of an entry: whose it is, and the name.
const WORDS: usize = Window::WORDS / ENTRIES;

fn entry(id: EnvId) -> usize {
    id.index() % ENTRIES * WORDS
}

/// Puts down what `id` is called.
pub(super) fn put(id: EnvId, name: &str) {
    if NAMES.flags().is_none() {
        return;
    }
    let name = name.rsplit('/').next().unwrap_or(name);
    let mut bytes = name.bytes();
    for word in 1..WORDS {
        let four = [(); 4].map(|()| bytes.next().unwrap_or(0));
        NAMES.write(entry(id) + word, u32::from_le_bytes(four));
    }
    NAMES.write(entry(id), id.0);
}

/// Has `child` have the page, and be in it by this name.
///
/// # Errors
/// `NoMem`, `BadEnv`.
pub(super) fn give(child: EnvId, name: &str) -> Result<(), Error> {
    if NAMES.flags().is_none() {
        NAMES.alloc(SHARED)?;
    }
    put(child, name);
    NAMES.map(child, SHARED)
}

/// What this program is called, by who asks [`name_of`] among those whom it starts from now on.
///
/// # Errors
/// `NoMem`.
pub fn set_name(name: &str) -> Result<(), Error> {
    give(env::id(), name)
}

/// What `id` is called, as far as that is known: by 28 bytes at most.
pub fn name_of(id: EnvId) -> Option<String> {
    if NAMES.flags().is_none() || NAMES.read(entry(id)) != id.0 {
        return None;
    }
    let words = (1..WORDS).map(|word| NAMES.read(entry(id) + word));
    let bytes = words.flat_map(u32::to_le_bytes);
    // Others may have put there what they like.
    let shown = bytes.take_while(|byte| byte.is_ascii_graphic());
    Some(shown.map(char::from).collect())
}
