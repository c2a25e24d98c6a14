//! Reads a line from the console and prints it.

#![no_std]
#![forbid(unsafe_code)]

use libos::{console, print, println};

fn main() {
    let mut buffer = [0; 80];
    print!("type a line: ");
    let line = console::read_line(&mut buffer);
    match core::str::from_utf8(line) {
        Ok(text) => println!("you typed \"{text}\", {} bytes", line.len()),
        Err(_) => println!("you typed {} bytes that are not UTF-8", line.len()),
    }
}
