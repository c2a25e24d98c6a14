//! A random program.

use crate::asm::{self, Code};
use crate::block::Block;
use crate::chance::Chance;
use crate::elf::{Segment, executable, spoil};
use crate::encodings;
use crate::family::{self, CODE_PAGES, DATA_PAGES, Places};
use crate::spawn::spawn;
use crate::values::{CODE, DATA};
use mos_abi::layout::PAGE_SIZE;
use mos_run::machine::Machine;

/// What kind of program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Makes children for ever, each of which executes random blocks until it ends or is ended.
    Parent,
    /// Executes random blocks itself.
    Wild,
    /// Like a parent, but something in the headers of its file is not as it should be.
    Spoiled,
}

/// The ELF file of a random program.
pub fn program(kind: Kind, machine: Machine, chance: &mut Chance) -> Vec<u8> {
    let mut code = Code::at(CODE);
    let places = Places::new(&mut code, chance);
    if kind != Kind::Wild {
        family::parent(&mut code, chance, &places);
    }
    let born = code.here_label();
    let exit = family::child(&mut code, &places, chance);
    family::handlers(&mut code, &places);
    for way in 0..places.spawns.len() {
        spawn(&mut code, &places, chance, way, born);
    }
    for &label in &places.blocks {
        code.place(label);
        let block = Block {
            code: &mut code,
            chance,
            machine,
            places: &places,
        };
        block.write();
    }
    let mut words = code.finish();
    if machine == Machine::Gxemul {
        encodings::separate_branches(&mut words);
    }
    let bytes = asm::bytes(&words);
    assert!(
        bytes.len() <= (CODE_PAGES * PAGE_SIZE) as usize,
        "{} bytes of code",
        bytes.len()
    );
    // Who jumps to the start of the data finds two instructions there too: GXemul may not know the data.
    let exit = (exit - CODE) as usize;
    let data = Segment {
        start: DATA,
        bytes: bytes[exit..exit + 8].to_vec(),
        size: DATA_PAGES * PAGE_SIZE,
        writable: true,
    };
    let text = Segment {
        start: CODE,
        bytes,
        size: CODE_PAGES * PAGE_SIZE,
        writable: chance.one_in(4),
    };
    let mut file = executable(CODE, &[text, data]);
    if kind == Kind::Spoiled {
        spoil(&mut file, chance);
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_seed_has_a_program_that_fits() {
        for seed in 0..300 {
            for machine in Machine::ALL {
                for kind in [Kind::Parent, Kind::Wild, Kind::Spoiled] {
                    let file = program(kind, machine, &mut Chance::new(seed));
                    assert!(file.len() > 4096);
                }
            }
        }
    }
}
