//! Fields of an ELF file that has one program header.

use mos_exam::Label;

/// A field of the headers.
#[derive(Clone, Copy)]
pub struct Field {
    at: usize,
    len: usize,
    /// What a file is called in which it is another.
    pub what: Label,
}

impl Field {
    /// Puts `value` there in `file`.
    pub fn set(self, file: &mut [u8], value: u32) {
        let field = file.iter_mut().skip(self.at).take(self.len);
        for (place, byte) in field.zip(value.to_le_bytes()) {
            *place = byte;
        }
    }
}

/// The field of `len` bytes from byte `at` on.
const fn field(at: usize, len: usize, what: Label) -> Field {
    Field { at, len, what }
}

/// How an ELF file begins.
pub const ELF: u32 = u32::from_le_bytes(*b"\x7fELF");

/// Where the program header is.
const PROGRAM: usize = 52;

pub const MAGIC: Field = field(0, 4, Label::of("a file that begins with this word"));
pub const CLASS: Field = field(4, 1, Label::of("a file of this class"));
pub const DATA: Field = field(5, 1, Label::of("a file in this order of bytes"));
pub const TYPE: Field = field(16, 2, Label::of("a file of this e_type"));
pub const MACHINE: Field = field(18, 2, Label::of("a file for this e_machine"));
pub const ENTRY: Field = field(24, 4, Label::of("a file with this e_entry"));
pub const COUNT: Field = field(44, 2, Label::of("a file with this e_phnum"));
pub const OFFSET: Field = field(PROGRAM + 4, 4, Label::of("a segment with this p_offset"));
pub const VADDR: Field = field(PROGRAM + 8, 4, Label::of("a segment with this p_vaddr"));
pub const FILESZ: Field = field(PROGRAM + 16, 4, Label::of("a segment with this p_filesz"));
pub const MEMSZ: Field = field(PROGRAM + 20, 4, Label::of("a segment with this p_memsz"));
pub const ALIGN: Field = field(PROGRAM + 28, 4, Label::of("a segment with this p_align"));
