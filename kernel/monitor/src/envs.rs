//! Environments, queues, registers.

use core::fmt;

use mos_abi::trapframe::reg;
use mos_abi::{Env, EnvStatus};
use mos_core::Kernel;
use mos_core::env::Wait;
use mos_core::env::fault::Exception;
use mos_core::slot::Slot;

use crate::commands::Then;
use crate::words::{Words, Wrong};
// teacher begin
use crate::{cpus, lines};
// teacher end
use crate::{Place, Target, Why, space};

/// So many callers are enough.
const DEPTH: usize = 32;
/// So many instructions back is where a function of a program begins at most.
const LONGEST: u32 = 2048;
/// `addiu sp, sp, imm` without the immediate.
const ADDIU_SP: u32 = 0x27bd_0000;
/// `sw ra, imm(sp)` without the immediate.
const SW_RA: u32 = 0xafbf_0000;

/// What programs see of the environment in `slot`.
fn view<M: Target>(kernel: &mut Kernel<M>, slot: Slot) -> Env {
    kernel.mem.machine.tables().envs[slot.index()]
}

/// Says where an environment is.
pub fn place<M: Target>(kernel: &mut Kernel<M>, slot: Slot) {
    let (id, pc) = (kernel.id(slot), kernel.tf(slot).cp0_epc);
    match space::word(kernel, slot, pc) {
        Some(word) => kernel.say(format_args!("  [{id}] pc {pc:08x}: {word:08x}")),
        None => kernel.say(format_args!("  [{id}] pc {pc:08x}")),
    }
}

/// `envs`.
pub fn list<M: Target>(kernel: &mut Kernel<M>, _: Why, _: Words<'_>) -> Result<Then, Wrong> {
    let mut slots = [false; mos_abi::NENV];
    mos_audit::alive(kernel).for_each(|slot| slots[slot.index()] = true);
    kernel.say(format_args!("  id        parent    pri  runs      pc"));
    for slot in (0..slots.len()).filter(|&slot| slots[slot]).map(Slot::new) {
        let (id, pc) = (kernel.id(slot), kernel.tf(slot).cp0_epc);
        let Env {
            env_parent_id: parent,
            env_pri: pri,
            env_runs: runs,
            ..
        } = view(kernel, slot);
        let state = state(kernel, slot);
        kernel.say(format_args!(
            "  {id}  {parent:08x}  {pri:<3}  {runs:<8}  {pc:08x}  {state}"
        ));
    }
    Ok(Then::Ask)
}

/// What an environment does, or waits for.
fn state<M: Target>(kernel: &mut Kernel<M>, slot: Slot) -> State {
    State {
        runs: kernel.cpu().current == Some(slot),
        runnable: view(kernel, slot).env_status == EnvStatus::Runnable as u32,
        wait: kernel.wait(slot),
        // teacher begin
        cpu: cpus::of(kernel, slot),
        partner: lines::partner(kernel, slot),
        // teacher end
    }
}

struct State {
    runs: bool,
    runnable: bool,
    wait: Wait,
    // teacher begin
    /// On which of several CPUs it runs.
    cpu: Option<usize>,
    partner: lines::Partner,
    // teacher end
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // teacher begin
        if let Some(number) = self.cpu {
            return write!(f, "has CPU {number}");
        }
        // teacher end
        if self.runs {
            return f.write_str("has the CPU");
        }
        if self.runnable {
            return f.write_str("runnable");
        }
        f.write_str(self.wait.what_for())?;
        // teacher begin
        self.partner.fmt(f)?;
        // teacher end
        Ok(())
    }
}

/// `queues`.
pub fn queues<M: Target>(kernel: &mut Kernel<M>, _: Why, _: Words<'_>) -> Result<Then, Wrong> {
    show(kernel, format_args!("run queue:"), |kernel, n| {
        kernel.run_queue().nth(n)
    });
    show(kernel, format_args!("console:"), |kernel, n| {
        kernel.readers().nth(n)
    });
    show(
        kernel,
        format_args!("ended, not cleared away:"),
        |kernel, n| kernel.dying().nth(n),
    );
    // teacher begin
    lines::list(kernel);
    if cpus::turns(kernel) {
        return Ok(Then::Ask);
    }
    // teacher end
    let slices = kernel.cpu().slices;
    kernel.say(format_args!("  {slices} time slices left in this turn"));
    Ok(Then::Ask)
}

/// Names those who stand in a queue, first one first.
pub fn show<M: Target>(
    kernel: &mut Kernel<M>,
    name: fmt::Arguments<'_>,
    nth: impl Fn(&Kernel<M>, usize) -> Option<Slot>,
) {
    kernel.say(format_args!("  {name}"));
    let mut n = 0;
    while let Some(slot) = nth(kernel, n) {
        let id = kernel.id(slot);
        kernel.say(format_args!("    {id}"));
        n += 1;
    }
}

