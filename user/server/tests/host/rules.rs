//! What clients can rely on. The defects of the courses' servers are not ours.

use crate::world::{Page, SLOTS, WORN, World, code};
use mos_abi::files::{DIRECTORY, OPEN_MAX, filefd, mode, old, op};
use mos_abi::{Error, NENV};
use mos_fs::layout::BLOCK;
use mos_server::{Numbering, Pages};

const MADE: u32 = mode::CREATE | mode::READ_WRITE;
/// A client, a child of his, and a stranger.
const ME: u32 = 4;
const CHILD: u32 = 42;
const STRANGER: u32 = 5;

#[test]
fn what_was_removed_is_in_no_other_file_and_who_has_its_pages_has_none_of_others() {
    let mut world = World::new();
    world.put(ME, "/secret", &[7; 60_000]);
    let file = world.open(ME, "/secret", mode::READ_WRITE).unwrap();
    let mine = world.map(ME, file, 0, 14);
    assert_eq!(world.at(ME, op::REMOVE, "/secret"), Ok(0));
    world.close(file);
    world.ask(ME, [op::SYNC, 0, 0, 0], None);
    let other = world.open(STRANGER, "/other", MADE).unwrap();
    code(world.ask(STRANGER, [op::SET_SIZE, other, 60_000, 0], None)).unwrap();
    let theirs = world.map(STRANGER, other, 0, 14);
    assert!(
        theirs
            .frames
            .iter()
            .all(|frame| !mine.frames.contains(frame))
    );
    for frame in &mine.frames {
        world.frame(*frame).fill(0x66);
    }
    world.let_go_of_all();
    // As many blocks as make numbers of blocks necessary: garbage there would be found when the disk is checked.
    assert_eq!(world.read(STRANGER, "/other").unwrap(), vec![0; 60_000]);
    world.ask(ME, [op::SYNC, 0, 0, 0], None);
    assert_eq!(world.cut().read(ME, "/other").unwrap(), vec![0; 60_000]);
}

#[test]
fn what_is_cut_off_does_not_come_back_by_who_has_it_mapped() {
    let mut world = World::new();
    let file = world.open(ME, "/file", MADE).unwrap();
    world.write(ME, file, &[1; 9000]).unwrap();
    let mine = world.map(ME, file, 1, 1);
    let epoch = world.filefd(file)[filefd::EPOCH];
    code(world.ask(ME, [op::SET_SIZE, file, 10, 0], None)).unwrap();
    assert_ne!(world.filefd(file)[filefd::EPOCH], epoch);
    code(world.ask(ME, [op::SET_SIZE, file, 9000, 0], None)).unwrap();
    world.frame(mine.frames[0]).fill(9);
    assert_eq!(world.read(ME, "/file").unwrap()[10..], [0; 8990]);
}

#[test]
fn a_successor_does_not_answer_for_what_his_predecessor_has_left() {
    let mut world = World::new();
    let file = world.open(ME, "/file", MADE).unwrap();
    code(world.ask(ME, [op::RESERVE, file, 0, 60 * BLOCK as u32], None)).unwrap();
    let mut index = 0;
    while world.map(ME, file, index, 1).frames.len() == 1 {
        index += 1;
    }
    assert!((10..50).contains(&index));
    let successor = ME + NENV as u32;
    let his = world.open(successor, "/file", mode::READ_WRITE).unwrap();
    assert_eq!(world.map(successor, his, index, 1).frames.len(), 1);
    while world.open(ME, "/file", mode::READ).is_ok() {}
    world.open(successor, "/file", mode::READ).unwrap();
}

#[test]
fn what_is_given_is_there_as_a_whole_however_short_memory_is() {
    for short in SLOTS - 24..SLOTS {
        for how in [mode::READ, mode::READ_WRITE] {
            let mut world = World::new();
            world.put(ME, "/file", &[1; 24 * BLOCK]);
            world.ask(ME, [op::SYNC, 0, 0, 0], None);
            // Nothing of it is in memory any more.
            let mut world = world.cut();
            let file = world.open(ME, "/file", how).unwrap();
            world.server.fs().memory().short = short;
            let given = world.map(ME, file, 0, 24);
            let count = code(given.answer).unwrap_or(0);
            assert_eq!(given.frames.len(), count as usize);
            for frame in given.frames {
                assert_eq!(world.frame(frame), &[1; BLOCK]);
            }
        }
    }
}

