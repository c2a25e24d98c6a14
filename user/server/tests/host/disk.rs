//! The disk fails: the client is told, the server goes on, and what was not written still can be.

use crate::world::{World, code};
use mos_abi::Error;
use mos_abi::files::{mode, op};

#[test]
fn who_cannot_be_served_is_told_and_served_later() {
    let mut world = World::new();
    world.put(1, "/file", &[5; 50_000]);
    world.ask(1, [op::SYNC, 0, 0, 0], None);
    let mut world = world.cut();
    world.disk().reads_fail = true;
    assert_eq!(world.read(1, "/file"), Err(Error::Unspecified));
    world.disk().reads_fail = false;
    assert_eq!(world.read(1, "/file").unwrap(), [5; 50_000]);
}

#[test]
fn what_could_not_be_written_is_written_later() {
    let mut world = World::new();
    world.put(1, "/file", b"before");
    let file = world.open(1, "/file", mode::READ_WRITE).unwrap();
    world.disk().writes_fail = true;
    assert_eq!(world.write(1, file, b"behind"), Err(Error::Unspecified));
    let synced = world.ask(2, [op::SYNC, 0, 0, 0], None);
    assert_eq!(code(synced), Err(Error::Unspecified));
    // Nobody else is hindered who only reads.
    assert_eq!(world.read(2, "/file").unwrap(), b"behind");
    assert_eq!(world.cut().read(1, "/file").unwrap(), b"before");
    world.disk().writes_fail = false;
    code(world.ask(2, [op::SYNC, 0, 0, 0], None)).unwrap();
    assert_eq!(world.cut().read(1, "/file").unwrap(), b"behind");
}
