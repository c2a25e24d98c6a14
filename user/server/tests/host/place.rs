//! Where in a file its users go on, when several of them have it open by the same descriptor.

use crate::world::{World, code};
use mos_abi::Error;
use mos_abi::files::{FILE_MAX, filefd, mode, op};

/// A client, his child, and a stranger.
const ME: u32 = 4;
const CHILD: u32 = 40;
const STRANGER: u32 = 5;

fn words(world: &mut World, who: u32, words: [u32; 4]) -> Result<[u32; 3], Error> {
    let answer = world.ask(who, words, None);
    let [first, second, third, _] = answer.words;
    code(answer).map(|_| [first, second, third])
}

#[test]
fn each_is_given_bytes_of_his_own() {
    let mut world = World::new();
    world.put(STRANGER, "/file", &[7; 9000]);
    let file = world.open(ME, "/file", mode::READ_WRITE).unwrap();
    let mut advance = |who, len| words(&mut world, who, [op::ADVANCE, file, len, 0]);
    assert_eq!(advance(ME, 4000), Ok([4000, 0, 9000]));
    assert_eq!(advance(CHILD, 4000), Ok([4000, 4000, 9000]));
    assert_eq!(advance(STRANGER, 1), Err(Error::Inval));
    assert_eq!(advance(ME, u32::MAX), Ok([1000, 8000, 9000]));
    assert_eq!(advance(CHILD, 1), Ok([0, 9000, 9000]));
    let mut reserve = |who, len| words(&mut world, who, [op::RESERVE, file, op::HERE, len]);
    assert_eq!(reserve(CHILD, 500), Ok([500, 9000, 9500]));
    assert_eq!(reserve(ME, 500), Ok([500, 9500, 10_000]));
    assert_eq!(reserve(STRANGER, 1), Err(Error::Inval));
    assert_eq!(world.filefd(file)[filefd::OFFSET], 10_000);
}

#[test]
fn whatever_they_have_written_there_harms_nobody() {
    let mut world = World::new();
    world.put(STRANGER, "/file", &[7; 9000]);
    let file = world.open(ME, "/file", mode::READ_WRITE).unwrap();
    for offset in [9001, FILE_MAX, u32::MAX - 1, u32::MAX] {
        let mut at = |ask: [u32; 4]| {
            world.say(file, filefd::OFFSET, offset);
            let answer = words(&mut world, ME, ask);
            (answer, world.filefd(file)[filefd::OFFSET])
        };
        let read = at([op::ADVANCE, file, u32::MAX, 0]);
        assert_eq!(read, (Ok([0, offset, 9000]), offset));
        let (written, then) = at([op::RESERVE, file, op::HERE, FILE_MAX]);
        assert_eq!((written.is_err(), then), (true, offset));
    }
    let size = words(&mut world, ME, [op::STAT, file, 0, 0]).unwrap();
    assert_eq!(size[1], 9000);
}

#[test]
fn where_there_is_room_for_less_they_go_on_behind_that() {
    let mut world = World::new();
    let file = world
        .open(ME, "/file", mode::READ_WRITE | mode::CREATE)
        .unwrap();
    let [granted, at, size] =
        words(&mut world, ME, [op::RESERVE, file, op::HERE, FILE_MAX]).unwrap();
    assert!(granted < FILE_MAX && at == 0 && size == granted);
    assert_eq!(world.filefd(file)[filefd::OFFSET], granted);
}
