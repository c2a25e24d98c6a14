//! Programs as ELF files.

use crate::chance::Chance;

/// A segment: address, bytes, how many more bytes are zero, and whether it may be written.
#[derive(Clone, Debug)]
pub struct Segment {
    /// Address of the first byte.
    pub start: u32,
    /// What is there.
    pub bytes: Vec<u8>,
    /// Bytes in memory; those that are not in the file are zero.
    pub size: u32,
    /// Whether a program may write there.
    pub writable: bool,
}

const HEADER: u32 = 52;
const PROGRAM_HEADER: u32 = 32;
const PAGE: u32 = mos_abi::layout::PAGE_SIZE;

/// The executable of these segments, which starts at `entry`.
pub fn executable(entry: u32, segments: &[Segment]) -> Vec<u8> {
    let mut file = vec![0x7f, b'E', b'L', b'F', 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let halves = |file: &mut Vec<u8>, halves: &[u32]| {
        let bytes = halves.iter().flat_map(|half| (*half as u16).to_le_bytes());
        file.extend(bytes);
    };
    let words = |file: &mut Vec<u8>, words: &[u32]| {
        file.extend(words.iter().flat_map(|word| word.to_le_bytes()));
    };
    // ET_EXEC, EM_MIPS; no sections.
    halves(&mut file, &[2, 8]);
    words(&mut file, &[1, entry, HEADER, 0, 0x1001]);
    let count = segments.len() as u32;
    halves(&mut file, &[HEADER, PROGRAM_HEADER, count, 0, 0, 0]);
    let mut offset = PAGE;
    for segment in segments {
        let flags = if segment.writable { 7 } else { 5 };
        let len = segment.bytes.len() as u32;
        let start = segment.start;
        words(
            &mut file,
            &[1, offset, start, start, len, segment.size, flags, PAGE],
        );
        offset += len.next_multiple_of(PAGE);
    }
    for segment in segments {
        file.resize(file.len().next_multiple_of(PAGE as usize), 0);
        file.extend(&segment.bytes);
    }
    file
}

/// Spoils the headers of `file`: a few bytes of them become others.
pub fn spoil(file: &mut [u8], chance: &mut Chance) {
    let headers = 16..HEADER + 3 * PROGRAM_HEADER;
    for _ in 0..chance.from(1, 4) {
        let at = chance.from(headers.start, headers.end - 1) as usize;
        if let Some(byte) = file.get_mut(at) {
            let any = chance.word() as u8;
            *byte = chance.pick(&[0, 1, 0x40, 0x7f, 0x80, 0xff, any]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_stand_where_their_headers_say() {
        let segment = |start, byte| Segment {
            start,
            bytes: vec![byte; 5000],
            size: 9000,
            writable: false,
        };
        let file = executable(0x40_0004, &[segment(0x40_0000, 7), segment(0x60_0000, 9)]);
        assert_eq!(file[24..28], 0x40_0004_u32.to_le_bytes());
        assert_eq!(file[4096..9096], [7; 5000]);
        let second = HEADER as usize + PROGRAM_HEADER as usize;
        assert_eq!(file[second + 4..second + 8], 12288_u32.to_le_bytes());
        assert_eq!(file[12288..], [9; 5000]);
    }
}
