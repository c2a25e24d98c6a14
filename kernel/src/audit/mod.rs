//! A kernel that audits itself while random programs run on it, which `tools/torture` makes: some times on the
//! way, and once more when all of them have been ended.
//!
//! The word `audit=TICKS,KIB,NUMBER` on the command line asks for it, and says how much memory there is to be. The
//! last line repeats the number, which no program can know, so that nothing that programs print is taken for it.

mod turns;
mod witness;

use mos_abi::EnvId;
use mos_audit::{Books, Tally};
use mos_core::{Kernel, Machine};
use spin::Mutex;

use crate::hardware::Hardware;
use crate::{board, look};
use turns::Turns;
use witness::Watch;

/// Frames of 64 MiB.
const FRAMES: usize = 16384;
/// How often the tables are audited before the end, at least.
const AUDITS: u32 = 8;
/// Timer ticks from one audit to the next, at most.
const EVERY: u32 = 200;

/// What is to be done, and when.
struct Plan {
    /// Timer ticks until the end.
    left: u32,
    /// Timer ticks from one audit to the next.
    every: u32,
    /// KiB of memory.
    memory: u32,
    number: u32,
    /// How many frames were free before there was any program.
    free: usize,
    turns: Turns,
    watch: Watch,
}

static PLAN: Mutex<Option<Plan>> = Mutex::new(None);
static TALLIES: Mutex<[Tally; FRAMES]> = Mutex::new([Tally::NONE; FRAMES]);

/// Whether `word` of the command line was the one that asks for an audit, and was understood.
pub fn set(word: &str) -> bool {
    let plan = word.strip_prefix("audit=").and_then(|word| {
        let (ticks, rest) = word.split_once(',')?;
        let (memory, number) = rest.split_once(',')?;
        let left = ticks.parse().ok()?;
        Some(Plan {
            left,
            every: EVERY.min(left / AUDITS + 1),
            memory: memory.parse().ok()?,
            number: number.parse().ok()?,
            free: 0,
            turns: Turns::NEW,
            watch: Watch::NEW,
        })
    });
    let understood = plan.is_some();
    if understood {
        *PLAN.lock() = plan;
    }
    understood
}

/// How much of `memory` bytes is to be used.
pub fn memory(memory: u32) -> u32 {
    let plan = PLAN.lock();
    let most = plan.as_ref().map_or(memory, |plan| plan.memory << 10);
    memory.min(most)
}

/// Memory is there, and nobody uses it yet.
pub fn begin(kernel: &Kernel<Hardware>) {
    if let Some(plan) = &mut *PLAN.lock() {
        plan.free = kernel.mem.free_frames();
    }
}

/// A tick of the timer was handled.
pub fn tick(kernel: &mut Kernel<Hardware>) {
    let Some(plan) = &mut *PLAN.lock() else {
        return;
    };
    // teacher begin
    // otherwise: plan.turns.look(kernel);
    // How many turns there are in so many ticks of several CPUs is up to the host.
    if !crate::smp::are_several() {
        plan.turns.look(kernel);
    }
    // teacher end
    // teacher begin
    // otherwise: plan.watch.look(kernel);
    // Programs that are no witnesses have the number 0.
    if plan.number != 0 {
        plan.watch.look(kernel);
    }
    // teacher end
    plan.left = plan.left.saturating_sub(1);
    if plan.left == 0 {
        conclude(kernel, plan);
    }
    if plan.left.is_multiple_of(plan.every) {
        audit(kernel);
    }
}

fn audit(kernel: &mut Kernel<Hardware>) {
    // teacher begin
    // A frame that is being filled is in no list and no table yet.
    crate::smp::wait_for_shortcuts();
    // teacher end
    let books = Books {
        tallies: &mut *TALLIES.lock(),
        held: &[],
    };
    mos_audit::check(kernel, books, look::tlb_entries(), |_| {});
}

/// Ends everybody, and the run.
fn conclude(kernel: &mut Kernel<Hardware>, plan: &Plan) -> ! {
    audit(kernel);
    // teacher begin
    kernel.take_all_off();
    // teacher end
    let [first, second] = plan.watch.beats();
    for slot in mos_audit::alive(kernel) {
        kernel.env_free_at_once(slot);
    }
    kernel.bury_at_once();
    audit(kernel);
    assert_eq!(kernel.alive(), 0, "environments at the end");
    assert_eq!(kernel.mem.free_frames(), plan.free, "free frames");
    let (number, environments) = (plan.number, environments(kernel));
    kernel.say(format_args!(
        "[mos] audited {number}: {environments} environments, {first} and {second} beats"
    ));
    kernel.say(format_args!("[mos] power off"));
    board::power_off(true)
}

/// How many environments there were: each slot's last id says how many it has had.
fn environments(kernel: &mut Kernel<Hardware>) -> usize {
    let [ready, _] = kernel.mem.view_entries();
    let envs = kernel.mem.machine.tables().envs.iter().take(ready);
    let ids = envs.map(|env| EnvId(env.env_id)).filter(|id| id.0 != 0);
    ids.map(|id| id.generation() as usize + 1).sum()
}
