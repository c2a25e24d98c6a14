//! Lab 3: the registers' way into a trapframe and back, and the TLB refill, in kernel mode.

use mos_abi::trapframe::reg::NAMES;
use mos_abi::{PteFlags, Trapframe};
use mos_checks::{Check, Wrong, need, saw, step};
use mos_core::Kernel;
use spin::Mutex;

use super::tlb;
use crate::arch::{self, CpuPage};
use crate::hardware::Hardware;

mod asm {
    unsafe extern "C" {
        pub fn check_save(area: *mut u32, key: u32);
        pub fn check_restore(area: *mut u32);
        pub fn check_load(va: u32, key: u32) -> u64;
    }
}

/// A trapframe, and room behind it: `checks.S`.
static AREA: Mutex<[u32; 256]> = Mutex::new([0; 256]);
const DUMP: usize = 64;
/// Words of a trapframe.
const HI: usize = core::mem::offset_of!(Trapframe, hi) / 4;
const LO: usize = core::mem::offset_of!(Trapframe, lo) / 4;
const EPC: usize = core::mem::offset_of!(Trapframe, cp0_epc) / 4;
/// Those that are looked at: all registers but $zero and k1, hi, lo.
const WORDS: [usize; 32] = {
    let mut words = [0; 32];
    let mut n = 0;
    while n < 30 {
        words[n] = if n < 26 { n + 1 } else { n + 2 };
        n += 1;
    }
    words[30] = HI;
    words[31] = LO;
    words
};

fn name(word: usize) -> &'static str {
    match word {
        HI => "hi",
        LO => "lo",
        EPC => "EPC",
        register => NAMES[register % 32],
    }
}

/// A number that depends on each of `words`.
fn sum(words: [u32; 32]) -> u32 {
    let words = words.into_iter();
    words.fold(0, |sum: u32, word| sum.wrapping_mul(31).wrapping_add(word))
}

/// What SAVE_REGS stores.
pub fn saved(kernel: &mut Kernel<Hardware>, check: &mut Check) -> Result<(), Wrong> {
    step!(check, "every register is in its place in the trapframe");
    for _ in 0..check.lots.from(3, 6) {
        let key = check.lots.any();
        let area = &mut *AREA.lock();
        area.fill(0);
        // SAFETY: it writes to the area only, and keeps the registers that its callers rely on.
        unsafe { asm::check_save(area.as_mut_ptr(), key) };
        let right = |word: usize| {
            let register = match word {
                HI => 8,
                LO => 9,
                register => register as u32,
            };
            (0x0101_0101 * register) ^ key
        };
        let wrong = WORDS.into_iter().find(|&word| area[word] != right(word));
        let sum = sum(WORDS.map(|word| area[word]));
        saw!(
            check,
            "the first register that is not in its place, and all of them, added up",
            (wrong.map(name), sum),
            kernel
        );
    }
    Ok(())
}

/// What RESTORE_SOME loads.
pub fn restored(kernel: &mut Kernel<Hardware>, check: &mut Check) -> Result<(), Wrong> {
    step!(check, "every register is what the trapframe says");
    for _ in 0..check.lots.from(3, 6) {
        let area = &mut *AREA.lock();
        area.iter_mut().for_each(|word| *word = check.lots.any());
        let frame: [u32; DUMP] = core::array::from_fn(|word| area[word]);
        // SAFETY: it writes to the area only, and keeps the registers that its callers rely on; nothing interrupts.
        unsafe { asm::check_restore(area.as_mut_ptr()) };
        let mut words = WORDS.into_iter().chain([EPC]);
        let wrong = words.find(|&word| area[DUMP + word] != frame[word]);
        let sum = sum(WORDS.map(|word| area[DUMP + word]));
        saw!(
            check,
            "the first register that is another, and all of them, added up",
            (wrong.map(name), sum),
            kernel
        );
    }
    Ok(())
}

/// More than any TLB has entries.
const PAGES: usize = 150;

/// Pages that the refill finds, without a program.
pub fn refilled(kernel: &mut Kernel<Hardware>, check: &mut Check) -> Result<(), Wrong> {
    step!(
        check,
        "a page that the TLB does not know is found in the tables"
    );
    need!(check, "boot", kernel.boot(None), kernel)?;
    let slot = need!(
        check,
        "env_alloc",
        kernel.env_alloc(mos_abi::EnvId::SELF, 1),
        kernel
    )?;
    let space = kernel.space(slot);
    let base = check.lots.from(1, 300) << 22;
    let mut pages = [0; PAGES];
    for (n, va) in pages.iter_mut().enumerate() {
        // Some are neighbours, which share an entry on the 4Kc.
        *va = base + ((n as u32 * 7 + check.lots.from(0, 6)) << 12) + check.lots.from(0, 1023) * 4;
        let frame = kernel.mem.page_alloc();
        let frame = need!(check, "page_alloc", frame, kernel)?;
        kernel.mem.words(frame)[*va as usize / 4 % 1024] = check.lots.any();
        let flags = [PteFlags::V, PteFlags::V | PteFlags::R][n % 2];
        let inserted = kernel.mem.page_insert(space, frame, *va, flags);
        need!(check, "page_insert", inserted, kernel)?;
    }
    kernel.make_runnable(slot);
    kernel.resume();
    let id = kernel.live_asid(slot);
    let id = need!(check, "an address-space id", id.ok_or(()), kernel)?;
    CpuPage::stay_in_kernel();
    arch::tlb_flush();
    tlb::enter(id.number());
    for round in 0..8 {
        check.lots.shuffle(&mut pages);
        let (mut sum, mut changed) = (0_u32, 0);
        for va in pages {
            // SAFETY: a word of a page that this address space has; what is done to at and k0 nobody relies on.
            let seen = unsafe { asm::check_load(va, check.lots.any()) };
            sum = sum.rotate_left(1) ^ seen as u32;
            changed |= (seen >> 32) as u32;
        }
        saw!(
            check,
            "words of many pages, added up, and what changed of at and k0 meanwhile",
            (sum, changed),
            kernel
        );
        if round == 3 {
            for (n, va) in pages.into_iter().enumerate() {
                let found = kernel.mem.page_lookup(space.directory, va);
                if found.is_some_and(|(_, flags)| flags.contains(PteFlags::R)) {
                    // SAFETY: a page of this address space that may be written, and no object of Rust.
                    unsafe { (va as *mut u32).write_volatile(n as u32 * 0x0101) };
                }
            }
        }
    }
    Ok(())
}
