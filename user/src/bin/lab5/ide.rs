//! The driver of malta's disk, on disks in our own memory that are slow, missing or out of order.

use alloc::vec;
use alloc::vec::Vec;

use crate::ata::{Fate, SECTOR};
use crate::drive::{Drive, Pauses};
use mos_disk::ide::{Channel, Ide};
use mos_exam::{Lots, saw, step, sum};
use mos_fs::{Disk, DiskError};
use mos_user::check::Check;

/// The driver of `drive`.
fn driver<'a>(
    drive: &'a mut Drive,
    pauses: &'a mut Pauses,
) -> Result<Ide<&'a mut Drive, &'a mut Pauses>, DiskError> {
    let second = drive.second;
    Ide::new(drive, pauses, Channel::PRIMARY, second)
}

fn sum_of(sectors: &[[u8; SECTOR]]) -> u32 {
    sum(sectors.as_flattened())
}

/// So many drawn bytes.
pub fn drawn(lots: &mut Lots, count: usize) -> Vec<u8> {
    (0..count).map(|_| lots.any() as u8).collect()
}

/// `disk-told`.
pub fn told(mut check: Check) {
    step!(check, "a disk says how many sectors it has");
    for second in [false, true, check.lots.from(0, 1) == 1] {
        let sectors = check.lots.from(1, 40);
        let mut drive = Drive::new(sectors, &mut check.lots);
        drive.second = second;
        drive.slow = check.lots.from(0, 9);
        let mut pauses = Pauses::default();
        let found = driver(&mut drive, &mut pauses).map(|disk| disk.sectors());
        saw!(
            check,
            "whether it is the second one, and its sectors",
            (second, found)
        );
        saw!(check, "what it was told", &drive.told);
        saw!(check, "what is not done", drive.offences);
    }
    step!(check, "where there is none, that is an error");
    for nothing in [0, 0xff] {
        let mut drive = Drive::new(1, &mut check.lots);
        drive.nothing = Some(nothing);
        let mut pauses = Pauses::default();
        let found = driver(&mut drive, &mut pauses).map(|disk| disk.sectors());
        saw!(check, "status, and what is found", (nothing, found));
    }
    step!(check, "other bits of status mean nothing while it is busy");
    let mut drive = Drive::new(check.lots.from(1, 40), &mut check.lots);
    drive.slow = check.lots.from(1500, 3000);
    let mut pauses = Pauses::default();
    let found = driver(&mut drive, &mut pauses).map(|disk| disk.sectors());
    saw!(check, "sectors of a slow one", found);
    saw!(check, "what is not done", drive.offences);
    saw!(check, "whether there were pauses", pauses.ns > 0);
    step!(check, "it is not waited for without end");
    let mut drive = Drive::new(1, &mut check.lots);
    drive.slow = u32::MAX;
    let found = driver(&mut drive, &mut pauses).map(|disk| disk.sectors());
    saw!(check, "what is found", found);
}

/// `sectors-read`.
pub fn read(mut check: Check) {
    let lots = &mut check.lots;
    let mut drive = Drive::new(300, lots);
    let mut orders: Vec<(u32, u32)> = vec![(0, 1), (299, 1), (lots.from(1, 40), 256)];
    orders.push((lots.from(0, 3), lots.from(260, 290)));
    for _ in 0..4 {
        orders.push((lots.from(0, 250), lots.from(1, 40)));
    }
    lots.shuffle(&mut orders);
    step!(check, "sectors are read, by as many as are asked for");
    for most in [16, 0] {
        drive.most = most;
        for &(sector, count) in &orders {
            let mut bytes = vec![0; count as usize * SECTOR];
            let mut pauses = Pauses::default();
            let read =
                driver(&mut drive, &mut pauses).and_then(|mut disk| disk.read(sector, &mut bytes));
            saw!(
                check,
                "sectors that are read, and the result",
                (sector, count, read)
            );
            saw!(check, "the bytes", sum(&bytes));
        }
    }
    saw!(check, "what is not done", drive.offences);
    step!(check, "the commands are those for these sectors");
    saw!(check, "what it was told", &drive.told);
    step!(
        check,
        "what is not on the disk is an error, and it is told nothing"
    );
    drive.told.clear();
    for (sector, len) in [
        (300, SECTOR),
        (299, 2 * SECTOR),
        (u32::MAX, SECTOR),
        (0, 100),
    ] {
        let mut bytes = vec![0; len];
        let mut pauses = Pauses::default();
        let read =
            driver(&mut drive, &mut pauses).and_then(|mut disk| disk.read(sector, &mut bytes));
        saw!(
            check,
            "sector and bytes, and the result",
            (sector, len, read)
        );
    }
    saw!(check, "what it was told", &drive.told);
}

