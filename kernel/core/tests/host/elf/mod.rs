//! The ELF loader, which survives any file: a program is loaded exactly as its headers say, or refused
//! with nothing left of it.

mod broken;
mod mutated;

use mos_abi::layout::{PAGE_SIZE, USTACKTOP, page_down};
use mos_abi::{EnvId, Error};
use std::collections::BTreeSet;

use crate::program::{self, EHDR, PHDR};
use crate::rig::Rig;

/// Offset of e_entry, e_phoff, e_phentsize and e_phnum in a file.
const E_ENTRY: usize = 24;
const E_PHOFF: usize = 28;
const E_PHENTSIZE: usize = 42;
const E_PHNUM: usize = 44;

/// Offset of word `field` of program header `index`, where [`program::elf`] puts it.
const fn phdr(index: usize, field: usize) -> usize {
    EHDR + PHDR * index + 4 * field
}

/// Words of a program header.
const P_OFFSET: usize = 1;
const P_VADDR: usize = 2;
const P_FILESZ: usize = 4;
const P_MEMSZ: usize = 5;
const P_ALIGN: usize = 7;

fn word(file: &[u8], at: usize) -> u32 {
    let bytes = file[at..at + 4].try_into().expect("4 bytes");
    u32::from_le_bytes(bytes)
}

fn half(file: &[u8], at: usize) -> usize {
    u16::from_le_bytes([file[at], file[at + 1]]).into()
}

fn set_word(file: &mut [u8], at: usize, value: u32) {
    file[at..at + 4].copy_from_slice(&value.to_le_bytes());
}

/// Starts `file` on a copy of `rig`. A failure leaves nothing; a success has loaded what the headers say
/// and gives everything back at the end.
fn load(rig: &Rig, file: &[u8]) -> Result<(), Error> {
    let mut rig = rig.clone();
    let free = rig.kernel.mem.free_frames();
    let result = rig.kernel.env_create(&program::program(file));
    rig.settle();
    if let Ok(id) = result {
        assert_loaded(&mut rig, id, file);
        rig.call_any(mos_abi::Sysno::EnvDestroy as u32, &[0]);
    }
    assert_eq!(
        (rig.kernel.mem.free_frames(), rig.kernel.alive()),
        (free, 0),
        "{result:?} leaks"
    );
    result.map(drop)
}

/// The memory of `id` is what the program headers of `file` say, read here in the simplest way.
fn assert_loaded(rig: &mut Rig, id: EnvId, file: &[u8]) {
    assert_eq!(rig.tf(id.0).cp0_epc, word(file, E_ENTRY));
    let mut pages = BTreeSet::from([USTACKTOP - PAGE_SIZE]);
    for index in 0..half(file, E_PHNUM) {
        let at = word(file, E_PHOFF) as usize + PHDR * index;
        let [kind, offset, start, _, filesz, memsz, flags, _] =
            std::array::from_fn(|field| word(file, at + 4 * field));
        if kind != 1 || memsz == 0 {
            continue;
        }
        let body = file[offset as usize..][..filesz as usize].iter().copied();
        let body = body.chain(std::iter::repeat(0)).take(memsz as usize);
        for (va, byte) in (start..).zip(body) {
            assert_eq!(byte_at(rig, va), byte, "byte at {va:#x}");
        }
        for page in (page_down(start)..start + memsz).step_by(PAGE_SIZE as usize) {
            pages.insert(page);
            let writable = rig.pte(id.0, page) & 0x400 != 0;
            assert!(
                writable || flags & program::PF_W == 0,
                "{page:#x} is read-only"
            );
        }
    }
    let spaces = rig.spaces.as_ref().expect("audited");
    let mapped = spaces[0].pages.iter().map(|&(va, _)| va);
    assert!(mapped.eq(pages), "no page more and no page less");
}

/// A byte of the running environment's memory.
fn byte_at(rig: &mut Rig, va: u32) -> u8 {
    let word = rig
        .machine()
        .user_load(va & !3)
        .expect("loaded, not on demand");
    word.to_le_bytes()[va as usize % 4]
}
