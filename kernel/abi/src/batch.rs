//! The array that `batch` makes several calls from: for each of them eight words.
//!
//! | word | what |
//! | --- | --- |
//! | 0 | number |
//! | 1 to 5 | arguments |
//! | 6 | result, afterwards, of a call that has not failed |
//! | 7 | 0 |
//!
//! So the fourth and the fifth argument are as far from its first word as o32 has them from sp.

/// Words of a call.
pub const CALL_WORDS: usize = 8;
/// Bytes of a call.
pub const CALL_SIZE: u32 = 32;
/// Where its result goes, in bytes from its first word.
pub const RESULT: u32 = 24;