/// `sectors-written`.
pub fn written(mut check: Check) {
    let mut drive = Drive::new(300, &mut check.lots);
    step!(check, "sectors are written, and no others");
    for most in [16, 0] {
        drive.most = most;
        for _ in 0..4 {
            let (sector, count) = (check.lots.from(0, 250), check.lots.from(1, 40));
            let bytes = drawn(&mut check.lots, count as usize * SECTOR);
            let mut pauses = Pauses::default();
            let written =
                driver(&mut drive, &mut pauses).and_then(|mut disk| disk.write(sector, &bytes));
            saw!(
                check,
                "sectors that are written, and the result",
                (sector, count, written)
            );
            saw!(check, "what is on the disk", sum_of(&drive.sectors));
        }
        let bytes = drawn(&mut check.lots, 270 * SECTOR);
        let mut pauses = Pauses::default();
        let written = driver(&mut drive, &mut pauses).and_then(|mut disk| disk.write(30, &bytes));
        saw!(check, "270 sectors from 30 on", written);
        saw!(check, "what is on the disk", sum_of(&drive.sectors));
    }
    saw!(check, "what is not done", drive.offences);
    step!(check, "the commands are those for these sectors");
    saw!(check, "what it was told", &drive.told);
    step!(check, "flush brings it to where no power cut reaches it");
    saw!(check, "whether it is there before", drive.is_safe);
    let mut pauses = Pauses::default();
    let flushed = driver(&mut drive, &mut pauses).and_then(|mut disk| disk.flush());
    saw!(
        check,
        "the result, and whether it is there",
        (flushed, drive.is_safe)
    );
    step!(check, "beyond its end nothing is written");
    let before = sum_of(&drive.sectors);
    for (sector, len) in [
        (300, SECTOR),
        (299, 2 * SECTOR),
        (u32::MAX, SECTOR),
        (7, 100),
    ] {
        let mut pauses = Pauses::default();
        let written =
            driver(&mut drive, &mut pauses).and_then(|mut disk| disk.write(sector, &vec![7; len]));
        saw!(
            check,
            "sector and bytes, and the result",
            (sector, len, written)
        );
    }
    saw!(
        check,
        "whether all is as before",
        before == sum_of(&drive.sectors)
    );
}

/// Has a disk to which these things happen, once it is known, read, write and flush, and reports what comes of it.
fn under(check: &mut Check, fates: &[Fate]) {
    let known = [Fate::Done, Fate::Done];
    for what in 0..3 {
        let mut drive = Drive::new(40, &mut check.lots);
        drive.fates = fates.iter().rev().chain(&known).copied().collect();
        let (sector, count) = (check.lots.from(0, 9), check.lots.from(9, 30));
        let mut bytes = drawn(&mut check.lots, count as usize * SECTOR);
        let mut pauses = Pauses::default();
        let result = driver(&mut drive, &mut pauses).and_then(|mut disk| match what {
            0 => disk.read(sector, &mut bytes),
            1 => disk.write(sector, &bytes),
            _ => disk.flush(),
        });
        saw!(
            check,
            "reading (0), writing (1) or flushing (2), and what comes of it",
            (what, result)
        );
        if result.is_ok() {
            let sums = (sum(&bytes), sum_of(&drive.sectors));
            saw!(check, "the bytes, and what is on the disk", sums);
        }
        saw!(check, "what it was told", &drive.told);
        saw!(check, "how often it was set back", drive.resets);
        saw!(check, "what is not done", drive.offences);
    }
}

/// `disk-troubles`.
pub fn troubles(mut check: Check) {
    step!(
        check,
        "what fails is tried again, three times, by a disk that was set back"
    );
    for times in [1, 3, 4] {
        under(
            &mut check,
            &[Fate::Error, Fate::Fault, Fate::Error, Fate::Fault][..times],
        );
    }
    step!(check, "a disk that does nothing any more is set back too");
    let mut fates = [Fate::Hangs, Fate::Forgotten, Fate::Late];
    check.lots.shuffle(&mut fates);
    for fate in fates {
        under(&mut check, &[fate]);
    }
}
