//! The rules, one by one: what earlier systems got wrong among them.

use crate::disk::RamDisk;
use crate::rig::{self, Mounted};
use mos_fs::check::Problem;
use mos_fs::layout::{BLOCK, first_free};
use mos_fs::{Error, Handle};

fn fresh(blocks: u32) -> Mounted {
    rig::mount(rig::empty(blocks), 32)
}

/// Makes a file with these bytes and leaves it open.
fn file(fs: &mut Mounted, path: &[u8], bytes: &[u8]) -> Handle {
    let file = fs.create(path).expect("there is room");
    assert_eq!(fs.write(file, 0, bytes), Ok(bytes.len()));
    file
}

fn read(fs: &mut Mounted, file: Handle, offset: u32, len: usize) -> Vec<u8> {
    let mut bytes = vec![0xee; len];
    let read = fs.read(file, offset, &mut bytes).expect("the disk works");
    bytes.truncate(read);
    bytes
}

fn remount(mut fs: Mounted) -> Mounted {
    fs.unmount().expect("the disk works");
    rig::mount(std::mem::take(fs.disk()), 32)
}

#[test]
fn what_a_block_held_is_not_in_the_next_file() {
    let mut fs = fresh(40);
    let old = file(&mut fs, b"old", &[0xff; 30 * BLOCK]);
    fs.close(old).unwrap();
    fs.remove(b"old").unwrap();
    fs.sync().unwrap();
    // So large that it has an indirect block, with holes on both sides of it.
    let new = file(&mut fs, b"new", b"x");
    fs.write(new, 25 * BLOCK as u32 + 9, b"y").unwrap();
    let bytes = read(&mut fs, new, 0, 30 * BLOCK);
    assert_eq!(bytes.len(), 25 * BLOCK + 10);
    assert!(bytes[1..25 * BLOCK + 9].iter().all(|&byte| byte == 0));
}

#[test]
fn what_is_cut_off_does_not_come_back() {
    let mut fs = fresh(40);
    let it = file(&mut fs, b"it", &[0xff; 20 * BLOCK]);
    for size in [15 * BLOCK as u32 - 7, 3] {
        fs.set_size(it, size).unwrap();
        fs.set_size(it, 20 * BLOCK as u32).unwrap();
        let bytes = read(&mut fs, it, 0, 20 * BLOCK);
        let (there, gone) = bytes.split_at(size as usize);
        assert!(there.iter().all(|&byte| byte == 0xff));
        assert!(gone.iter().all(|&byte| byte == 0));
    }
}

#[test]
fn what_is_on_the_disk_is_not_written_again() {
    let mut fs = fresh(40);
    let it = file(&mut fs, b"it", &[7; 12 * BLOCK]);
    fs.sync().unwrap();
    let written = fs.disk().writes;
    fs.sync().unwrap();
    read(&mut fs, it, 0, 12 * BLOCK);
    fs.sync().unwrap();
    assert_eq!(fs.disk().writes, written);
    // One byte is one sector.
    fs.write(it, 5 * BLOCK as u32, b"8").unwrap();
    fs.sync().unwrap();
    assert_eq!(fs.disk().writes, written + 1);
}

#[test]
fn who_only_reads_writes_nothing() {
    let mut fs = fresh(40);
    let it = file(&mut fs, b"it", &[7; 12 * BLOCK]);
    fs.close(it).unwrap();
    let mut fs = remount(fs);
    let written = fs.disk().writes;
    rig::tree(&mut fs, b"").unwrap();
    fs.unmount().unwrap();
    assert_eq!(fs.disk().writes, written);
}

#[test]
fn what_was_removed_stays_removed_and_its_blocks_are_free() {
    let mut fs = fresh(40);
    let free = fs.free_blocks().unwrap();
    let it = file(&mut fs, b"it", &[7; 12 * BLOCK]);
    fs.close(it).unwrap();
    let mut fs = remount(fs);
    fs.remove(b"it").unwrap();
    let mut fs = remount(fs);
    assert_eq!(fs.stat(b"it"), Err(Error::NotFound));
    // The root has a block now.
    assert_eq!(fs.free_blocks(), Ok(free - 1));
    assert_eq!(rig::check(&mut fs).1, []);
}

#[test]
fn who_has_a_file_open_keeps_it_when_it_is_removed() {
    let mut fs = fresh(40);
    let it = file(&mut fs, b"it", b"still here");
    let free = fs.free_blocks().unwrap();
    fs.remove(b"it").unwrap();
    let other = file(&mut fs, b"it", &[1; 3 * BLOCK]);
    fs.sync().unwrap();
    assert_eq!(read(&mut fs, it, 0, 99), b"still here");
    fs.write(it, 50_000, b"grown").unwrap();
    assert_eq!(read(&mut fs, other, 0, 4), [1; 4]);
    fs.close(it).unwrap();
    assert_eq!(fs.free_blocks(), Ok(free + 1 - 3));
}

#[test]
fn a_directory_in_which_something_is_stays() {
    let mut fs = fresh(40);
    fs.make_dir(b"dir").unwrap();
    let it = file(&mut fs, b"dir/it", b"");
    assert_eq!(fs.remove(b"dir"), Err(Error::NotEmpty));
    fs.close(it).unwrap();
    fs.remove(b"dir/it").unwrap();
    fs.remove(b"dir").unwrap();
}