#[test]
fn who_has_a_page_as_often_as_can_be_keeps_nobody_from_it() {
    let mut world = World::new();
    world.put(ME, "/file", &[1; 9000]);
    let mine = world.open(ME, "/file", mode::READ).unwrap();
    let old = world.map(ME, mine, 0, 3).frames;
    let theirs = world.open(STRANGER, "/file", mode::READ).unwrap();
    let epoch = world.filefd(theirs)[filefd::EPOCH];
    for _ in 1..WORN {
        assert_eq!(world.map(ME, mine, 1, 1).frames, [old[1]]);
    }
    assert_eq!(world.filefd(theirs)[filefd::EPOCH], epoch);
    let new = world.map(STRANGER, theirs, 0, 3).frames;
    assert_eq!([new[0], new[2]], [old[0], old[2]]);
    assert_ne!(new[1], old[1]);
    assert_eq!(world.frame(new[1]), &[1; BLOCK]);
    // Whoever has the old one is told so.
    assert_ne!(world.filefd(mine)[filefd::EPOCH], epoch);
}

#[test]
fn a_page_that_can_be_stored_to_is_nobodys_alone_either() {
    let mut world = World::new();
    world.put(ME, "/file", &[1; 4096]);
    let mine = world.open(ME, "/file", mode::READ_WRITE).unwrap();
    let old = world.map(ME, mine, 0, 1).frames;
    for _ in 1..WORN {
        world.map(ME, mine, 0, 1);
    }
    world.frame(old[0]).fill(2);
    assert!(world.read(STRANGER, "/file").unwrap() == [2; 4096]);
    world.frame(old[0]).fill(3);
    world.ask(ME, [op::SYNC, 0, 0, 0], None);
    assert!(world.cut().read(STRANGER, "/file").unwrap() == [2; 4096]);
}

#[test]
fn a_page_for_which_there_is_no_other_stays_what_it_is() {
    let mut world = World::new();
    world.put(ME, "/file", &[1; 4096]);
    let mine = world.open(ME, "/file", mode::READ_WRITE).unwrap();
    let theirs = world.open(STRANGER, "/file", mode::READ).unwrap();
    let old = world.map(ME, mine, 0, 1).frames;
    for _ in 1..WORN {
        world.map(ME, mine, 0, 1);
    }
    world.server.fs().memory().short = SLOTS;
    assert_eq!(world.map(STRANGER, theirs, 0, 1).frames, old);
    // It is still seen that its owner stores to it.
    for byte in [2, 3] {
        world.frame(old[0]).fill(byte);
        world.ask(ME, [op::SYNC, 0, 0, 0], None);
    }
    assert!(world.cut().read(STRANGER, "/file").unwrap() == [3; 4096]);
}

#[test]
fn what_was_written_is_not_written_again() {
    let mut world = World::new();
    world.put(ME, "/file", &[1; 9000]);
    world.ask(ME, [op::SYNC, 0, 0, 0], None);
    let before = world.disk().writes;
    assert_eq!(world.read(STRANGER, "/file").unwrap(), [1; 9000]);
    let file = world.open(ME, "/file", mode::READ).unwrap();
    code(world.ask(ME, [op::CLOSE, file, 0, 0], None)).unwrap();
    world.ask(ME, [op::SYNC, 0, 0, 0], None);
    assert_eq!(world.disk().writes, before);
}

#[test]
fn what_was_removed_stays_removed() {
    let mut world = World::new();
    let before = world.free();
    world.put(ME, "/file", &[1; 50_000]);
    world.at(ME, op::REMOVE, "/file").unwrap();
    world.ask(ME, [op::SYNC, 0, 0, 0], None);
    let mut next = world.cut();
    assert_eq!(next.read(ME, "/file"), Err(Error::NotFound));
    // The root has a block by now.
    assert_eq!(next.free(), before - 1);
}

