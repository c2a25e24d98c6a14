//! Things to do, drawn by lot.

use proptest::prelude::*;
use proptest::sample::select;

pub type Path = Vec<u8>;

/// Something to do. A file is one of those that are open, counted round.
#[derive(Clone, Debug)]
pub enum Op {
    Open(Path),
    Create(Path),
    MakeDir(Path),
    Remove(Path),
    Rename(Path, Path),
    Write(usize, u32, u32, u8),
    Append(usize, u32, u8),
    Read(usize, u32, u32),
    SetSize(usize, u32),
    Stat(Path),
    Close(usize),
    Sync,
    Reopen,
}

fn name() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        40 => select(vec![&b"a"[..], b"b", b"c", b"dd"]).prop_map(<[u8]>::to_vec),
        4 => (0..40_u8).prop_map(|number| format!("name{number}").into_bytes()),
        1 => select(vec![126_usize, 127, 128]).prop_map(|len| vec![b'n'; len]),
        1 => select(vec![&b""[..], b".", b"..", b"a\0b", b"aa", b"d"]).prop_map(<[u8]>::to_vec),
    ]
}

fn path() -> impl Strategy<Value = Path> {
    let path = prop_oneof![
        5 => prop::collection::vec(name(), 1),
        4 => prop::collection::vec(name(), 2),
        1 => prop::collection::vec(name(), 3..5),
    ];
    prop_oneof![
        60 => path.prop_map(|names| [b"/", &names.join(&b'/')[..]].concat()),
        6 => name(),
        1 => Just(b"/".to_vec()),
        1 => select(vec![1020_usize, 1023, 1024]).prop_map(|len| b"/a".repeat(len)[..len].to_vec()),
    ]
}

/// Places in a file: near all borders.
fn offset() -> impl Strategy<Value = u32> {
    prop_oneof![
        6 => 0..9000_u32,
        3 => 36_000..50_000_u32,
        2 => 0..90_000_u32,
        2 => (0..24_u32, 0..3_u32).prop_map(|(block, more)| (block * 4096 + more).saturating_sub(1)),
        1 => (4 << 20) - 9000..(4 << 20) + 2_u32,
        1 => select(vec![u32::MAX, u32::MAX - 4095, 1 << 31]),
    ]
}

fn len() -> impl Strategy<Value = u32> {
    prop_oneof![
        4 => 0..600_u32,
        2 => 0..10_000_u32,
        2 => select(vec![512, 4096, 8192]),
        1 => 0..60_000_u32,
    ]
}

/// Anything.
pub fn op() -> impl Strategy<Value = Op> {
    let file = || 0..8_usize;
    prop_oneof![
        6 => path().prop_map(Op::Open),
        12 => path().prop_map(Op::Create),
        4 => path().prop_map(Op::MakeDir),
        5 => path().prop_map(Op::Remove),
        6 => (path(), path()).prop_map(|(from, to)| Op::Rename(from, to)),
        12 => (file(), offset(), len(), any::<u8>()).prop_map(|(f, o, l, b)| Op::Write(f, o, l, b)),
        6 => (file(), len(), any::<u8>()).prop_map(|(f, l, b)| Op::Append(f, l, b)),
        6 => (file(), offset(), len()).prop_map(|(f, o, l)| Op::Read(f, o, l)),
        5 => (file(), offset()).prop_map(|(f, s)| Op::SetSize(f, s)),
        2 => path().prop_map(Op::Stat),
        9 => file().prop_map(Op::Close),
        2 => Just(Op::Sync),
        1 => Just(Op::Reopen),
    ]
}
