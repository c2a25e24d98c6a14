//! Which function an instruction is in.

use crate::trace::code::is_user;
use anyhow::{Context, Result};
use mos_run::elf::Elf;
use mos_run::symbols;

/// A function's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Function(u32);

/// The functions of a kernel and a program.
#[derive(Clone, Debug)]
pub struct Functions {
    names: Vec<String>,
    user: Side,
    kernel: Side,
}

/// The functions on one side of the border between user mode and kernel mode.
#[derive(Clone, Debug)]
struct Side {
    /// Its first address.
    start: u32,
    /// The function of each word from there on.
    words: Vec<Function>,
    /// What is none of them.
    unknown: Function,
}

impl Functions {
    /// Those in the ELF files `kernel` and `program`.
    ///
    /// # Errors
    /// One is no MIPS ELF file or its symbols are damaged.
    pub fn new(kernel: &[u8], program: &[u8]) -> Result<Self> {
        let mut names = Vec::new();
        let user = Side::new(program, &mut names).context("the program")?;
        let kernel = Side::new(kernel, &mut names).context("the kernel")?;
        Ok(Self {
            names,
            user,
            kernel,
        })
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.names.len()
    }

    /// The one that `pc` is in.
    pub fn at(&self, pc: u32) -> Function {
        let side = if is_user(pc) {
            &self.user
        } else {
            &self.kernel
        };
        let index = pc.checked_sub(side.start).map(|offset| offset as usize / 4);
        let word = index.and_then(|index| side.words.get(index));
        word.copied().unwrap_or(side.unknown)
    }

    /// All of them: whether it is in user mode, its name, and its index.
    pub fn iter(&self) -> impl Iterator<Item = (bool, &str, usize)> {
        let names = self.names.iter().enumerate();
        names.map(|(index, name)| (index <= self.user.unknown.index(), name.as_str(), index))
    }

    /// The name of `function`.
    pub fn name(&self, function: Function) -> &str {
        &self.names[function.index()]
    }
}

impl Function {
    /// From 0 to [`Functions::count`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl Side {
    fn new(file: &[u8], names: &mut Vec<String>) -> Result<Self> {
        let symbols = symbols::functions(&Elf::parse(file)?)?;
        let start = symbols.first().map_or(0, |symbol| symbol.address);
        let mut words = Vec::new();
        for (index, symbol) in symbols.iter().enumerate() {
            let function = Function(u32::try_from(names.len())?);
            names.push(symbol.name.clone());
            // The last one ends somewhere, which no other symbol tells: a page must do.
            let next = symbols.get(index + 1).map(|next| next.address);
            let end = next.unwrap_or(symbol.address + mos_abi::layout::PAGE_SIZE);
            words.resize((end - start) as usize / 4, function);
        }
        let unknown = Function(u32::try_from(names.len())?);
        names.push("?".to_owned());
        Ok(Self {
            start,
            words,
            unknown,
        })
    }
}
