//! What the words of a line mean. Numbers are hexadecimal, as the kernel prints them, with or without 0x.

use core::str::SplitAsciiWhitespace;

use mos_abi::{EnvId, PteFlags};
use mos_audit::Audited;
use mos_core::Kernel;
use mos_core::slot::Slot;

/// What is wrong with a line.
pub type Wrong = &'static str;

/// The words of a line that were not looked at yet.
#[derive(Clone)]
pub struct Words<'a>(SplitAsciiWhitespace<'a>);

impl<'a> Words<'a> {
    /// The words of `line`.
    pub fn of(line: &'a str) -> Self {
        Self(line.split_ascii_whitespace())
    }

    /// The next one, if there is one.
    pub fn next(&mut self) -> Option<&'a str> {
        self.0.next()
    }

    /// The next one is a number, if there is one.
    pub fn number(&mut self) -> Result<Option<u32>, Wrong> {
        self.next().map(number).transpose()
    }

    /// The next one is an address, a multiple of 4.
    pub fn address(&mut self) -> Result<u32, Wrong> {
        let va = self.number()?.ok_or("an address is missing")?;
        if va.is_multiple_of(4) {
            Ok(va)
        } else {
            Err("the address is not a multiple of 4")
        }
    }

    /// The next one names an environment by its id; `-`, or none, is who has the CPU.
    pub fn env<M: Audited>(&mut self, kernel: &mut Kernel<M>) -> Result<Slot, Wrong> {
        match self.next() {
            None | Some("-") => kernel.cpu().current.ok_or("no environment has the CPU"),
            Some(word) => {
                let id = EnvId(number(word)?);
                let slot = Slot::new(id.index());
                let found = mos_audit::alive(kernel).any(|alive| alive == slot);
                if found && kernel.id(slot) == id {
                    Ok(slot)
                } else {
                    Err("there is no such environment; `envs` lists them")
                }
            }
        }
    }

    /// The next one is flags of a page-table entry, parted by `|`; 0 is none.
    pub fn flags(&mut self) -> Result<PteFlags, Wrong> {
        let word = self.next().ok_or("flags are missing: for example V|R")?;
        if word == "0" {
            return Ok(PteFlags::empty());
        }
        word.split('|').try_fold(PteFlags::empty(), |flags, name| {
            let flag = PteFlags::from_name(name).filter(|flag| PteFlags::USER.contains(*flag));
            Ok(flags | flag.ok_or("flags are V, R, COW, LIBRARY and D, parted by |")?)
        })
    }
}

fn number(word: &str) -> Result<u32, Wrong> {
    let digits = word.strip_prefix("0x").unwrap_or(word);
    u32::from_str_radix(digits, 16).map_err(|_| "numbers are hexadecimal, of 8 digits at most")
}
