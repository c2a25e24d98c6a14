//! How many sectors are moved: those that are needed.

use crate::rig::{self, Mounted};
use mos_fs::layout::{BLOCK, SECTORS};

/// Blocks of a file of 1 MiB.
const BLOCKS: u64 = 256;
/// Blocks in little memory.
const SMALL: usize = 32;

/// A disk with such a file, of which nothing is in memory, and room for so many blocks there.
fn cold(slots: usize) -> Mounted {
    let mut fs = rig::mount(rig::empty(512), 32);
    let file = fs.create(b"large").expect("there is room");
    let bytes = vec![7; BLOCKS as usize * BLOCK];
    assert_eq!(fs.write(file, 0, &bytes), Ok(bytes.len()));
    fs.close(file).expect("it is open");
    fs.unmount().expect("the disk works");
    rig::mount(std::mem::take(fs.disk()), slots)
}

/// How many blocks were read and written by `work`.
fn moved(fs: &mut Mounted, work: impl FnOnce(&mut Mounted)) -> (u64, u64) {
    let counts = |fs: &mut Mounted| [fs.disk().reads, fs.disk().writes];
    let [reads, writes] = counts(fs);
    work(fs);
    let [read, written] = counts(fs);
    let sectors = SECTORS as u64;
    ((read - reads) / sectors, (written - writes) / sectors)
}

/// Whether no more was read than the file and, once for each time that the memory was filled, the block of its numbers.
fn is_nearly_all((read, written): (u64, u64)) -> bool {
    (BLOCKS + 1..=BLOCKS + BLOCKS / SMALL as u64).contains(&read) && written == 0
}

#[test]
fn a_file_that_is_read_is_read_once_with_what_says_where_it_is() {
    for slots in [SMALL, 512] {
        for len in [BLOCK, 16 * BLOCK] {
            let mut fs = cold(slots);
            let mut opened = None;
            let open = moved(&mut fs, |fs| opened = fs.open(b"large").ok());
            assert_eq!(open, (2, 0), "the super block and the root's");
            let file = opened.expect("it is there");
            let all = |fs: &mut Mounted| {
                let mut bytes = vec![0; len];
                for offset in (0..BLOCKS as u32 * BLOCK as u32).step_by(len) {
                    assert_eq!(fs.read(file, offset, &mut bytes), Ok(len));
                    assert!(bytes.iter().all(|&byte| byte == 7));
                }
            };
            let read = moved(&mut fs, all);
            if slots > BLOCKS as usize {
                assert_eq!(read, (BLOCKS + 1, 0));
                assert_eq!(moved(&mut fs, all), (0, 0));
            } else {
                assert!(is_nearly_all(read), "{read:?}");
            }
        }
    }
}

#[test]
fn so_is_one_that_is_mapped() {
    let mut fs = cold(SMALL);
    let file = fs.open(b"large").expect("it is there");
    let read = moved(&mut fs, |fs| {
        let mut next = 0;
        while next < BLOCKS as u32 {
            next += fs.bring(file, next, 8).expect("the disk works").count;
        }
    });
    assert!(is_nearly_all(read), "{read:?}");
}

#[test]
fn what_is_written_is_written_once() {
    let mut fs = rig::mount(rig::empty(512), 512);
    let written = moved(&mut fs, |fs| {
        let file = fs.create(b"large").expect("there is room");
        let bytes = vec![7; BLOCKS as usize * BLOCK];
        assert_eq!(fs.write(file, 0, &bytes), Ok(bytes.len()));
        fs.close(file).expect("it is open");
        fs.sync().expect("the disk works");
    });
    // Besides: its numbers, the directory, the bitmap, and the super block, which says that the disk is in use.
    assert!((BLOCKS..=BLOCKS + 4).contains(&written.1), "{written:?}");
}
