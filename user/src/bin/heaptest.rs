//! The heap: boxes, vectors and maps; what is given back is used again; a child of fork has its own; and when memory is over,
//! who asks is told so.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

use alloc::{collections::BTreeMap, string::String, vec::Vec};
use libos::{Error, Fork, env, fork, println, view};

fn main() -> Result<(), Error> {
    let mut map = BTreeMap::new();
    for n in 0..1000_u32 {
        let text = alloc::format!("{n}");
        map.insert(text.chars().rev().collect::<String>(), n);
    }
    let sum: u32 = map.values().sum();
    println!("heap: {} entries, sum {sum}", map.len());
    if let Fork::Parent(child) = fork()? {
        env::wait(child);
        println!("heap: the parent still has {}", map.len());
    } else {
        map.retain(|_, n| *n % 2 == 0);
        println!("heap: the child has {}", map.len());
        env::exit();
    }

    drop(map);
    let rounds = || (0..50).for_each(|n| drop(Vec::<u8>::with_capacity(1000 * n)));
    rounds();
    let before = view::free_frames();
    rounds();
    println!("heap: used again: {}", view::free_frames() == before);

    let mut hoard: Vec<Vec<u8>> = Vec::with_capacity(1000);
    loop {
        let mut piece = Vec::new();
        if piece.try_reserve_exact(1 << 18).is_err() {
            break;
        }
        hoard.push(piece);
    }
    let mut huge = Vec::<u8>::new();
    println!("heap: memory is over: {}", hoard.len() > 100);
    println!(
        "heap: too much: {}",
        huge.try_reserve(usize::MAX / 2).is_err()
    );
    drop(hoard);
    println!("heap: again: {}", huge.try_reserve(1 << 20).is_ok());
    Ok(())
}