#[test]
fn who_has_a_file_open_keeps_it_when_it_is_removed() {
    let mut world = World::new();
    world.put(ME, "/file", b"still here");
    let free = world.free();
    let file = world.open(ME, "/file", mode::READ).unwrap();
    world.at(STRANGER, op::REMOVE, "/file").unwrap();
    world.put(STRANGER, "/new", &[9; 30_000]);
    let given = world.map(ME, file, 0, 1);
    assert!(world.frame(given.frames[0]).starts_with(b"still here"));
    world.let_go_of_all();
    world.close(file);
    world.at(STRANGER, op::REMOVE, "/new").unwrap();
    assert_eq!(world.free(), free + 1);
}

#[test]
fn directories_with_something_in_them_stay() {
    let mut world = World::new();
    world.at(ME, op::MAKE_DIR, "/dir").unwrap();
    world.put(ME, "/dir/file", b"x");
    assert_eq!(world.at(ME, op::REMOVE, "/dir"), Err(Error::FileExists));
    world.at(ME, op::REMOVE, "/dir/file").unwrap();
    world.at(ME, op::REMOVE, "/dir").unwrap();
    // Who has its entry is no directory.
    world.put(ME, "/file", b"x");
    let file = world.open(ME, "/file", mode::READ).unwrap();
    assert_ne!(world.filefd(file)[filefd::TYPE], DIRECTORY);
}

#[test]
fn a_full_disk_is_told_and_leaves_files_as_they_were() {
    let mut world = World::new();
    world.put(ME, "/file", b"as it was");
    let large = world.open(STRANGER, "/large", MADE).unwrap();
    let granted = code(world.ask(STRANGER, [op::RESERVE, large, 0, 0x40_0000], None)).unwrap();
    assert!(
        granted < BLOCK as u32 * 256 && granted > BLOCK as u32 * 200,
        "{granted}"
    );
    assert_eq!(world.filefd(large)[filefd::SIZE], granted);
    let file = world.open(ME, "/file", mode::READ_WRITE).unwrap();
    let refused = world.ask(ME, [op::RESERVE, file, 4096, 1], None);
    assert_eq!(code(refused), Err(Error::NoDisk));
    assert_eq!(world.read(ME, "/file").unwrap(), b"as it was");
    assert_eq!(world.open(ME, "/dir/none", MADE), Err(Error::NotFound));
    // Who ends gives it back: nobody has said that it is closed.
    world.at(ME, op::REMOVE, "/large").unwrap();
    world.close(large);
    assert!(code(world.ask(ME, [op::RESERVE, file, 4096, 9000], None)).is_ok());
}

#[test]
fn what_is_opened_to_be_read_is_mapped_to_be_read() {
    let mut world = World::new();
    world.put(ME, "/file", &[3; 9000]);
    let file = world.open(ME, "/file", mode::READ).unwrap();
    assert!(!world.map(ME, file, 0, 3).writable);
    for what in [op::SET_SIZE, op::RESERVE] {
        assert_eq!(
            code(world.ask(ME, [what, file, 0, 5], None)),
            Err(Error::Inval)
        );
    }
    // However others have it.
    let other = world.open(STRANGER, "/file", mode::READ_WRITE).unwrap();
    assert!(world.map(STRANGER, other, 0, 3).writable);
    assert!(!world.map(ME, file, 0, 3).writable);
    let one = world.ask(ME, [old::MAP, 0, 0, 0], Some(&Page::of(&[file, 4096])));
    assert!(matches!(
        one.pages,
        Pages::Blocks {
            writable: false,
            count: 1,
            ..
        }
    ));
    assert_eq!(world.open(ME, "/", mode::WRITE), Err(Error::Inval));
    assert_eq!(world.open(ME, "/file", mode::TRUNCATE), Err(Error::Inval));
}

