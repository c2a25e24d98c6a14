//! What other systems have written: built here byte by byte, as their tools do it.

use crate::disk::RamDisk;
use crate::model::Tree;
use crate::rig;
use mos_fs::Error;
use mos_fs::layout::{BLOCK, Format};
use std::collections::BTreeMap;

const BLOCKS: u32 = 64;

/// A disk with two files in its root: the second is so large that it has an indirect block.
struct Image {
    bytes: Vec<u8>,
    is_big_endian: bool,
}

impl Image {
    fn put(&mut self, at: usize, words: &[u32]) {
        for (word, to) in words.iter().zip(self.bytes[at..].chunks_exact_mut(4)) {
            to.copy_from_slice(&if self.is_big_endian {
                word.to_be_bytes()
            } else {
                word.to_le_bytes()
            });
        }
    }

    fn entry(&mut self, at: usize, name: &[u8], words: &[u32]) {
        self.bytes[at..at + name.len()].copy_from_slice(name);
        self.put(at + 128, words);
        // The pointer that servers leave behind.
        self.put(at + 180, &[0x1234_5678]);
    }

    /// The word of the indirect block that block 10 has is `first`.
    fn new(magic: u32, is_big_endian: bool, first: usize) -> Self {
        let bytes = vec![0; BLOCKS as usize * BLOCK];
        let mut image = Self {
            bytes,
            is_big_endian,
        };
        image.put(BLOCK, &[magic, BLOCKS]);
        image.entry(BLOCK + 8, b"/", &[4096, 1, 3]);
        image.put(2 * BLOCK, &[0xfff8_0000, u32::MAX]);
        image.entry(3 * BLOCK, b"motd", &[7, 0, 4]);
        let mut big = vec![12 * 4096 - 5, 0];
        big.extend(5..15);
        big.push(15);
        image.entry(3 * BLOCK + 256, b"big", &big);
        image.put(15 * BLOCK + 4 * first, &[16, 17]);
        for block in [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 16, 17] {
            image.bytes[block * BLOCK..][..BLOCK].fill(b'a' + block as u8);
        }
        image
    }
}

#[test]
fn what_other_systems_wrote_is_read_and_left_alone() {
    for (format, magic, is_big_endian, first) in [
        (Format::Mos, 0x6828_6097, false, 10),
        (Format::MosBig, 0x6828_6097, true, 10),
        (Format::Jos, 0x4a05_30ae, false, 0),
    ] {
        let image = Image::new(magic, is_big_endian, first);
        let mut fs = rig::mount(RamDisk::of(image.bytes), 16);
        assert_eq!(fs.format(), format);
        let numbers = (5..15).chain(16..18);
        let mut big: Vec<u8> = numbers
            .flat_map(|block| vec![b'a' + block; BLOCK])
            .collect();
        big.truncate(12 * 4096 - 5);
        let files = [
            (b"motd".to_vec(), Tree::File(vec![b'e'; 7])),
            (b"big".to_vec(), Tree::File(big)),
        ];
        let root = Tree::Directory(BTreeMap::from(files));
        assert!(rig::tree(&mut fs, b"") == Ok(root), "{format:?}");
        if format != Format::Mos {
            assert_eq!(fs.create(b"new"), Err(Error::ReadOnly));
            assert_eq!(fs.remove(b"motd"), Err(Error::ReadOnly));
        }
        fs.unmount().unwrap();
        assert_eq!(fs.disk().writes, 0);
        let (summary, findings) = rig::check(&mut fs);
        assert_eq!((summary.files, summary.used), (2, 15));
        // Blocks up to 18 are taken, of which nobody has the last.
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert_eq!(rig::check(&mut fs).1, []);
    }
}
