//! Executables, written word by word.

use mos_abi::layout::UTEXT;
use mos_abi::package::Program;
use spin::{Mutex, MutexGuard};

/// The bytes of the one executable there is at a time; too many for the kernel's stack.
static FILE: Mutex<[u8; SIZE]> = Mutex::new([0; SIZE]);
/// How many there are.
pub const FILE_SIZE: u32 = 16 << 10;
const SIZE: usize = FILE_SIZE as usize;
/// Where the bytes of segments begin.
const BODY: usize = 0x200;

/// A segment to load.
#[derive(Clone, Copy, Debug)]
pub struct Segment {
    /// Address of its first byte.
    pub start: u32,
    /// Bytes in the file.
    pub filesz: u32,
    /// Bytes in memory.
    pub memsz: u32,
    /// Whether it may be written.
    pub writable: bool,
}

impl Segment {
    /// Byte `at` of the segment, as the file gives it.
    pub fn byte(&self, at: u32) -> u8 {
        // Not the same in any two pages.
        let drawn = self.start.wrapping_add(at).wrapping_mul(0x9e37_79b1);
        (drawn >> 24) as u8 | 1
    }
}

/// The executable with these segments, whose bytes stand one behind the other in the file.
pub fn executable(entry: u32, segments: &[Segment]) -> MutexGuard<'static, [u8; SIZE]> {
    let mut file = FILE.lock();
    file.fill(0);
    file[..8].copy_from_slice(b"\x7fELF\x01\x01\x01\x00");
    let mut put = |at: usize, word: u32| file[at..at + 4].copy_from_slice(&word.to_le_bytes());
    put(16, 2 | 8 << 16); // ET_EXEC, EM_MIPS
    put(20, 1);
    put(24, entry);
    put(28, 52); // the program headers come next
    put(40, 52 | 32 << 16);
    put(44, segments.len() as u32);
    let mut offset = BODY;
    for (n, segment) in segments.iter().enumerate() {
        let Segment {
            start,
            filesz,
            memsz,
            writable,
        } = *segment;
        let flags = if writable { 6 } else { 5 };
        let words = [1, offset as u32, start, start, filesz, memsz, flags, 1];
        for (index, word) in words.into_iter().enumerate() {
            put(52 + 32 * n + 4 * index, word);
        }
        offset += filesz as usize;
    }
    let mut rest = &mut file[BODY..];
    for segment in segments {
        let (here, next) = rest.split_at_mut(segment.filesz as usize);
        for (at, byte) in (0..).zip(here) {
            *byte = segment.byte(at);
        }
        rest = next;
    }
    file
}

/// One page of text.
pub const TEXT: Segment = Segment {
    start: UTEXT,
    filesz: 64,
    memsz: 64,
    writable: false,
};

/// `elf` with this priority.
pub fn program(elf: &[u8], priority: u32) -> Program<'_> {
    Program {
        name: "check",
        elf,
        priority,
        device: false,
    }
}