#[test]
fn stores_reach_the_disk_without_a_word() {
    let mut world = World::new();
    let file = world.open(ME, "/file", MADE).unwrap();
    code(world.ask(ME, [op::RESERVE, file, 0, 5000], None)).unwrap();
    let given = world.map(ME, file, 0, 2);
    for (frame, byte) in given.frames.iter().zip([b'a', b'b']) {
        world.frame(*frame).fill(byte);
    }
    world.ask(STRANGER, [op::SYNC, 0, 0, 0], None);
    world.frame(given.frames[1])[0] = b'c';
    // He is ended; his pages are gone.
    world.close(file);
    world.let_go_of_all();
    world.ask(STRANGER, [op::SYNC, 0, 0, 0], None);
    let bytes = world.cut().read(ME, "/file").unwrap();
    assert_eq!(bytes[..4096], [b'a'; 4096]);
    assert_eq!(bytes[4096], b'c');
    assert_eq!(bytes[4097..], [b'b'; 903]);
}

#[test]
fn files_belong_to_who_has_opened_them_and_to_his_children() {
    let mut world = World::new();
    world.put(ME, "/file", b"mine");
    let file = world.open(ME, "/file", mode::READ_WRITE).unwrap();
    assert_eq!(code(world.map(CHILD, file, 0, 1).answer), Ok(1));
    for who in [STRANGER, 57, 0, 3_000_000_000] {
        for what in [op::MAP, op::SET_SIZE, op::CLOSE, op::STAT, op::RESERVE] {
            let refused = world.ask(who, [what, file, 0, 1], None);
            assert_eq!(code(refused), Err(Error::Inval));
        }
    }
    world.let_go_of_all();
    world.close(file);
    // The same place, another generation.
    let mut ids = vec![file];
    for _ in 0..5 {
        let file = world.open(ME, "/file", mode::READ).unwrap();
        assert!(!ids.contains(&file));
        for old in &ids {
            assert_eq!(
                code(world.ask(ME, [op::STAT, *old, 0, 0], None)),
                Err(Error::Inval)
            );
        }
        ids.push(file);
        world.close(file);
    }
}

#[test]
fn no_number_is_too_large_to_be_refused() {
    let mut world = World::new();
    let file = world.open(ME, "/file", MADE).unwrap();
    for offset in [
        0,
        1,
        4096,
        0x3f_ffff,
        0x40_0000,
        0x7fff_ffff,
        u32::MAX - 1,
        u32::MAX,
    ] {
        for len in [0, 1, 0x40_0001, 0x7fff_ffff, 0x8000_0000, u32::MAX] {
            for what in [op::MAP, op::RESERVE, op::SET_SIZE] {
                if what != op::SET_SIZE || offset > 0x40_0000 {
                    world.ask(ME, [what, file, offset, len], None);
                }
            }
            world.ask(ME, [old::MAP, 0, 0, 0], Some(&Page::of(&[file, offset])));
            world.ask(ME, [old::DIRTY, 0, 0, 0], Some(&Page::of(&[file, offset])));
        }
    }
    let too_large = world.ask(ME, [op::SET_SIZE, file, 0x40_0001, 0], None);
    assert_eq!(code(too_large), Err(Error::NoDisk));
}

#[test]
fn a_client_has_no_more_than_is_left_to_others() {
    let mut world = World::new();
    world.put(ME, "/file", &[1; 9000]);
    let mut opened = 0;
    while world.open(STRANGER, "/file", mode::READ).is_ok() {
        opened += 1;
    }
    assert_eq!(opened, OPEN_MAX / 2);
    let mine = world.open(ME, "/file", mode::READ_WRITE).unwrap();
    // Three quarters of the cache can be lent, of which one has half.
    let large = world.open(6, "/large", MADE).unwrap();
    code(world.ask(6, [op::RESERVE, large, 0, 60 * 4096], None)).unwrap();
    let mut lent = 0;
    for index in 0..60 {
        lent += u32::from(code(world.map(6, large, index, 1).answer).is_ok());
    }
    assert_eq!(lent, 24);
    assert_eq!(world.map(ME, mine, 0, 3).frames.len(), 3);
    // And all others go on.
    assert_eq!(world.read(7, "/file").unwrap(), [1; 9000]);
}

