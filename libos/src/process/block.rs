//! What a program finds on its stack: arguments and variables.
//!
//! From sp on: argc, argv, the address of the variables, a word that says that there are any, then both arrays of pointers, each
//! with a 0 behind it, and the strings. So argv has the latter two words right before it, where in a program that something
//! else has started there is argv itself, or whatever.

use alloc::string::String;
use alloc::vec::Vec;

use mos_abi::Error;
use mos_abi::layout::{PAGE_SIZE, USTACKTOP};

/// Says that variables come along. It is no address on the stack.
pub(crate) const MAGIC: u32 = u32::from_le_bytes(*b"MOSv");
/// Words before argv.
const BEFORE: u32 = 4;
/// How much of the stack may be full at the beginning.
const MOST: u32 = 16 * PAGE_SIZE;

/// The end of a new program's stack.
pub(super) struct Block(Vec<u8>);

impl Block {
    /// `NoMem`: it is more than there is room for.
    pub fn new(args: &[String], vars: &[String]) -> Result<Self, Error> {
        // exercise 6.6 begin
        // otherwise: let _ = (args, vars, Self(Vec::new()).sp());
        // otherwise: Ok(Self(alloc::vec![0; 16]))
        let all = || args.iter().chain(vars);
        let room = all().try_fold(0_usize, |sum, text| sum.checked_add(text.len() + 1));
        let words = args.len() + vars.len() + 2 + BEFORE as usize;
        let room = room.filter(|&room| words * 4 + room + 8 <= MOST as usize);
        let room = room.ok_or(Error::NoMem)? as u32;

        let start = USTACKTOP - room;
        let sp = (start - 4 * words as u32) & !7;
        let argv = sp + 4 * BEFORE;
        let envp = argv + 4 * (args.len() as u32 + 1);
        let mut bytes = Vec::new();
        let size = (USTACKTOP - sp) as usize;
        bytes.try_reserve_exact(size).map_err(|_| Error::NoMem)?;
        for word in [args.len() as u32, argv, envp, MAGIC] {
            push(&mut bytes, word);
        }
        let middle = point_at(args, start, &mut bytes);
        point_at(vars, middle, &mut bytes);
        bytes.resize(size - room as usize, 0);
        write_down(args, &mut bytes);
        write_down(vars, &mut bytes);
        Ok(Self(bytes))
        // exercise 6.6 end
    }

    /// Where it begins.
    pub fn sp(&self) -> u32 {
        USTACKTOP - self.0.len() as u32
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

fn push(bytes: &mut Vec<u8>, word: u32) {
    bytes.extend_from_slice(&word.to_le_bytes());
}

/// An array of pointers to `texts`, of which the first is at `at`. Returns where the last one ends.
#[inline(never)]
fn point_at(texts: &[String], at: u32, bytes: &mut Vec<u8>) -> u32 {
    // exercise 6.6 begin
    let mut at = at;
    for text in texts {
        push(bytes, at);
        at += text.len() as u32 + 1;
    }
    push(bytes, 0);
    at
    // exercise 6.6 end
}

/// The strings themselves.
#[inline(never)]
fn write_down(texts: &[String], bytes: &mut Vec<u8>) {
    for text in texts {
        bytes.extend_from_slice(text.as_bytes());
        bytes.push(0);
    }
}
