//! Writes boot packages; `mos_abi::package` describes the format and reads it back.

use anyhow::{Context, Result, ensure};
use mos_abi::package::{FLAG_DEVICE, HEADER_WORDS, MAGIC, PROGRAM_WORDS, SYMBOL_WORDS};
use std::borrow::Cow;

/// A program to start at boot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Name for messages.
    pub name: String,
    /// The bytes to load: an ELF file, or whatever the user says is one.
    pub elf: Vec<u8>,
    /// Time slices it runs in a row.
    pub priority: u32,
    /// Whether it may use device registers.
    pub device: bool,
}

/// A function of the kernel, for its backtraces.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Symbol {
    /// Address of its first instruction.
    pub address: u32,
    /// Its name, demangled.
    pub name: String,
}

/// The package of these contents. `symbols` must be sorted by address.
///
/// # Errors
/// They do not fit into 4 GiB, or a program's name or the command line is not ASCII.
pub fn build(command_line: &str, programs: &[Program], symbols: &[Symbol]) -> Result<Vec<u8>> {
    let names = programs.iter().map(|program| program.name.as_str());
    for text in names.chain([command_line]) {
        ensure!(text.is_ascii(), "the kernel reads ASCII only, not {text}");
    }
    let program_table = HEADER_WORDS;
    let symbol_table = program_table + programs.len() * PROGRAM_WORDS;
    let mut blobs = Blobs::after((symbol_table + symbols.len() * SYMBOL_WORDS) * 4);

    let [line, line_len] = blobs.add(command_line.as_bytes())?;
    let mut rows = Vec::new();
    for program in programs {
        rows.extend(blobs.add(program.name.as_bytes())?);
        rows.extend(blobs.add(&program.elf)?);
        rows.extend([program.priority, u32::from(program.device) * FLAG_DEVICE]);
    }
    for symbol in symbols {
        rows.push(symbol.address);
        rows.extend(blobs.add(ascii(&symbol.name).as_bytes())?);
    }

    let header = [
        MAGIC,
        word(blobs.end())?,
        line,
        line_len,
        word(program_table * 4)?,
        word(programs.len())?,
        word(symbol_table * 4)?,
        word(symbols.len())?,
    ];
    let words = header.iter().chain(&rows);
    let mut package: Vec<u8> = words.flat_map(|word| word.to_le_bytes()).collect();
    package.append(&mut blobs.bytes);
    Ok(package)
}

/// The name of a function, whatever letters it has, in those that the kernel reads.
fn ascii(name: &str) -> Cow<'_, str> {
    if name.is_ascii() {
        return Cow::Borrowed(name);
    }
    Cow::Owned(name.replace(|letter: char| !letter.is_ascii(), "?"))
}

/// The bytes behind the tables. Each blob starts at a word, for loaders that read headers in place.
struct Blobs {
    /// Offset of the first byte from the start of the package; a multiple of 4.
    base: usize,
    bytes: Vec<u8>,
}

impl Blobs {
    fn after(base: usize) -> Self {
        Self {
            base,
            bytes: Vec::new(),
        }
    }

    /// Adds a blob and gives its offset and length.
    fn add(&mut self, blob: &[u8]) -> Result<[u32; 2]> {
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
        let offset = self.end();
        self.bytes.extend_from_slice(blob);
        Ok([word(offset)?, word(blob.len())?])
    }

    fn end(&self) -> usize {
        self.base + self.bytes.len()
    }
}

fn word(value: usize) -> Result<u32> {
    u32::try_from(value).context("the boot package is larger than 4 GiB")
}

#[cfg(test)]
mod tests {
    use super::*;
    use mos_abi::package::Package;
    use proptest::prelude::*;

    fn programs() -> impl Strategy<Value = Vec<Program>> {
        let program = ("[ -~]{0,9}", any::<Vec<u8>>(), any::<u32>(), any::<bool>());
        let program = program.prop_map(|(name, elf, priority, device)| Program {
            name,
            elf,
            priority,
            device,
        });
        prop::collection::vec(program, 0..5)
    }

    fn symbols() -> impl Strategy<Value = Vec<Symbol>> {
        let table = prop::collection::btree_map(any::<u32>(), ".{0,20}", 0..20);
        table.prop_map(|table| {
            let symbol = |(address, name)| Symbol { address, name };
            table.into_iter().map(symbol).collect()
        })
    }

    proptest! {
        #[test]
        fn reads_back_as_written(line in "[ -~]{0,40}", programs in programs(), symbols in symbols()) {
            let bytes = build(&line, &programs, &symbols).unwrap();
            let package = Package::parse(&bytes).expect("a package");
            prop_assert_eq!(package.size(), bytes.len());
            prop_assert_eq!(package.command_line(), line);

            let read: Vec<Program> = package
                .programs()
                .map(|p| Program {
                    name: p.name.to_owned(),
                    elf: p.elf.to_vec(),
                    priority: p.priority,
                    device: p.device,
                })
                .collect();
            prop_assert_eq!(read, programs);
            for symbol in &symbols {
                let read = package.symbol(symbol.address).expect("a symbol");
                prop_assert_eq!((read.address, read.name), (symbol.address, &*ascii(&symbol.name)));
            }
        }

        #[test]
        fn what_the_kernel_cannot_read_is_refused(line in "[ -~]{0,9}[^ -~]") {
            prop_assume!(!line.is_ascii());
            let program = Program { name: line.clone(), elf: Vec::new(), priority: 1, device: false };
            for refused in [build(&line, &[], &[]), build("", &[program], &[])] {
                let error = refused.expect_err("other letters").to_string();
                prop_assert!(error.starts_with("the kernel reads ASCII only, not "), "{error}");
            }
        }

        #[test]
        fn is_found_at_the_start_of_memory(trailing in any::<Vec<u8>>()) {
            let mut memory = build("log=info", &[], &[]).unwrap();
            let len = memory.len();
            memory.extend(trailing);
            prop_assert_eq!(Package::parse(&memory).map(|p| p.size()), Some(len));
        }
    }
}
