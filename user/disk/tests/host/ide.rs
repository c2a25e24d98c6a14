//! ATA disks.

use crate::drive::{Drive, Fate};
use crate::{Clock, Line};
use mos_disk::ATTEMPTS;
use mos_disk::ide::{Channel, Ide};
use mos_fs::layout::{BLOCK, SECTOR};
use mos_fs::{Disk, DiskError};
use proptest::prelude::*;
use std::cell::RefCell;

/// A driver of `drive`, which works.
fn driver<'d>(drive: &'d RefCell<Drive>, clock: &'d Clock) -> Ide<Line<'d, Drive>, &'d Clock> {
    let (channel, second) = (drive.borrow().channel, drive.borrow().second);
    Ide::new(Line(drive), clock, channel, second).expect("a disk")
}

#[test]
fn a_disk_tells_its_size_and_is_found_wherever_it_is() {
    for channel in [Channel::PRIMARY, Channel::SECONDARY] {
        for second in [false, true] {
            let drive = Drive {
                channel,
                second,
                ..Drive::new(77)
            };
            let (drive, clock) = (RefCell::new(drive), Clock::default());
            let mut disk = driver(&drive, &clock);
            assert_eq!(disk.sectors(), 77);
            let mut bytes = [0; SECTOR];
            disk.read(76, &mut bytes).expect("there");
            assert_eq!(bytes, [76; SECTOR]);
            assert_eq!(clock.0.get(), 0, "nobody pauses");
        }
    }
}

#[test]
fn where_no_disk_is_there_is_none() {
    for nothing in [0, 0xff, 0x80, 0x50] {
        let nothing = Some(nothing);
        let drive = Drive {
            nothing,
            ..Drive::new(1)
        };
        let (drive, clock) = (RefCell::new(drive), Clock::default());
        assert!(Ide::new(Line(&drive), &clock, Channel::PRIMARY, false).is_err());
        assert_eq!(
            drive.borrow().resets,
            if nothing == Some(0) || nothing == Some(0xff) {
                0
            } else {
                ATTEMPTS
            }
        );
    }
}

#[test]
fn a_block_takes_one_command_and_one_transfer() {
    let drive = Drive {
        slow: 0,
        ..Drive::new(64)
    };
    let (drive, clock) = (RefCell::new(drive), Clock::default());
    let mut disk = driver(&drive, &clock);
    let mut block = [0; BLOCK];
    // Is it idle, the command, is there data, the data, is it done.
    let before = drive.borrow().calls;
    disk.read(8, &mut block).expect("read");
    assert_eq!(drive.borrow().calls, before + 5);
    disk.write(8, &block).expect("written");
    assert_eq!(drive.borrow().calls, before + 10);
    assert_eq!(drive.borrow().commands[2..], [0xc4, 0xc5]);
}

#[test]
fn what_does_not_fit_is_refused_before_the_disk_is_told() {
    let (drive, clock) = (RefCell::new(Drive::new(16)), Clock::default());
    let mut disk = driver(&drive, &clock);
    for (sector, len) in [
        (16, SECTOR),
        (15, 2 * SECTOR),
        (u32::MAX, SECTOR),
        (0, 100),
        (3, SECTOR + 1),
        (17, 0),
    ] {
        let mut bytes = vec![0; len];
        assert_eq!(
            disk.read(sector, &mut bytes),
            Err(DiskError),
            "{sector} {len}"
        );
        assert_eq!(disk.write(sector, &bytes), Err(DiskError), "{sector} {len}");
    }
    assert_eq!(disk.read(16, &mut []), Ok(()));
    assert_eq!(
        drive.borrow().commands,
        [0xec, 0xc6],
        "only what finds the disk"
    );
}

#[test]
fn a_disk_that_moves_one_sector_at_a_time_will_do() {
    let drive = Drive {
        multiple: 0,
        ..Drive::new(32)
    };
    let (drive, clock) = (RefCell::new(drive), Clock::default());
    let mut disk = driver(&drive, &clock);
    let mut bytes = [0; BLOCK];
    disk.read(5, &mut bytes).expect("read");
    assert_eq!(bytes[..SECTOR], [5; SECTOR]);
    assert_eq!(bytes[BLOCK - SECTOR..], [12; SECTOR]);
    disk.write(20, &bytes).expect("written");
    let drive = drive.borrow();
    assert_eq!(drive.sectors[20], [5; SECTOR]);
    assert_eq!(drive.sectors[27], [12; SECTOR]);
}

#[test]
fn what_fails_is_tried_four_times_and_the_disk_works_afterwards() {
    use Fate::{Error, Fault, Forgotten, Hangs};
    for fate in [Error, Fault, Hangs, Forgotten] {
        for failures in 0..=ATTEMPTS {
            let (drive, clock) = (RefCell::new(Drive::new(64)), Clock::default());
            let mut disk = driver(&drive, &clock);
            let mut bytes = [0; BLOCK];
            drive.borrow_mut().fates = vec![fate; failures as usize];
            let expected = if failures < ATTEMPTS {
                Ok(())
            } else {
                Err(DiskError)
            };
            assert_eq!(
                disk.read(7, &mut bytes),
                expected,
                "{fate:?} {failures} times"
            );
            drive.borrow_mut().fates = vec![fate; failures as usize];
            assert_eq!(
                disk.write(40, &[0xa5; BLOCK]),
                expected,
                "{fate:?} {failures} times"
            );
            drive.borrow_mut().fates.clear();
            assert_eq!(disk.read(7, &mut bytes), Ok(()), "it works again");
            assert_eq!(bytes[..SECTOR], [7; SECTOR]);
            assert_eq!(disk.write(40, &[0x5a; BLOCK]), Ok(()));
            assert_eq!(disk.flush(), Ok(()));
            assert_eq!(drive.borrow().sectors[47], [0x5a; SECTOR]);
            assert!(drive.borrow().flushed);
            let most = u64::from(2 * failures) * 11_000_000_000;
            assert!(clock.0.get() <= most, "{fate:?}: {} ns", clock.0.get());
        }
    }
}

proptest! {
    #[test]
    fn what_was_written_is_read_again(
        writes in prop::collection::vec((0_usize..1000, 1_usize..600, any::<u8>()), 1..6),
        slow in 0_u32..2000, multiple in prop::sample::select(vec![0, 7, 8, 16]),
        faults in prop::collection::vec(prop::sample::select(vec![Fate::Done, Fate::Done, Fate::Error, Fate::Fault]), 0..40),
    ) {
        let drive = Drive { slow, multiple, ..Drive::new(1000) };
        let mut model = drive.sectors.clone();
        let (drive, clock) = (RefCell::new(drive), Clock::default());
        let mut disk = driver(&drive, &clock);
        drive.borrow_mut().fates = faults;
        for (start, count, value) in writes {
            let count = count.min(1000 - start);
            let bytes: Vec<u8> = (0..count * SECTOR).map(|at| value.wrapping_add((at / 3) as u8)).collect();
            if disk.write(start as u32, &bytes).is_ok() {
                model[start..start + count].as_flattened_mut().copy_from_slice(&bytes);
            } else {
                // Any of the sectors may have been written.
                drive.borrow_mut().fates.clear();
                prop_assert_eq!(disk.write(start as u32, model[start..start + count].as_flattened()), Ok(()));
            }
        }
        drive.borrow_mut().fates.clear();
        let mut all = vec![0; 1000 * SECTOR];
        prop_assert_eq!(disk.read(0, &mut all), Ok(()));
        prop_assert!(all == model.as_flattened());
    }
}
