//! Draws the Mandelbrot set by the floating-point unit, and looks whether it is the one that integer registers draw.

#![no_std]
#![forbid(unsafe_code)]

use libos::{float, print, println};
use mos_user::soft::product;

const COLUMNS: u32 = 72;
const ROWS: u32 = 28;
const LIMIT: u32 = 96;
/// The corner where it begins, and how far the points are apart.
const CORNER: [f64; 2] = [-2.2, -1.2];
const APART: [f64; 2] = [3.2 / (COLUMNS - 1) as f64, 2.4 / (ROWS - 1) as f64];
/// By how long a point stays.
const SHADES: &[u8] = b" .,:;-=+*oxOX%#@";

/// What `float::escape` does, without a unit.
fn escape([re, im]: [f64; 2], limit: u32) -> u32 {
    let (mut x, mut y) = (0.0, 0.0);
    for turns in 0..limit {
        let (xx, yy, xy) = (product(x, x), product(y, y), product(x, y));
        if xx + yy > 4.0 {
            return turns;
        }
        x = xx - yy + re;
        y = xy + xy + im;
    }
    limit
}

fn shade(turns: u32) -> char {
    let bright = match turns {
        LIMIT => SHADES.len() - 1,
        turns => turns as usize % (SHADES.len() - 1),
    };
    SHADES.get(bright).copied().unwrap_or(b'?').into()
}

fn main() {
    let mut different = 0;
    let [left, mut im] = CORNER;
    for _ in 0..ROWS {
        let mut re = left;
        for _ in 0..COLUMNS {
            let c = [re, im];
            let turns = float::escape(c, LIMIT);
            different += u32::from(turns != escape(c, LIMIT));
            print!("{}", shade(turns));
            re += APART[0];
        }
        println!("|");
        im += APART[1];
    }
    let points = ROWS * COLUMNS;
    println!("{points} points, {different} of them other than without the unit");
}
