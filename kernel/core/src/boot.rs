//! From a machine that has just been switched on to the first environments.

use mos_abi::layout::{PAGE_SIZE, USTACKTOP};
use mos_abi::package::Program;
use mos_abi::text::Text;
use mos_abi::trapframe::reg;
use mos_abi::{EnvId, EnvStatus, Error, PteFlags, Trapframe};

use crate::env::{Devices, Platform, Wait};
use crate::kernel::Kernel;
use crate::slot::Slot;

/// Where the stack pointer of a first environment starts: room for four argument words, as o32 has
/// it, of which the first two are argc and argv, 0.
const FIRST_SP: u32 = USTACKTOP - 16;

impl<M: Platform> Kernel<M> {
    /// Takes over the machine's memory. `-E_NO_MEM`: there is not even room for the shared tables.
    #[optimize(size)]
    #[inline(never)]
    pub fn boot(&mut self, tick_limit: Option<u32>) -> Result<(), Error> {
        self.mem.init()?;
        self.ticks_left = tick_limit;
        // teacher begin
        self.forget_ids();
        // teacher end
        Ok(())
    }

    /// Makes a first environment that runs `program` (MOS `env_create_priority`). `-E_NOT_EXEC`,
    /// `-E_NO_MEM`, `-E_NO_FREE_ENV`: nothing is left of it.
    #[optimize(size)]
    #[inline(never)]
    pub fn env_create(&mut self, program: &Program<'_>) -> Result<EnvId, Error> {
        // exercise 3.6 begin
        let slot = self.env_alloc(EnvId(0), program.priority)?;
        self.start(slot, program)
            .inspect_err(|_| self.env_free_at_once(slot))?;
        Ok(self.id(slot))
        // exercise 3.6 end
    }

    #[optimize(size)]
    fn start(&mut self, slot: Slot, program: &Program<'_>) -> Result<(), Error> {
        // exercise 3.6 begin
        let space = self.space(slot);
        let entry = self.mem.load_icode(space, program.elf)?;
        self.map_new(slot, USTACKTOP - PAGE_SIZE, PteFlags::V | PteFlags::R)?;
        self.envs.at_mut(slot).devices = Devices::new(program.device);
        let tf = self.tf(slot);
        *tf = Trapframe::ZERO;
        tf.cp0_epc = entry;
        tf.regs[reg::SP] = FIRST_SP;
        self.make_runnable(slot);
        Ok(())
        // exercise 3.6 end
    }

    /// Says, for each environment that is left, what it waits for.
    #[optimize(size)]
    pub fn explain_deadlock(&mut self) {
        self.say(format_args!(
            "[mos] nothing can run any more, and these environments are left:"
        ));
        for slot in (0..self.fresh_envs).map(Slot::new) {
            if self.view(slot).env_status == EnvStatus::Free as u32 {
                continue;
            }
            let id = self.id(slot);
            let what = Text(match self.envs.at(slot).wait {
                Wait::NONE => "is not runnable, and nobody is left to start it",
                wait => wait.what_for(),
            });
            self.print(format_args!("[mos]   {id} {what}"));
            // teacher begin
            self.print_partner(slot);
            // teacher end
            self.mem.machine.put(b'\n');
        }
    }
}
