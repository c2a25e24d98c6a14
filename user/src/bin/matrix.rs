//! A product of matrices, by a grid of environments.

#![no_std]
#![forbid(unsafe_code)]

use libos::{Error, println};
use mos_user::challenges::matrix::{self, Matrix};

const LEFT: Matrix = [[1, 2, 3], [4, 5, 6], [7, 8, 9]];
const RIGHT: Matrix = [[2, 0, 1], [1, 3, 0], [0, 1, 4]];

fn main() -> Result<(), Error> {
    for [a, b, c] in matrix::multiply(&LEFT, &RIGHT)? {
        println!("{a} {b} {c}");
    }
    Ok(())
}