#[test]
fn a_new_file_has_nothing_of_who_had_its_entry() {
    let mut fs = fresh(40);
    fs.make_dir(b"it").unwrap();
    fs.remove(b"it").unwrap();
    let it = file(&mut fs, b"it", b"file");
    assert!(!fs.stat_open(it).unwrap().is_directory);
}

#[test]
fn a_full_disk_takes_what_fits_and_gives_it_back() {
    let mut fs = fresh(12);
    let it = fs.create(b"it").unwrap();
    let left = fs.free_blocks().unwrap() as usize;
    assert_eq!(fs.write(it, 0, &[1; 20 * BLOCK]), Ok(left * BLOCK));
    assert_eq!(
        fs.write(it, (left * BLOCK) as u32, b"x"),
        Err(Error::NoSpace)
    );
    fs.set_size(it, 0).unwrap();
    assert_eq!(fs.write(it, 0, &[2; 20 * BLOCK]), Ok(left * BLOCK));
}

#[test]
fn no_offset_is_too_large_to_be_refused() {
    let mut fs = fresh(40);
    let it = file(&mut fs, b"it", b"x");
    for offset in [u32::MAX, u32::MAX - 1, 4 << 20] {
        assert_eq!(fs.write(it, offset, b"xy"), Err(Error::TooBig));
        assert_eq!(read(&mut fs, it, offset, 9), b"");
    }
    assert_eq!(fs.set_size(it, (4 << 20) + 1), Err(Error::TooBig));
    assert_eq!(fs.write(it, (4 << 20) - 2, b"xy"), Ok(2));
}

#[test]
fn handles_that_are_closed_are_nobodys() {
    let mut fs = fresh(40);
    let it = file(&mut fs, b"it", b"x");
    fs.close(it).unwrap();
    assert_eq!(fs.close(it), Err(Error::Invalid));
    assert_eq!(fs.read(it, 0, &mut [0]), Err(Error::Invalid));
    assert_eq!(fs.write(it, 0, b"x"), Err(Error::Invalid));
}

#[test]
fn a_disk_that_was_not_closed_says_so() {
    let mut fs = fresh(40);
    assert!(!fs.was_in_use());
    file(&mut fs, b"it", &[1; BLOCK]);
    fs.sync().unwrap();
    let mut fs = rig::mount(std::mem::take(fs.disk()), 32);
    assert!(fs.was_in_use());
    let problems = rig::check(&mut fs).1;
    assert!(problems.iter().all(|found| found.problem == Problem::InUse));
    let fs = rig::mount(std::mem::take(fs.disk()), 32);
    assert!(!fs.was_in_use());
}

#[test]
fn bitmaps_are_as_large_as_they_must_be() {
    for (blocks, first) in [(32_767, 3), (32_768, 3), (32_769, 4)] {
        assert_eq!(first_free(blocks), first);
        let mut fs = fresh(blocks);
        assert_eq!(fs.free_blocks(), Ok(blocks - first));
        assert_eq!(rig::check(&mut fs).1, []);
    }
}

#[test]
fn a_disk_that_is_shorter_than_it_says_is_made_to_say_so() {
    let mut bytes = rig::empty(64).bytes;
    bytes.truncate(40 * BLOCK);
    let mut fs = rig::mount(RamDisk::of(bytes), 32);
    assert_eq!(fs.blocks(), 40);
    let (_, findings) = rig::check(&mut fs);
    assert_eq!(findings[0].problem, Problem::Short(40));
    assert_eq!(rig::check(&mut fs).1, []);
}

/// The bytes of the root's first entry on a disk where it has one file.
fn first_entry(disk: &mut RamDisk) -> &mut [u8] {
    &mut disk.bytes[first_free(40) as usize * BLOCK..][..256]
}

#[test]
fn no_file_has_what_the_disk_is_known_by() {
    for block in [0, 1, 2, 40, u32::MAX] {
        let mut fs = fresh(40);
        let it = file(&mut fs, b"it", &[7; BLOCK]);
        fs.close(it).unwrap();
        fs.unmount().unwrap();
        let mut disk = std::mem::take(fs.disk());
        // Its second block, and room for it.
        first_entry(&mut disk)[128..132].copy_from_slice(&8192_u32.to_le_bytes());
        first_entry(&mut disk)[140..144].copy_from_slice(&block.to_le_bytes());
        let mut fs = rig::mount(disk, 32);
        let it = fs.open(b"it").unwrap();
        let there = if block == 0 {
            Ok(1)
        } else {
            Err(Error::Corrupt)
        };
        assert_eq!(fs.write(it, 4096, b"x"), there);
        assert_eq!(fs.read(it, 4096, &mut [0]), there);
        assert!(fs.read(it, 0, &mut [0; 8192]).is_ok());
    }
}

#[test]
fn entries_of_which_others_have_taken_only_the_name_are_new_again() {
    let mut fs = fresh(40);
    fs.make_dir(b"it").unwrap();
    fs.unmount().unwrap();
    let mut disk = std::mem::take(fs.disk());
    let entry = first_entry(&mut disk);
    entry[0] = 0;
    entry[128..130].copy_from_slice(&[0, 16]);
    entry[136] = 9;
    let mut fs = rig::mount(disk, 32);
    let it = fs.create(b"x").unwrap();
    assert_eq!(fs.stat_open(it).unwrap().size, 0);
    assert_eq!(fs.write(it, 5000, b"x"), Ok(1));
    assert_eq!(read(&mut fs, it, 0, 9), [0; 9]);
}
