//! Clients say anything, and an honest one does not notice.

use crate::world::{Page, World};
use mos_abi::files::{mode, op};
use proptest::collection::vec;
use proptest::prelude::*;

/// Words that come near to something.
fn word() -> impl Strategy<Value = u32> {
    prop_oneof![
        0..16_u32,
        op::OPEN..op::ADVANCE + 3,
        1024..1040_u32,
        2048..2056_u32,
        Just(4096),
        Just(0x40_0000),
        Just(op::END),
        Just(op::HERE),
        any::<u32>(),
    ]
}

fn path() -> impl Strategy<Value = Vec<u8>> {
    let name = prop_oneof!["a", "b", "\\.\\.", "", "c{130}", "d{1100}"];
    vec(name, 1..4).prop_map(|names| names.join("/").into_bytes())
}

#[derive(Clone, Debug)]
enum Step {
    Words([u32; 4], Vec<u32>),
    Paths(u32, Vec<u8>, Vec<u8>, u32),
    Close(u32),
    LetGo,
    Store(usize, u8),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => ([word(), word(), word(), word()], vec(word(), 0..4)).prop_map(|(words, page)| Step::Words(words, page)),
        4 => (word(), path(), path(), word()).prop_map(|(what, path, other, mode)| Step::Paths(what, path, other, mode)),
        1 => word().prop_map(Step::Close),
        1 => Just(Step::LetGo),
        2 => (any::<usize>(), any::<u8>()).prop_map(|(frame, byte)| Step::Store(frame, byte)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn nobody_else_notices(steps in vec(step(), 1..60)) {
        let mut world = World::new();
        world.put(1, "/kept", &[8; 6000]);
        for (number, step) in steps.into_iter().enumerate() {
            // Some of them are a family.
            let who = [5, 6, 51][number % 3];
            match step {
                Step::Words(words, page) => drop(world.take(who, words, Some(&Page::of(&page)))),
                Step::Paths(what, path, other, mode) => {
                    let page = Page::paths(&path, &other, mode);
                    drop(world.take(who, [what, mode, 0, 0], Some(&page)));
                }
                Step::Close(file) => world.close(file),
                Step::LetGo => world.let_go_of_all(),
                Step::Store(frame, byte) => {
                    // Where he may: what he has, and is lent.
                    let held = world.server.fs().memory().held.clone();
                    if let Some(&frame) = held.get(frame % held.len().max(1))
                        && world.server.fs().memory().is_lent_frame(frame)
                    {
                        world.frame(frame).fill(byte);
                    }
                }
            }
        }
        world.let_go_of_all();
        prop_assert_eq!(world.read(1, "/kept").unwrap(), [8; 6000]);
        let file = world.open(1, "/new", mode::CREATE | mode::READ_WRITE);
        if let Ok(file) = file {
            prop_assert!(world.write(1, file, b"as ever").is_ok());
            prop_assert_eq!(world.read(1, "/new").unwrap(), b"as ever");
        }
        world.ask(1, [op::SYNC, 0, 0, 0], None);
        prop_assert_eq!(world.cut().read(1, "/kept").unwrap(), [8; 6000]);
    }
}
