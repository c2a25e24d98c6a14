//! The headers of an ELF file as they lie in it, little-endian (TIS ELF 1.2, "ELF Header" and "Program Header").

/// `e_ident`: 32-bit.
pub const ELFCLASS32: u8 = 1;
/// `e_type`: an executable.
pub const ET_EXEC: u16 = 2;
/// `e_machine`: MIPS.
pub const EM_MIPS: u16 = 8;
/// `p_type`: a segment to load.
pub const PT_LOAD: u32 = 1;
/// `p_flags`: may be written.
pub const PF_W: u32 = 2;

/// How `e_ident` begins, the class apart: the magic number, little-endian data, version 1.
const MAGIC: u32 = u32::from_le_bytes(*b"\x7fELF");
const ELFDATA2LSB: u8 = 1;
const EV_CURRENT: u8 = 1;

/// Bytes of the header at the start of a file.
const FILE_HEADER: usize = 52;
/// Bytes of a program header.
pub const PROGRAM_HEADER: usize = 32;

/// What is asked of an `Elf32_Ehdr`. The fields mean something only where the class is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileHeader {
    /// 32-bit or 64-bit.
    pub class: u8,
    /// What kind of file it is.
    pub e_type: u16,
    /// For which machine.
    pub e_machine: u16,
    /// Where it starts.
    pub e_entry: u32,
    /// Where the program headers are in the file,
    pub e_phoff: u32,
    /// how long each is,
    pub e_phentsize: u16,
    /// and how many there are.
    pub e_phnum: u16,
}

/// What is asked of an `Elf32_Phdr`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProgramHeader {
    /// What it describes.
    pub p_type: u32,
    /// Where its bytes are in the file.
    pub p_offset: u32,
    /// Its address.
    pub p_vaddr: u32,
    /// How many bytes the file has of it.
    pub p_filesz: u32,
    /// How many it has in memory.
    pub p_memsz: u32,
    /// What may be done with it.
    pub p_flags: u32,
    /// Modulo which its address and its offset agree; 0 or 1: none.
    pub p_align: u32,
}

/// The words of a header.
#[inline(always)]
fn words<const BYTES: usize, const WORDS: usize>(bytes: &[u8; BYTES]) -> [u32; WORDS] {
    let (words, _) = bytes.as_chunks();
    let mut fields = [0; WORDS];
    for (field, word) in fields.iter_mut().zip(words) {
        *field = u32::from_le_bytes(*word);
    }
    fields
}

impl FileHeader {
    /// The header at the start of a file. `None`: it is no ELF file, or none in this order of bytes.
    #[optimize(size)]
    pub fn read(image: &[u8]) -> Option<Self> {
        let [
            magic,
            ident,
            _,
            _,
            kind,
            _,
            e_entry,
            e_phoff,
            _,
            _,
            sizes,
            counts,
            _,
        ] = words(image.first_chunk::<FILE_HEADER>()?);
        let [class, ELFDATA2LSB, EV_CURRENT, _] = ident.to_le_bytes() else {
            return None;
        };
        (magic == MAGIC).then_some(Self {
            class,
            e_type: kind as u16,
            e_machine: (kind >> 16) as u16,
            e_entry,
            e_phoff,
            e_phentsize: (sizes >> 16) as u16,
            e_phnum: counts as u16,
        })
    }

    /// Its program headers. `None`: they are not all in the file, or are of another size.
    pub fn program_headers<'a>(&self, image: &'a [u8]) -> Option<&'a [[u8; PROGRAM_HEADER]]> {
        let (headers, _) = image.get(self.e_phoff as usize..)?.as_chunks();
        if usize::from(self.e_phentsize) != PROGRAM_HEADER {
            return None;
        }
        headers.get(..usize::from(self.e_phnum))
    }
}

impl ProgramHeader {
    /// The header in these bytes.
    pub fn read(bytes: &[u8; PROGRAM_HEADER]) -> Self {
        let [
            p_type,
            p_offset,
            p_vaddr,
            _,
            p_filesz,
            p_memsz,
            p_flags,
            p_align,
        ] = words(bytes);
        Self {
            p_type,
            p_offset,
            p_vaddr,
            p_filesz,
            p_memsz,
            p_flags,
            p_align,
        }
    }
}