/// `regs`.
pub fn registers<M: Target>(
    kernel: &mut Kernel<M>,
    _: Why,
    mut words: Words<'_>,
) -> Result<Then, Wrong> {
    let slot = words.env(kernel)?;
    let tf = *kernel.tf(slot);
    for (names, values) in reg::NAMES.chunks(4).zip(tf.regs.chunks(4)) {
        let [a, b, c, d] = core::array::from_fn(|i| (names[i], values[i]));
        kernel.say(format_args!(
            "{:>6} {:08x}{:>6} {:08x}{:>6} {:08x}{:>6} {:08x}",
            a.0, a.1, b.0, b.1, c.0, c.1, d.0, d.1
        ));
    }
    let (hi, lo, pc, status) = (tf.hi, tf.lo, tf.cp0_epc, tf.cp0_status);
    kernel.say(format_args!(
        "    hi {hi:08x}    lo {lo:08x}    pc {pc:08x}status {status:08x}"
    ));
    let va = tf.cp0_badvaddr;
    match Exception::of(tf.cp0_cause) {
        Exception::Other(0) => kernel.say(format_args!("  last trap: interrupt")),
        Exception::Syscall => kernel.say(format_args!("  last trap: system call")),
        exception if has_address(exception) => {
            kernel.say(format_args!("  last trap: {exception}, address {va:08x}"));
        }
        exception => kernel.say(format_args!("  last trap: {exception}")),
    }
    Ok(Then::Ask)
}

/// Whether BadVAddr is about it (MIPS32 PRA, "BadVAddr Register").
fn has_address(exception: Exception) -> bool {
    use Exception::{AddressLoad, AddressStore, TlbLoad, TlbMod, TlbStore};
    matches!(
        exception,
        TlbMod | TlbLoad | TlbStore | AddressLoad | AddressStore
    )
}

/// `backtrace`: of the kernel where it has panicked, else of a program.
pub fn backtrace<M: Target>(
    kernel: &mut Kernel<M>,
    why: Why,
    mut words: Words<'_>,
) -> Result<Then, Wrong> {
    if let (Why::Panic(place), None) = (why, words.clone().next()) {
        of_kernel(kernel, place);
        return Ok(Then::Ask);
    }
    let slot = words.env(kernel)?;
    let tf = kernel.tf(slot);
    let mut at = Place {
        pc: tf.cp0_epc,
        sp: tf.regs[reg::SP],
        ra: tf.regs[reg::RA],
    };
    for _ in 0..DEPTH {
        kernel.say(format_args!("  at {:08x}, sp {:08x}", at.pc, at.sp));
        match caller(kernel, slot, at) {
            Some(caller) => at = caller,
            None => break,
        }
    }
    Ok(Then::Ask)
}

fn of_kernel<M: Target>(kernel: &mut Kernel<M>, place: Place) {
    let mut chain = heapless::Vec::<u32, DEPTH>::new();
    kernel.mem.machine.callers(place, |pc| _ = chain.push(pc));
    for pc in chain {
        match kernel.mem.machine.symbol(pc) {
            Some(symbol) => {
                let (name, offset) = (symbol.name, pc - symbol.address);
                kernel.say(format_args!("  at {pc:08x} {name} + 0x{offset:x}"));
            }
            None => kernel.say(format_args!("  at {pc:08x}")),
        }
    }
}

/// Where the function that is at a place was called. Nobody here knows where a program's functions begin, so this goes back to what
/// makes room on the stack, which is a function's first instruction nearly always.
fn caller<M: Target>(kernel: &mut Kernel<M>, slot: Slot, at: Place) -> Option<Place> {
    let mut saved = None;
    let mut size = None;
    for back in 1..=LONGEST {
        let word = space::word(kernel, slot, at.pc.wrapping_sub(back * 4))?;
        let immediate = i32::from(word as u16 as i16);
        match word & 0xffff_0000 {
            SW_RA => saved = Some(immediate as u32),
            ADDIU_SP if immediate < 0 => {
                size = Some(immediate.unsigned_abs());
                break;
            }
            _ => {}
        }
    }
    let ra = match saved {
        Some(offset) => space::word(kernel, slot, at.sp.wrapping_add(offset))?,
        None => at.ra,
    };
    let caller = Place {
        // Calls return behind the delay slot: 8 bytes on.
        pc: ra.wrapping_sub(8),
        sp: at.sp.wrapping_add(size?),
        ra: 0,
    };
    space::word(kernel, slot, caller.pc)?;
    (ra != 0).then_some(caller)
}
