//! Small ELF files for tests, written word by word.

use mos_abi::bench::Mark;

/// A segment: address, bytes in the file, size in memory.
pub type Segment<'a> = (u32, &'a [u8], u32);

/// An executable of nothing but these instructions.
pub fn code(address: u32, words: &[u32]) -> Vec<u8> {
    let bytes = bytes(words);
    executable(&[(address, &bytes, bytes.len() as u32)], &[])
}

/// The instruction that is a mark: `lui $zero, N`.
pub fn mark(mark: Mark) -> u32 {
    0x3c00_0000 | u32::from(mark.number())
}

/// An executable with `segments`, and with global functions (name, address) in a section `.text` that is
/// the first segment.
pub fn executable(segments: &[Segment], functions: &[(&str, u32)]) -> Vec<u8> {
    let headers = 52 + segments.len() * 32;
    let mut body = vec![0; headers];
    let mut table = Vec::new();
    for &(address, bytes, memory) in segments {
        // Some way behind the last one, and congruent to the address.
        let offset = body.len().next_multiple_of(4096) + address as usize % 4096;
        body.resize(offset, 0xaa);
        body.extend_from_slice(bytes);
        let len = bytes.len() as u32;
        table.extend([1, offset as u32, address, address, len, memory, 5, 4096]);
    }

    let mut strings = b"\0.text\0.symtab\0.strtab\0".to_vec();
    let mut symbols = vec![0; 4];
    for (name, address) in functions {
        symbols.extend([strings.len() as u32, *address, 0, 0x12 | 1 << 16]);
        strings.extend_from_slice(name.as_bytes());
        strings.push(0);
    }
    body.resize(body.len().next_multiple_of(4), 0);
    let symbols_at = body.len() as u32;
    body.extend(bytes(&symbols));
    let strings_at = body.len() as u32;
    body.extend_from_slice(&strings);
    body.resize(body.len().next_multiple_of(4), 0);

    let first = &table[..8];
    let (symbols_len, strings_len) = (symbols.len() as u32 * 4, strings.len() as u32);
    let sections_at = body.len() as u32;
    for section in [
        [0; 10],
        [1, 1, 6, first[2], first[1], first[4], 0, 0, 4, 0],
        [7, 2, 0, 0, symbols_at, symbols_len, 3, 1, 4, 16],
        [15, 3, 0, 0, strings_at, strings_len, 0, 0, 1, 0],
    ] {
        body.extend(bytes(&section));
    }

    let count = segments.len() as u32;
    let magic = u32::from_le_bytes(*b"\x7fELF");
    let kind = [0x0001_0101, 0, 0, 0x0008_0002, 1];
    let places = [
        first[2],
        52,
        sections_at,
        0x1000,
        52 | 32 << 16,
        count | 40 << 16,
        4 | 3 << 16,
    ];
    let header = [&[magic], &kind[..], &places].concat();
    body[..52].copy_from_slice(&bytes(&header));
    body[52..headers].copy_from_slice(&bytes(&table));
    body
}

fn bytes(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}
