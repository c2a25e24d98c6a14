//! The boot package: what the image tool puts behind the kernel, on the first page after its bss.
//!
//! A little-endian header of [`HEADER_WORDS`] words, then tables and bytes that it points to by
//! offset from the start of the package:
//!
//! | word | meaning |
//! | --- | --- |
//! | 0 | [`MAGIC`] |
//! | 1 | length of the whole package in bytes |
//! | 2, 3 | command line: offset, length |
//! | 4, 5 | program table: offset, number of [`PROGRAM_WORDS`]-word rows |
//! | 6, 7 | kernel symbol table, sorted by address: offset, number of [`SYMBOL_WORDS`]-word rows |
//!
//! A program row is name offset and length, ELF file offset and length, priority, flags
//! ([`FLAG_DEVICE`]). A symbol row is address, name offset and length.

/// First word of a package: "MOS" and the format's version.
pub const MAGIC: u32 = u32::from_le_bytes(*b"MOS\x01");
/// Words in the header.
pub const HEADER_WORDS: usize = 8;
/// Words in a row of the program table.
pub const PROGRAM_WORDS: usize = 6;
/// Words in a row of the symbol table.
pub const SYMBOL_WORDS: usize = 3;
/// Program flag: may use `write_dev` and `read_dev`.
pub const FLAG_DEVICE: u32 = 1;

/// A package in memory. Whatever its bytes are, reading it is safe: what points outside is absent.
#[derive(Clone, Copy, Debug)]
pub struct Package<'a> {
    bytes: &'a [u8],
}

/// One program to start at boot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Program<'a> {
    /// Name for messages.
    pub name: &'a str,
    /// The ELF file.
    pub elf: &'a [u8],
    /// Time slices it runs in a row.
    pub priority: u32,
    /// Whether it may use device registers.
    pub device: bool,
}

/// A function of the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Symbol<'a> {
    /// Address of its first instruction.
    pub address: u32,
    /// Its name, demangled.
    pub name: &'a str,
}

impl<'a> Package<'a> {
    /// One with nothing in it.
    pub const EMPTY: Self = Self { bytes: &[] };

    /// The package at the start of `bytes`, or `None` where there is none.
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        let whole = Self { bytes };
        let len = usize::try_from(whole.word(1)?).ok()?;
        let bytes = bytes.get(..len)?;
        (whole.word(0)? == MAGIC && len >= HEADER_WORDS * 4).then_some(Self { bytes })
    }

    /// Length in bytes.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// The kernel's command line: `key=value` words, empty where there is none.
    pub fn command_line(&self) -> &'a str {
        self.text(self.word(2), self.word(3)).unwrap_or("")
    }

    /// The programs to start, in order. A row that points outside the package is left out.
    pub fn programs(&self) -> impl Iterator<Item = Program<'a>> + use<'a> {
        let package = *self;
        self.rows::<PROGRAM_WORDS>(4).filter_map(
            move |[name, name_len, elf, elf_len, priority, flags]| {
                Some(Program {
                    name: package.text(Some(name), Some(name_len))?,
                    elf: package.slice(Some(elf), Some(elf_len))?,
                    priority,
                    device: flags & FLAG_DEVICE != 0,
                })
            },
        )
    }

    /// The function that contains `address`: the last symbol at or before it.
    pub fn symbol(&self, address: u32) -> Option<Symbol<'a>> {
        let [at, name, name_len] = self
            .rows::<SYMBOL_WORDS>(6)
            .take_while(|row| row[0] <= address)
            .last()?;
        Some(Symbol {
            address: at,
            name: self.text(Some(name), Some(name_len))?,
        })
    }

    /// The rows of the table whose offset and count are header words `at` and `at + 1`.
    fn rows<const N: usize>(&self, at: usize) -> impl Iterator<Item = [u32; N]> + use<'a, N> {
        let first = self.word(at).unwrap_or(0) as usize;
        let count = self.word(at + 1).unwrap_or(0) as usize;
        let (words, _) = self.bytes.get(first..).unwrap_or_default().as_chunks();
        let (rows, _) = words.as_chunks();
        let rows = rows.iter().take(count);
        rows.map(|row| row.map(u32::from_le_bytes))
    }

    fn word(&self, index: usize) -> Option<u32> {
        let (words, _) = self.bytes.as_chunks();
        words.get(index).copied().map(u32::from_le_bytes)
    }

    fn slice(&self, offset: Option<u32>, len: Option<u32>) -> Option<&'a [u8]> {
        let start = offset? as usize;
        self.bytes.get(start..start.checked_add(len? as usize)?)
    }

    fn text(&self, offset: Option<u32>, len: Option<u32>) -> Option<&'a str> {
        text(self.slice(offset, len)?)
    }
}

/// The ASCII text that `bytes` are; `None`: they are none. To see whether others are UTF-8 takes more code than all else here.
#[inline(never)]
pub fn text(bytes: &[u8]) -> Option<&str> {
    bytes.as_ascii().map(|text| text.as_str())
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::vec::Vec;

    /// One program `p` of three bytes, two symbols, command line `log=info`.
    fn sample() -> Vec<u8> {
        let tail = b"log=infop\x7fELmainstop";
        let rows: [u32; 12] = [88, 1, 89, 3, 2, FLAG_DEVICE, 0x100, 92, 4, 0x200, 96, 4];
        let len = (HEADER_WORDS + rows.len()) * 4 + tail.len();
        let header = [MAGIC, len as u32, 80, 8, 32, 1, 56, 2];
        let words = header.iter().chain(&rows).flat_map(|w| w.to_le_bytes());
        words.chain(tail.iter().copied()).collect()
    }

    #[test]
    fn reads_back_what_was_packed() {
        let bytes = sample();
        let package = Package::parse(&bytes).expect("a package");
        assert_eq!(package.command_line(), "log=info");
        let programs: Vec<_> = package.programs().collect();
        assert_eq!(
            programs,
            [Program {
                name: "p",
                elf: b"\x7fEL",
                priority: 2,
                device: true
            }]
        );
        assert_eq!(package.symbol(0xff), None);
        assert_eq!(package.symbol(0x1ff).map(|s| s.name), Some("main"));
        assert_eq!(package.symbol(0x200).map(|s| s.name), Some("stop"));
    }

    #[test]
    fn no_byte_that_is_wrong_does_harm() {
        let good = sample();
        for at in 0..good.len() {
            for value in [0, 1, 0x7f, 0xff] {
                let mut bad = good.clone();
                bad[at] = value;
                if let Some(package) = Package::parse(&bad) {
                    let _ = (
                        package.command_line(),
                        package.programs().count(),
                        package.symbol(0x180),
                    );
                }
            }
            assert!(Package::parse(&good[..at]).is_none());
        }
    }
}
