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
        let all = || args.iter().chain(vars);
        let room = all().try_fold(0_usize, |sum, text| sum.checked_add(text.len() + 1));
        let words = args.len() + vars.len() + 2 + BEFORE as usize;
        let room = room.filter(|&room| words * 4 + room + 8 <= MOST as usize);
        let room = room.ok_or(Error::NoMem)? as u32;

        let mut at = USTACKTOP - room;
        let sp = (at - 4 * words as u32) & !7;
        let argv = sp + 4 * BEFORE;
        let envp = argv + 4 * (args.len() as u32 + 1);
        let mut bytes = Vec::new();
        let size = (USTACKTOP - sp) as usize;
        bytes.try_reserve_exact(size).map_err(|_| Error::NoMem)?;
        let mut word = |word: u32| bytes.extend(word.to_le_bytes());
        [args.len() as u32, argv, envp, MAGIC]
            .into_iter()
            .for_each(&mut word);
        for texts in [args, vars] {
            for text in texts {
                word(at);
                at += text.len() as u32 + 1;
            }
            word(0);
        }
        bytes.resize(size - room as usize, 0);
        for text in all() {
            bytes.extend(text.bytes());
            bytes.push(0);
        }
        Ok(Self(bytes))
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
