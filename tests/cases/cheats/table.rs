//! How the table of a cheat gets into its file.

use anyhow::{Context, Result};

/// What stands where the text goes, in `tests/c/text.h`, and how long that place is.
const PLACE: &[u8] = b"what a cheat prints\n";
const PLACE_SIZE: usize = 100_000;

/// Has the cheat whose file this is print `text`.
///
/// # Errors
/// It has no place for that, or not enough.
pub fn tell(file: &mut [u8], text: &str) -> Result<()> {
    let mut places = file.windows(PLACE.len());
    let at = places
        .position(|bytes| bytes == PLACE)
        .context("no cheat")?;
    let place = file
        .get_mut(at..)
        .and_then(|rest| rest.get_mut(..PLACE_SIZE));
    let place = place.context("the cheat is cut off")?;
    let text: Vec<u8> = text.bytes().filter(|byte| *byte != 0).chain([0]).collect();
    let place = place
        .get_mut(..text.len())
        .context("the cheat has no room for so much")?;
    place.copy_from_slice(&text);
    Ok(())
}
