//! One number for many.

/// A sum in which each of `words` counts for as much as its place says.
pub fn sum(words: impl IntoIterator<Item = u32>) -> u32 {
    words
        .into_iter()
        .fold(0, |sum: u32, word| sum.wrapping_mul(31).wrapping_add(word))
}
