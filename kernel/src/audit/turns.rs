//! Whether time slices end: a witness that can run has its turn when all that stood before it have had theirs.

use mos_abi::EnvStatus;
use mos_audit::WITNESSES;
use mos_core::machine::Machine;
use mos_core::{Kernel, slot::Slot};

use crate::hardware::Hardware;

/// Ticks that a turn may be late: the clock may tick again before who has got the CPU is in user mode.
const LATE: u32 = 4;

/// How long each witness has waited for its turn.
pub struct Turns([Wait; WITNESSES]);

#[derive(Clone, Copy)]
struct Wait {
    /// How many turns it has had.
    turns: u32,
    /// Ticks since the last one.
    ticks: u32,
    /// How many they may be: what stood before it could use up.
    limit: u32,
}

impl Turns {
    /// Nothing yet.
    pub const NEW: Self = Self(
        [Wait {
            turns: 0,
            ticks: 0,
            limit: 0,
        }; WITNESSES],
    );

    /// A tick was handled. Panics where a turn has lasted too long.
    pub fn look(&mut self, kernel: &mut Kernel<Hardware>) {
        for (index, wait) in self.0.iter_mut().enumerate() {
            let view = &kernel.mem.machine.tables().envs[index];
            let waits = view.env_status == EnvStatus::Runnable as u32;
            if !waits || view.env_runs != wait.turns {
                wait.turns = view.env_runs;
                wait.ticks = 0;
                continue;
            }
            if wait.ticks == 0 {
                wait.limit = slices(kernel) + LATE;
            }
            wait.ticks += 1;
            let id = kernel.id(Slot::new(index));
            assert!(wait.ticks <= wait.limit, "{id}: others' turns do not end");
        }
    }
}

/// Time slices that may still begin in the turn that goes on, and those of one turn of each environment, those included that
/// have ended and are not cleared away yet.
pub fn slices(kernel: &mut Kernel<Hardware>) -> u32 {
    let (now, dying) = (kernel.cpu().slices, kernel.dying_slices());
    let [ready, _] = kernel.mem.view_entries();
    let envs = kernel.mem.machine.tables().envs.iter().take(ready);
    let runnable = envs.filter(|env| env.env_status == EnvStatus::Runnable as u32);
    now + dying + runnable.map(|env| env.env_pri).sum::<u32>()
}
