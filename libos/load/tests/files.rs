//! Any file at all, judged as the kernel judges what it loads at boot.

use mos_abi::PteFlags;
use mos_abi::layout::{DEMAND_FLOOR, PAGE_SIZE, USTACKTOP, page_down};
use mos_core::elf::Executable;
use mos_load::{Plan, Refused, Source};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// What the kernel leaves for the stack at least.
const LIMIT: u32 = USTACKTOP - PAGE_SIZE;
const PAGE: usize = PAGE_SIZE as usize;

struct File<'a>(&'a [u8]);

impl Source for File<'_> {
    type Error = &'static str;

    fn size(&mut self) -> Result<u32, Self::Error> {
        Ok(self.0.len() as u32)
    }

    fn read(&mut self, at: u32, bytes: &mut [u8]) -> Result<(), Self::Error> {
        let from = self.0.get(at as usize..).ok_or("begins behind the end")?;
        let from = from.get(..bytes.len()).ok_or("ends behind the end")?;
        bytes.copy_from_slice(from);
        Ok(())
    }
}

/// A file with these segments: address, bytes in the file, bytes in memory, flags.
fn file(segments: &[(u32, u32, u32, u32)]) -> Vec<u8> {
    let mut bytes = b"\x7fELF\x01\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\x08\0".to_vec();
    let words = |bytes: &mut Vec<u8>, words: &[u32]| {
        bytes.extend(words.iter().flat_map(|word| word.to_le_bytes()));
    };
    words(&mut bytes, &[1, 0x40_0000, 52, 0, 0]);
    // Two numbers of 16 bits in each of these.
    words(&mut bytes, &[32 << 16 | 52, segments.len() as u32, 0]);
    let mut offset = PAGE_SIZE;
    for &(va, filesz, memsz, flags) in segments {
        let at = offset + va % PAGE_SIZE;
        words(
            &mut bytes,
            &[1, at, va, va, filesz, memsz, flags, PAGE_SIZE],
        );
        offset = (at + filesz).next_multiple_of(PAGE_SIZE);
    }
    let filled = bytes.len()..offset as usize;
    bytes.extend(filled.map(|n| (n % 251) as u8));
    bytes
}

type Pages = BTreeMap<u32, (bool, Vec<u8>)>;

/// What is in memory by our plan.
fn ours(image: &[u8]) -> Result<Pages, Refused<&'static str>> {
    let plan = Plan::new(&mut File(image), LIMIT)?;
    let mut pages = Pages::new();
    // More than any machine has is not tried.
    for page in plan.pages().take(1000) {
        let mut bytes = [0; PAGE];
        plan.fill(page.va, &mut bytes, &mut File(image))?;
        if let Some(at) = plan.whole(page.va) {
            assert_eq!(bytes[..], image[at as usize..][..PAGE]);
        }
        let before = pages.insert(page.va, (page.writable, bytes.to_vec()));
        assert_eq!(before, None, "page {:#x} comes twice", page.va);
    }
    assert!(plan.count() as usize >= pages.len());
    Ok(pages)
}

/// What is in memory by the kernel's reading.
fn kernels(image: &[u8]) -> Option<Pages> {
    let program = Executable::parse(image).ok()?;
    let mut segments: Vec<_> = program.segments().collect();
    segments.sort_by_key(|segment| segment.start);
    let mut pages = Pages::new();
    'all: for segment in segments {
        // All bytes of the first page and what the file has, and one of each further page.
        let further = (segment.start..segment.end)
            .step_by(PAGE)
            .chain([segment.end - 1]);
        let all = segment.start..segment.start + segment.bytes.len() as u32;
        for va in all.chain(further) {
            let n = (va - segment.start) as usize;
            let page = page_down(va);
            if !pages.contains_key(&page) && pages.len() == 1000 {
                break 'all;
            }
            let (writable, bytes) = pages.entry(page).or_insert((false, vec![0; PAGE]));
            *writable |= segment.flags.contains(PteFlags::R);
            if let Some(&byte) = segment.bytes.get(n) {
                bytes[(va % PAGE_SIZE) as usize] = byte;
            }
        }
    }
    Some(pages)
}

fn program() -> Vec<u8> {
    file(&[
        (0x40_0000, 5000, 5000, 5),
        (0x40_1400, 100, 9000, 6),
        (0x41_0f00, 0, 0x200, 6),
    ])
}

fn agree(image: &[u8]) -> bool {
    let (ours, kernels) = (ours(image), kernels(image));
    if let Err(Refused::Source(error)) = ours {
        panic!("what is not in the file was read: {error}");
    }
    assert_eq!(ours.ok(), kernels);
    kernels.is_some()
}

#[test]
fn a_program_is_loaded_as_the_kernel_does_it() {
    assert!(agree(&program()));
    let pages = ours(&program()).unwrap();
    assert_eq!(pages.len(), 6);
    assert!(!pages[&0x40_0000].0 && pages[&0x40_1000].0);
    assert!(pages.keys().all(|&va| va >= DEMAND_FLOOR));
}

#[test]
fn every_shorter_file_is_judged_alike() {
    let whole = program();
    let good = (0..whole.len()).filter(|&len| agree(&whole[..len])).count();
    assert!(good < whole.len() / 2);
}

#[test]
fn more_segments_than_anybody_has_are_refused() {
    let segments: Vec<_> = (0..17)
        .map(|n| (0x40_0000 + n * 0x1_0000, 4, 4, 6))
        .collect();
    assert!(ours(&file(&segments[..16])).is_ok());
    assert_eq!(ours(&file(&segments)), Err(Refused::NotExec));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    /// The headers of a good file with some bytes changed, to anything or to what is nearly right.
    #[test]
    fn any_header_is_judged_as_the_kernel_does_it(
        changes in prop::collection::vec((0_usize..148, any::<u8>(), any::<bool>()), 1..6),
    ) {
        let mut image = program();
        for (at, by, flip) in changes {
            image[at] = if flip { image[at] ^ 1 << (by % 8) } else { by };
        }
        agree(&image);
    }

    #[test]
    fn any_segments_are_judged_as_the_kernel_does_it(
        segments in prop::collection::vec(
            (0x3f_0000_u32..0x42_0000, 0_u32..9000, 0_u32..9000, 0_u32..8), 0..5),
    ) {
        agree(&file(&segments));
    }

    #[test]
    fn any_bytes_at_all_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut image = program();
        let len = bytes.len();
        image[4..4 + len].copy_from_slice(&bytes);
        agree(&image);
    }
}
