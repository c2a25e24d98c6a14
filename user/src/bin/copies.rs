//! What the compiler has libos copy: all lengths at all alignments, and nothing beside it.

#![no_std]
#![forbid(unsafe_code)]

use core::hint::black_box;
use libos::println;

/// Longer than two turns of the copying loop, with room around.
const ROOM: usize = 1152;
/// What is around.
const AROUND: u8 = 0xee;

#[repr(align(4))]
struct Bytes([u8; ROOM]);

fn byte(place: usize) -> u8 {
    (place % 251) as u8
}

/// Whether `len` bytes come from `from` to `to`.
fn comes(len: usize, to: usize, from: usize) -> bool {
    let source = Bytes(core::array::from_fn(byte));
    let mut target = Bytes([AROUND; ROOM]);
    target.0[to..][..len].copy_from_slice(black_box(&source.0[from..][..len]));
    let expected = |place: usize| match place.checked_sub(to) {
        Some(n) if n < len => byte(from + n),
        _ => AROUND,
    };
    (0..ROOM).all(|place| target.0[place] == expected(place))
}

fn main() {
    let mut wrong = 0;
    let of_turns = (128..1100).step_by(64);
    for len in (0..40).chain(60..70).chain(508..516).chain(of_turns) {
        for alignments in 0..16 {
            let (to, from) = (4 + alignments / 4, 8 + alignments % 4);
            wrong += u32::from(!comes(len, to, from));
        }
    }
    println!("copies: {wrong} wrong");
}
