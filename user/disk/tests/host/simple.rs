//! GXemul's disks.

use crate::Line;
use crate::gxdisk::GxDisk;
use mos_disk::ATTEMPTS;
use mos_disk::simple::Simple;
use mos_fs::layout::{BLOCK, SECTOR};
use mos_fs::{Disk, DiskError};
use std::cell::RefCell;

#[test]
fn what_was_written_is_read_again_from_the_same_disk() {
    let mut board = GxDisk::new(&[64, 64]);
    for number in [0, 1] {
        let mut disk = Simple::new(&mut board, number).expect("a disk");
        let bytes: Vec<u8> = (0..BLOCK).map(|at| (at / 7) as u8 ^ number as u8).collect();
        disk.write(9, &bytes).expect("written");
        let mut read = [0; BLOCK];
        disk.read(9, &mut read).expect("read");
        assert_eq!(read[..], bytes);
        disk.read(8, &mut read[..SECTOR]).expect("read");
        assert_eq!(read[..SECTOR], [0; SECTOR]);
        assert_eq!(disk.flush(), Ok(()));
    }
    assert_ne!(board.disks[0], board.disks[1]);
}

#[test]
fn where_no_disk_is_there_is_none() {
    assert!(Simple::new(&mut GxDisk::new(&[8]), 1).is_err());
}

#[test]
fn a_disk_does_not_grow_beyond_what_it_is_said_to_have() {
    let mut board = GxDisk::new(&[16]);
    let mut disk = Simple::new(&mut board, 0).expect("a disk");
    assert_eq!(disk.sectors(), 2 * 1024 * 1024, "1 GiB");
    disk.limit(16);
    disk.limit(u32::MAX);
    assert_eq!(disk.sectors(), 16);
    for (sector, len) in [(16, SECTOR), (15, 2 * SECTOR), (u32::MAX, SECTOR), (0, 5)] {
        assert_eq!(disk.write(sector, &vec![1; len]), Err(DiskError));
        assert_eq!(disk.read(sector, &mut vec![1; len]), Err(DiskError));
    }
    assert_eq!(board.disks[0], [0; 16 * SECTOR]);
    assert_eq!(board.started, 1);
}

#[test]
fn what_fails_is_tried_four_times() {
    for failures in 0..=ATTEMPTS {
        let board = RefCell::new(GxDisk::new(&[64]));
        let mut disk = Simple::new(Line(&board), 0).expect("a disk");
        let expected = if failures < ATTEMPTS {
            Ok(())
        } else {
            Err(DiskError)
        };
        board.borrow_mut().failures = failures;
        assert_eq!(disk.write(3, &[7; BLOCK]), expected);
        board.borrow_mut().failures = failures;
        let mut read = [0; BLOCK];
        assert_eq!(disk.read(3, &mut read), expected);
        board.borrow_mut().failures = 0;
        assert_eq!(disk.write(3, &[9; BLOCK]), Ok(()));
        assert_eq!(board.borrow().disks[0][3 * SECTOR..][..BLOCK], [9; BLOCK]);
    }
}