#[test]
fn what_has_no_memory_leaves_nothing_behind() {
    let mut world = World::new();
    world.put(ME, "/file", b"x");
    world.server.clients.has_memory = false;
    assert_eq!(world.open(ME, "/file", mode::READ), Err(Error::NoMem));
    world.server.clients.has_memory = true;
    for _ in 0..2 * OPEN_MAX {
        let file = world.open(ME, "/file", mode::READ).unwrap();
        world.close(file);
    }
}

#[test]
fn the_years_have_their_numbers() {
    let mut world = World::numbered(Numbering::FromZero);
    let page = |path: &[u8]| Page::paths(path, b"", MADE);
    let open = |world: &mut World, path: &[u8]| world.take(ME, [0, 0, 0, 0], Some(&page(path)));
    assert_eq!(open(&mut world, b"/file").answer.words[0], 0);
    // Errors from 5 on are one higher.
    assert_eq!(
        open(&mut world, b"/none/file").answer.words[0].cast_signed(),
        -10
    );
    let sync = world.ask(ME, [6, 0, 0, 0], Some(&Page::of(&[])));
    assert_eq!(sync.words[0], 0);
    let refused = world.ask(ME, [2, 0, 0, 0], Some(&Page::of(&[77, 0])));
    assert_eq!(refused.words[0].cast_signed(), -3);
    // Ours are as ever.
    assert_eq!(world.at(ME, op::REMOVE, "/none"), Err(Error::NotFound));
}

#[test]
fn two_paths_are_two() {
    let mut world = World::new();
    world.put(ME, "/from", b"x");
    let page = Page::paths(b"/from", b"/to", 0);
    assert_eq!(
        code(world.ask(ME, [op::RENAME, 0, 0, 0], Some(&page))),
        Ok(0)
    );
    assert_eq!(world.read(ME, "/to").unwrap(), b"x");
    let page = Page::paths(b"/to", &[b'/'; 2048], 0);
    let refused = world.ask(ME, [op::RENAME, 0, 0, 0], Some(&page));
    assert_eq!(code(refused), Err(Error::BadPath));
}

#[test]
fn all_who_have_a_file_open_know_its_size() {
    let mut world = World::new();
    let one = world.open(ME, "/file", MADE).unwrap();
    let other = world.open(STRANGER, "/file", mode::READ).unwrap();
    for size in [5000, 10, 0, 70_000] {
        code(world.ask(ME, [op::SET_SIZE, one, size, 0], None)).unwrap();
        assert_eq!(world.filefd(one)[filefd::SIZE], size);
        assert_eq!(world.filefd(other)[filefd::SIZE], size);
    }
    let appended = world.ask(ME, [op::RESERVE, one, u32::MAX, 30], None);
    assert_eq!(appended.words, [30, 70_000, 70_030, 0]);
    assert_eq!(world.filefd(other)[filefd::SIZE], 70_030);
}

#[test]
fn only_who_had_the_page_of_an_open_file_gets_it_again_as_it_is() {
    let mut world = World::new();
    world.put(ME, "/file", &[1]);
    world.let_go_of_all();
    let before = world.server.clients.reused;
    for (who, reused) in [(ME, 1), (ME, 2), (STRANGER, 2), (ME, 2), (ME, 3)] {
        let file = world.open(who, "/file", mode::READ).unwrap();
        assert_eq!(world.filefd(file)[filefd::SIZE], 1);
        world.close(file);
        assert_eq!(world.server.clients.reused - before, reused, "{who}");
    }
}

#[test]
fn what_is_reserved_at_once_lies_side_by_side() {
    let mut world = World::new();
    world.put(ME, "/file", &[1; 16 * BLOCK]);
    let file = world.open(ME, "/file", mode::READ).unwrap();
    assert_eq!(world.map(ME, file, 0, 16).frames.len(), 16);
}
