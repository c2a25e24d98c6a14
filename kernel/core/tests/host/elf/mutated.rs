//! Many things wrong at once: random damage to a good file.

use mos_abi::Error::{NoMem, NotExec};
use proptest::prelude::*;

use super::*;
use crate::seeds;

/// One piece of damage.
#[derive(Clone, Debug)]
enum Damage {
    /// A word of the ELF header or of the program headers, all of which are fields.
    Word(usize, u32),
    /// A half-word of them.
    Half(usize, u16),
    /// Any byte.
    Byte(prop::sample::Index, u8),
    /// The end is missing.
    Truncate(prop::sample::Index),
    /// Program header `to` is a copy of `from`, moved by so many bytes in memory.
    Copy { from: usize, to: usize, by: u32 },
}

/// Bytes of headers in [`program::small`].
const HEADERS: usize = EHDR + 2 * PHDR;

/// Numbers that lie at some boundary.
fn number() -> impl Strategy<Value = u32> {
    let boundaries = [
        0,
        1,
        2,
        4,
        31,
        32,
        0x1000,
        0x2000,
        0x1_0000,
        0x40_0000,
        0x40_1000,
        0x7f3f_d000,
        0x7f3f_e000,
        0x7f40_0000,
        0x7fff_ffff,
        0x8000_0000,
        0xffff_f000,
        0xffff_ffff,
    ];
    prop_oneof![
        4 => prop::sample::select(boundaries.to_vec()),
        2 => 0..0x8000_u32,
        1 => any::<u32>(),
    ]
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        6 => (0..HEADERS / 4, number()).prop_map(|(at, value)| Damage::Word(at * 4, value)),
        2 => (0..HEADERS / 2, any::<u16>()).prop_map(|(at, value)| Damage::Half(at * 2, value)),
        2 => (any::<prop::sample::Index>(), any::<u8>()).prop_map(|(at, b)| Damage::Byte(at, b)),
        1 => any::<prop::sample::Index>().prop_map(Damage::Truncate),
        2 => (0..2_usize, 0..2_usize, 0..0x3000_u32)
            .prop_map(|(from, to, by)| Damage::Copy { from, to, by }),
    ]
}

fn apply(file: &mut Vec<u8>, damage: &Damage) {
    match *damage {
        Damage::Word(at, value) if at + 4 <= file.len() => set_word(file, at, value),
        Damage::Half(at, value) if at + 2 <= file.len() => {
            file[at..at + 2].copy_from_slice(&value.to_le_bytes());
        }
        Damage::Byte(at, value) if !file.is_empty() => {
            let at = at.index(file.len());
            file[at] = value;
        }
        Damage::Truncate(at) => file.truncate(at.index(file.len() + 1)),
        Damage::Copy { from, to, by } if HEADERS <= file.len() => {
            let header = file[phdr(from, 0)..phdr(from + 1, 0)].to_vec();
            file[phdr(to, 0)..phdr(to + 1, 0)].copy_from_slice(&header);
            let start = word(file, phdr(to, P_VADDR)).wrapping_add(by);
            set_word(file, phdr(to, P_VADDR), start);
        }
        _ => {}
    }
}

#[test]
fn any_file_is_loaded_as_it_says_or_refused_without_a_trace() {
    let rig = Rig::with_frames(128);
    let mut loaded = 0;
    let cases = 4_000;
    let damages = prop::collection::vec(damage(), 1..5);
    let mut test = |damages: &[Damage]| {
        let mut file = program::small();
        damages.iter().for_each(|damage| apply(&mut file, damage));
        match load(&rig, &file) {
            Ok(()) => loaded += 1,
            Err(error) => assert!(matches!(error, NotExec | NoMem), "{error:?}"),
        }
    };
    if let Some(seed) = seeds::variable("MOS_SEED") {
        return seeds::case("damage", seed, &damages, test);
    }
    (0..cases).for_each(|seed| seeds::case("damage", seed, &damages, &mut test));
    assert!(
        (cases / 10..cases / 2).contains(&loaded),
        "{loaded} were loaded: damage is off"
    );
}
