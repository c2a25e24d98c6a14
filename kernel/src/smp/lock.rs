//! The big kernel lock, and what is said to other CPUs by whoever has it: the words and fences that [`mos_lock`] is carried out
//! with here. Whoever waits for it has interrupts off.
//!
//! GXemul carries out some thousand instructions of one CPU, then of the next. Who has the lock most of the time would have it
//! whenever the others look, for ever; so there they have it in turn. On malta, whose CPUs are threads of the host, that would
//! have all of them wait for one that the host does not run just then.

use mos_core::env::cpus::MOST;
#[cfg(feature = "mcs")]
use mos_lock::kind::Mcs;
#[cfg(not(any(feature = "mcs", feature = "ticket")))]
use mos_lock::kind::Tas;
#[cfg(feature = "ticket")]
use mos_lock::kind::Ticket;
use mos_lock::{Aside, Calls, Cpus, Fence, Gate, Kind};

use super::stop;
use super::word::Word;
use crate::arch::{self, CpuPage};
use crate::board::{self, Board};
#[cfg(feature = "monitor")]
use crate::look;

#[cfg(feature = "mcs")]
type Chosen = Mcs<Word, MOST>;
#[cfg(feature = "ticket")]
type Chosen = Ticket<Word>;
#[cfg(not(any(feature = "mcs", feature = "ticket")))]
type Chosen = Tas<Word, MOST, { cfg!(feature = "testmips") }>;

const fn zeros() -> [Word; MOST] {
    [const { Word::new(0) }; MOST]
}

#[cfg(feature = "mcs")]
const fn free() -> Chosen {
    Chosen::new(Word::new(0), zeros(), zeros())
}
#[cfg(feature = "ticket")]
const fn free() -> Chosen {
    Chosen::new(Word::new(0), Word::new(0))
}
#[cfg(not(any(feature = "mcs", feature = "ticket")))]
const fn free() -> Chosen {
    Chosen::new(Word::new(0), Word::new(0), zeros())
}

static GATE: Gate<Chosen, Word, MOST> = Gate::new(
    free(),
    Calls::new(zeros(), zeros()),
    Aside::new(zeros(), Word::new(0)),
);

/// The kind that the kernel was built with.
pub const KIND: &str = <Chosen as Kind<Here>>::NAME;

/// The number of who has it, and 1: in a kernel for gdb.
static HOLDER: Word = Word::new(0);

/// The CPU that comes here.
pub struct Here;

impl Cpus for Here {
    type Word = Word;

    #[inline(always)]
    fn number(&self) -> usize {
        CpuPage::number() as usize % MOST
    }

    #[inline(always)]
    fn count(&self) -> usize {
        super::count() as usize
    }

    #[inline(always)]
    fn fence(&self, _: Fence) {
        arch::sync();
    }

    fn send(&self, number: usize) {
        arch::sync();
        board::current().send(number as u32);
    }

    fn hear(&self) {
        board::current().hear(CpuPage::number());
    }

    fn flush(&self) {
        #[cfg(feature = "monitor")]
        look::keep();
        arch::tlb_flush();
    }

    #[inline(always)]
    fn look(&self) {
        stop::if_asked();
        #[cfg(feature = "testmips")]
        arch::pass_turn();
    }
}

/// Where CPU `number` says that it carries out a shortcut, where all do, and where they look whether somebody has the lock.
pub fn aside(number: usize) -> (&'static Word, &'static [Word], &'static Word) {
    let (works, closed) = GATE.aside().words();
    let all = works.get(..super::count() as usize).unwrap_or(works);
    (&works[number % MOST], all, closed)
}

/// Returns when no CPU is amid a shortcut, be it one that this CPU, which has the lock, does not wait for otherwise.
#[cfg(feature = "audit")]
pub fn wait_for_shortcuts() {
    GATE.aside().wait_for_all(&Here);
}

/// Whether this CPU has it. A kernel for gdb alone knows.
pub fn holding() -> bool {
    HOLDER.get() == CpuPage::number() + 1
}

/// Takes it. Returns how often it was looked at in vain.
#[optimize(size)]
#[inline(never)]
pub fn acquire() -> u32 {
    let spins = GATE.enter(&Here);
    // Nobody need have had the lock when the interrupt came that asks for it, which is heard by now.
    stop::if_asked();
    if cfg!(debug_assertions) {
        HOLDER.set(CpuPage::number() + 1);
    }
    spins
}

/// Gives it back. CPU `woken`, which rests, is to look whether there is something to do.
#[optimize(size)]
#[inline(never)]
pub fn release(woken: Option<usize>) {
    debug_assert!(holding(), "the kernel is left without its lock");
    if cfg!(debug_assertions) {
        HOLDER.set(0);
    }
    GATE.leave(&Here, woken);
}

/// Returns when CPU `number`, another one, is in the kernel and its TLB holds nothing.
#[optimize(size)]
#[inline(never)]
pub fn call_in(number: usize) {
    debug_assert!(holding(), "who calls has not the kernel's lock");
    GATE.call_in(&Here, number);
}

/// Drops what the TLBs of all CPUs hold.
#[optimize(size)]
#[inline(never)]
pub fn flush_everywhere() {
    // exercise smp.8 begin
    // otherwise: arch::tlb_flush();
    arch::tlb_flush();
    let here = CpuPage::number();
    (0..super::count())
        .filter(|&number| number != here)
        .for_each(|number| call_in(number as usize));
    // exercise smp.8 end
}

/// All others are in the kernel until this CPU leaves it, and their TLBs hold nothing; what they held is [kept](look::keep).
#[cfg(feature = "monitor")]
pub fn hold_others() {
    let here = CpuPage::number() as usize;
    let others = (0..super::count() as usize).filter(|&number| number != here);
    others.for_each(call_in);
}
