//! Two disks: what is written to one is there again, and is not on the other; what is beyond the end can be neither read nor
//! written. It destroys what is on 32 sectors.

#![no_std]
#![forbid(unsafe_code)]

use libos::println;
use mos_fs::layout::SECTOR;
use mos_fs::{Disk, DiskError};
use mos_user::disk;

/// Where, and how many sectors at a time.
const AT: u32 = 4096;
const COUNT: usize = 32;

/// What is written to disk `number`.
fn pattern(number: u32) -> [u8; COUNT * SECTOR] {
    core::array::from_fn(|at| (at / 5) as u8 ^ (at / SECTOR) as u8 ^ (0x5a >> number))
}

fn write(number: u32) -> Result<(), DiskError> {
    let mut disk = disk::open(number)?;
    disk.write(AT, &pattern(number))?;
    disk.flush()
}

/// Whether disk `number` has its pattern, as a whole and one sector after the other.
fn is_right(number: u32) -> Result<bool, DiskError> {
    let mut disk = disk::open(number)?;
    let expected = pattern(number);
    let mut bytes = [0; COUNT * SECTOR];
    disk.read(AT, &mut bytes)?;
    let mut right = bytes == expected;
    for (sector, expected) in (AT..).zip(expected.as_chunks::<SECTOR>().0) {
        let mut bytes = [0; SECTOR];
        disk.read(sector, &mut bytes)?;
        right &= bytes == *expected;
    }
    let end = disk.sectors();
    let mut beyond = [0; SECTOR];
    right &= disk.read(end, &mut beyond).is_err() && disk.write(end, &beyond).is_err();
    Ok(right)
}

fn main() {
    let test = || -> Result<bool, DiskError> {
        write(0)?;
        write(1)?;
        Ok(is_right(0)? && is_right(1)?)
    };
    match test() {
        Ok(true) => println!("TEST IDE read/write test passed!"),
        Ok(false) => println!("idetest: WRONG: other bytes than were written"),
        Err(DiskError) => println!("idetest: a disk is missing, or failed"),
    }
}
