//! ELF files to start environments from, made here word by word so that tests can make them wrong.

use mos_abi::layout::UTEXT;
use mos_abi::package::Program;

/// ELF header and program header, in bytes.
pub const EHDR: usize = 52;
/// See [`EHDR`].
pub const PHDR: usize = 32;
/// p_flags.
pub const PF_X: u32 = 1;
/// p_flags.
pub const PF_W: u32 = 2;
/// p_flags.
pub const PF_R: u32 = 4;

/// A PT_LOAD segment.
#[derive(Clone, Debug)]
pub struct Segment {
    /// Address of its first byte.
    pub start: u32,
    /// Length in memory.
    pub memsz: u32,
    /// The bytes the file gives.
    pub bytes: Vec<u8>,
    /// p_flags.
    pub flags: u32,
}

/// Where [`small`] has its data: one page, writable.
pub const DATA: u32 = UTEXT + 0x1000;

/// The segments of a program of one page of text and one of data.
pub fn small_segments() -> Vec<Segment> {
    vec![
        Segment {
            start: UTEXT,
            memsz: 64,
            bytes: (0..64).collect(),
            flags: PF_R | PF_X,
        },
        Segment {
            start: DATA,
            memsz: 0x800,
            bytes: vec![0xda; 32],
            flags: PF_R | PF_W,
        },
    ]
}

/// A program of one page of text and one of data.
pub fn small() -> Vec<u8> {
    elf(UTEXT, &small_segments())
}

/// `elf` as a boot program without special rights.
pub fn program(elf: &[u8]) -> Program<'_> {
    Program {
        name: "test",
        elf,
        priority: 1,
        device: false,
    }
}

/// An executable. The bytes of a segment stand in the file at an offset congruent to its address, as
/// p_align 4096 demands.
pub fn elf(entry: u32, segments: &[Segment]) -> Vec<u8> {
    let mut headers = Vec::new();
    let mut body = Vec::new();
    let base = (EHDR + PHDR * segments.len()).next_multiple_of(4096);
    for segment in segments {
        let lead = (segment.start as usize).wrapping_sub(base + body.len()) % 4096;
        body.resize(body.len() + lead, 0);
        let offset = (base + body.len()) as u32;
        body.extend(&segment.bytes);
        headers.extend([
            1, // PT_LOAD
            offset,
            segment.start,
            segment.start,
            segment.bytes.len() as u32,
            segment.memsz,
            segment.flags,
            4096,
        ]);
    }
    let mut file = header(entry, segments.len() as u16);
    file.extend(headers.iter().flat_map(|word: &u32| word.to_le_bytes()));
    file.resize(base, 0);
    file.extend(body);
    file
}

/// The ELF header of a little-endian MIPS executable with `count` program headers behind it.
fn header(entry: u32, count: u16) -> Vec<u8> {
    let mut file = b"\x7fELF\x01\x01\x01".to_vec();
    file.resize(16, 0);
    let mut half = |value: u16| file.extend(value.to_le_bytes());
    half(2); // ET_EXEC
    half(8); // EM_MIPS
    // e_version, e_entry, e_phoff, e_shoff, e_flags
    for word in [1, entry, EHDR as u32, 0, 0] {
        half(word as u16);
        half((word >> 16) as u16);
    }
    // e_ehsize, e_phentsize, e_phnum, e_shentsize, e_shnum, e_shstrndx
    for value in [EHDR as u16, PHDR as u16, count, 0, 0, 0] {
        half(value);
    }
    file
}
