//! Files that clients have closed, and keep to open them again without a word.

use crate::world::{Page, World, code};
use mos_abi::Error;
use mos_abi::files::{OPEN_MAX, filefd, mode, op};

/// A client, and a stranger.
const ME: u32 = 4;
const STRANGER: u32 = 5;

/// A world with a file that a client keeps, and its number.
fn kept() -> (World, u32) {
    let mut world = World::new();
    world.put(STRANGER, "/file", &[7; 9000]);
    world.put(STRANGER, "/other", b"x");
    let file = world.open(ME, "/file", mode::READ).unwrap();
    world.keep(file);
    (world, file)
}

fn is_named(world: &mut World, file: u32) -> bool {
    world.filefd(file)[filefd::NAMED] != 0
}

/// Whether the server knows the file.
fn is_open(world: &mut World, file: u32) -> bool {
    let stat = code(world.ask(ME, [op::STAT, file, 0, 0], None));
    assert!(matches!(stat, Ok(0) | Err(Error::Inval)));
    stat.is_ok()
}

fn rename(world: &mut World, from: &str, to: &str) -> Result<u32, Error> {
    let page = Page::paths(from.as_bytes(), to.as_bytes(), 0);
    code(world.ask(STRANGER, [op::RENAME, 0, 0, 0], Some(&page)))
}

#[test]
fn what_is_kept_is_there_as_long_as_its_name_is() {
    let (mut world, file) = kept();
    for _ in 0..30 {
        let other = world.open(STRANGER, "/other", mode::READ).unwrap();
        world.close(other);
    }
    world.put(STRANGER, "/new", &[1; 5000]);
    world.at(STRANGER, op::MAKE_DIR, "/dir").unwrap();
    assert!(is_named(&mut world, file) && is_open(&mut world, file));
    let size = world.open(STRANGER, "/file", mode::WRITE).unwrap();
    code(world.ask(STRANGER, [op::SET_SIZE, size, 10, 0], None)).unwrap();
    assert_eq!(world.filefd(file)[filefd::SIZE], 10);
}

#[test]
fn what_is_kept_goes_when_it_is_removed_and_its_blocks_are_free_at_once() {
    let (mut world, file) = kept();
    let before = world.server.fs().free_blocks().unwrap();
    world.at(STRANGER, op::REMOVE, "/file").unwrap();
    assert!(!is_named(&mut world, file) && !is_open(&mut world, file));
    world.server.fs().sync().unwrap();
    let after = world.server.fs().free_blocks().unwrap();
    assert_eq!(after - before, 3);
}

#[test]
fn what_is_kept_goes_when_any_name_changes() {
    for (from, to) in [("/file", "/moved"), ("/other", "/file")] {
        let (mut world, file) = kept();
        rename(&mut world, from, to).unwrap();
        assert!(!is_named(&mut world, file) && !is_open(&mut world, file));
    }
}

#[test]
fn what_was_open_when_a_name_changed_is_not_kept_later() {
    let (mut world, _) = kept();
    let file = world.open(ME, "/file", mode::READ).unwrap();
    rename(&mut world, "/file", "/moved").unwrap();
    assert!(!is_named(&mut world, file) && is_open(&mut world, file));
    let file = world.open(ME, "/moved", mode::READ).unwrap();
    assert!(is_named(&mut world, file));
}

#[test]
fn who_opens_it_again_while_the_server_looks_has_it_open() {
    let (mut world, file) = kept();
    world.server.clients.opens_again = true;
    world.at(STRANGER, op::REMOVE, "/other").unwrap();
    assert!(!is_named(&mut world, file) && is_open(&mut world, file));
}

#[test]
fn what_is_kept_goes_with_those_who_have_ended_and_says_so() {
    let (mut world, file) = kept();
    world.free();
    assert!(!is_named(&mut world, file) && !is_open(&mut world, file));
}

#[test]
fn what_is_kept_goes_where_none_is_left() {
    let mut world = World::new();
    world.put(ME, "/file", b"x");
    for _ in 0..3 * OPEN_MAX {
        let file = world.open(ME, "/file", mode::READ).unwrap();
        world.keep(file);
        // The page is his, and the server has another one by then.
        let (words, held) = &mut world.server.clients.filefds[file as usize % OPEN_MAX];
        assert!(*held && words[filefd::NAMED] != 0);
    }
}
