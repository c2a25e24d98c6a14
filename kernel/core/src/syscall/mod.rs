//! System calls: decoding and dispatch. `docs/syscalls.md` is their manual.
//!
//! Each call is a method of [`Kernel`] in the module of its concept. It gets the caller's slot and
//! its arguments as the numbers they came as, checks them, and returns a [`Reply`] or an error.

// teacher begin
mod batch;
// teacher end
mod dev;
mod env;
mod mem;
// teacher begin
mod state;
mod talk;
// teacher end

use mos_abi::text::{Decimal, Hex, Text};
use mos_abi::trapframe::reg;
use mos_abi::{Error, Sysno};

use crate::env::Platform;
// teacher begin
use crate::env::msg::Talk;
use crate::env::rule::Rule;
// teacher end
use crate::kernel::{Kernel, Reply};
use crate::slot::Slot;
// teacher begin
use state::Part;
// teacher end

/// What handles one system call of the running environment: gets arguments 1 to 3.
#[expect(
    improper_ctypes_definitions,
    reason = "assembly hands the pointer on and looks at nothing behind it"
)]
pub type Entry<M> = extern "C" fn(&mut Kernel<M>, u32, u32, u32) -> Return;

/// What a call returns to the entry code, as o32 has it in two registers: v0 is the caller's own v0, v1 says
/// what to do.
#[repr(transparent)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Return(u64);

impl Return {
    /// v1: the caller goes on.
    const GOES_ON: u64 = 0;
    /// v1: another environment does, which has the CPU already, or the same one in another guise; the caller will find
    /// its v0.
    const SWITCHED: u64 = 1;
    /// v1: nobody does: [`Kernel::nobody`] says what now. `handle_sys` knows this bit.
    const NOBODY: u64 = 2;
    /// v1, besides: what is in v0 does not count.
    const LATER: u64 = 4;

    /// There was no caller.
    const NONE: Self = Self::new(0, Self::NOBODY | Self::LATER);

    const fn new(v0: u32, v1: u64) -> Self {
        Self(v1 << 32 | v0 as u64)
    }

    /// The caller's v0, where the call sets it.
    const fn value(self) -> Option<u32> {
        if self.0 >> 32 & Self::LATER == 0 {
            Some(self.0 as u32)
        } else {
            None
        }
    }
}

/// Makes a function of its own of each call, so that none saves and checks what only others need.
macro_rules! entries {
    (
        ($kernel:ident, $caller:ident, $a:ident, $b:ident, $c:ident)
        $($enter:ident { $($(#[$attribute:meta])* $call:ident $name:ident => $body:expr,)* })*
    ) => {
        impl<M: Platform> Kernel<M> {
            /// What handles each call, by its number from [`Sysno::FIRST`] on.
            #[expect(clippy::indexing_slicing, reason = "the compiler sees that all are in range")]
            const ENTRIES: [Entry<M>; Sysno::RANGE] = {
                extern "C" fn none<M: Platform>(_: &mut Kernel<M>, _: u32, _: u32, _: u32) -> Return {
                    Return::new(Error::Inval.code() as u32, Return::GOES_ON)
                }
                // None is missing.
                // teacher begin
                #[expect(unreachable_patterns, reason = "the last one of several is what counts")]
                // teacher end
                match Sysno::Putchar {
                    $($(Sysno::$call => {})*)*
                }
                let mut entries: [Entry<M>; Sysno::RANGE] = [none::<M>; Sysno::RANGE];
                $($(entries[Sysno::$call.index()] = {
                    $(#[$attribute])*
                    extern "C" fn $name<M: Platform>(
                        kernel: &mut Kernel<M>,
                        $a: u32,
                        $b: u32,
                        $c: u32,
                    ) -> Return {
                        kernel.$enter(#[inline(always)] |$kernel, $caller| {
                            _ = ($caller, $a, $b, $c);
                            $body
                        })
                    }
                    $name::<M>
                };)*)*
                entries
            };

            /// What handles `call`.
            #[expect(clippy::indexing_slicing, reason = "each has been put there")]
            pub const fn entry(call: Sysno) -> Entry<M> {
                Self::ENTRIES[call.index()]
            }
        }
    };
}

entries! {
    (kernel, caller, a, b, c)
    goes_on {
        Putchar putchar => Ok(kernel.sys_putchar(a)),
        #[optimize(size)]
        Puts puts => kernel.sys_puts(caller, a, b),
        Getenvid getenvid => Ok(kernel.sys_getenvid(caller)),
        #[optimize(size)]
        SetPgfaultHandler set_pgfault_handler => kernel.sys_set_pgfault_handler(caller, a, b, c),
        #[optimize(size)]
        MemAlloc mem_alloc => kernel.sys_mem_alloc(caller, a, b, c),
        #[optimize(size)]
        MemMap mem_map => {
            let [dstva, perm] = kernel.stack_arguments(caller)?;
            kernel.sys_mem_map(caller, (a, b), (c, dstva), perm)
        },
        #[optimize(size)]
        MemUnmap mem_unmap => kernel.sys_mem_unmap(caller, a, b),
        EnvAlloc env_alloc => kernel.sys_env_alloc(caller),
        IpcCanSend ipc_can_send => kernel.sys_ipc_can_send(caller, a, b, c),
        #[optimize(size)]
        MemCopy mem_copy => {
            let [perm] = kernel.stack_arguments(caller)?;
            kernel.sys_mem_copy(caller, a, (b, c), perm)
        },
        // teacher begin
        #[optimize(size)]
        SetExceptionHandler set_exception_handler => {
            kernel.sys_set_exception_handler(caller, a, b, c)
        },
        #[optimize(size)]
        Batch batch => kernel.sys_batch(caller, a, b),
        #[optimize(size)]
        CgetcNow cgetc_now => kernel.sys_cgetc_now(),
        // teacher end
        #[optimize(size)]
        Panic panic => Ok(kernel.sys_panic(caller, a)),
    }
    changes_asid {
        MemShare mem_share => kernel.sys_mem_share(caller, a, b, c),
    }
    waits {
        IpcRecv ipc_recv => kernel.sys_ipc_recv(caller, a),
    }
    hands_over {
        IpcCall ipc_call => kernel.sys_ipc_call(caller, a, b, c),
    }
    may_stop {
        Yield r#yield => {
            kernel.sched_yield();
            Ok(Reply::Value(0))
        },
        EnvDestroy env_destroy => kernel.sys_env_destroy(caller, a),
        #[optimize(size)]
        SetEnvStatus set_env_status => kernel.sys_set_env_status(caller, a, b),
        #[optimize(size)]
        SetTrapframe set_trapframe => {
            // teacher begin
            // otherwise: kernel.sys_set_trapframe(caller, a, b)
            let reply = kernel.sys_set_trapframe(caller, a, b);
            if reply.is_ok() {
                kernel.has_other_registers(caller, a);
            }
            reply
            // teacher end
        },
        #[optimize(size)]
        Cgetc cgetc => Ok(kernel.sys_cgetc(caller)),
        #[optimize(size)]
        WriteDev write_dev => kernel.sys_write_dev(caller, a, b, c),
        #[optimize(size)]
        ReadDev read_dev => kernel.sys_read_dev(caller, a, b, c),
    }
    // teacher begin
    talks {
        // The old calls again: it is these that count.
        IpcCanSend ipc_can_send => kernel.ipc_can_send(a, b, c),
        IpcRecv ipc_recv => kernel.ipc_recv(a),
        #[optimize(size)]
        IpcCall ipc_call => kernel.ipc_call(a, b, c),
        MsgCall msg_call => kernel.msg(Talk::Call),
        MsgReplyWait msg_reply_wait => kernel.msg(Talk::ReplyWait),
        Msg msg => kernel.msg(Talk::General),
        GetTrapframe get_trapframe => kernel.tell(Part::Registers, a, b),
        NextMapping next_mapping => kernel.tell(Part::Mapping, a, b),
        GetHandlers get_handlers => kernel.tell(Part::Handlers, a, b),
        GetCpu get_cpu => kernel.tell(Part::Cpu, a, 0),
        GetTime get_time => kernel.tell(Part::Time, 0, 0),
    }
    // teacher end
}

impl<M: Platform> Kernel<M> {
    /// The system call that the running environment makes, by its number and arguments 1 to 3; the rest
    /// of its state is in its trapframe, with the program counter behind the instruction. Its result is in v0
    /// there, unless it waits or is no more.
    #[optimize(size)]
    pub fn syscall(&mut self, registers: [u32; 4]) {
        let Some(caller) = self.cpu().current else {
            return;
        };
        let [number, a, b, c] = registers;
        // exercise 4.1 begin
        // otherwise: use Sysno::{Cgetc, EnvDestroy, Getenvid, Panic, Putchar, Puts, Yield};
        // otherwise: let v0 = match Sysno::from_u32(number) {
        // otherwise:     Some(call @ (Putchar | Puts | Getenvid | Yield | EnvDestroy | Panic | Cgetc)) => {
        // otherwise:         Self::entry(call)(self, a, b, c).value()
        // otherwise:     }
        // otherwise:     _ => todo!(),
        // otherwise: };
        let v0 = match Sysno::from_u32(number) {
            Some(call) => {
                let (slot, name) = (Decimal(caller.index() as u32), Text(call.name()));
                let [a, b, c] = [a, b, c].map(Hex);
                log::trace!("slot {slot}: {name}(0x{a}, 0x{b}, 0x{c})");
                Self::entry(call)(self, a.0, b.0, c.0).value()
            }
            None => Some(Error::Inval.code() as u32),
        };
        // exercise 4.1 end
        match v0 {
            _ if self.deaths.any() && self.comes_back(caller, v0) => {}
            Some(v0) => self.tf(caller).regs[reg::V0] = v0,
            None => {}
        }
    }

    /// Who makes the call: who runs. Nobody else can, so nobody looks.
    #[inline(always)]
    fn caller(&mut self) -> Slot {
        Slot::new(self.cpu().current.map_or(0, Slot::index))
    }

    /// Makes a call after which the caller goes on.
    #[inline(always)]
    fn goes_on(&mut self, call: impl FnOnce(&mut Self, Slot) -> Result<Reply, Error>) -> Return {
        // teacher begin
        if M::Rule::PREEMPTS {
            return self.may_stop(call);
        }
        // teacher end
        let caller = self.caller();
        match call(self, caller) {
            Ok(Reply::Value(value)) => Return::new(value, Return::GOES_ON),
            Ok(Reply::Later) => Return::NONE,
            Err(error) => Return::new(error.code() as u32, Return::GOES_ON),
        }
    }

    /// Makes a call after which the caller goes on under another address-space id, unless it fails.
    #[inline(always)]
    fn changes_asid(
        &mut self,
        call: impl FnOnce(&mut Self, Slot) -> Result<Reply, Error>,
    ) -> Return {
        // teacher begin
        if M::SETS_ASID {
            return self.goes_on(call);
        }
        // teacher end
        let Return(value) = self.goes_on(call);
        // The entry code has a way back on which the id is set.
        Return(value | Return::SWITCHED << 32)
    }

    /// Makes a call after which the caller waits, unless it fails.
    #[inline(always)]
    fn waits(&mut self, call: impl FnOnce(&mut Self, Slot) -> Result<Reply, Error>) -> Return {
        let caller = self.caller();
        match call(self, caller) {
            Err(error) => Return::new(error.code() as u32, Return::GOES_ON),
            Ok(_) => Return::new(0, self.next() | Return::LATER),
        }
    }

    /// Makes a call with which the head of the queue has come into the caller's place, unless it fails.
    #[inline(always)]
    fn hands_over(&mut self, call: impl FnOnce(&mut Self, Slot) -> Result<Reply, Error>) -> Return {
        let caller = self.caller();
        match call(self, caller) {
            Err(error) => Return::new(error.code() as u32, Return::GOES_ON),
            Ok(_) => Return::new(0, self.next_in_turn() | Return::LATER),
        }
    }

    // teacher begin
    /// Makes a call that sees to everything itself.
    #[inline(always)]
    fn talks(&mut self, call: impl FnOnce(&mut Self, ()) -> Return) -> Return {
        call(self, ())
    }
    // teacher end

    /// Makes a call after which the caller may or may not go on.
    #[inline(always)]
    fn may_stop(&mut self, call: impl FnOnce(&mut Self, Slot) -> Result<Reply, Error>) -> Return {
        let caller = self.caller();
        let (v0, later) = match call(self, caller) {
            Ok(Reply::Value(value)) => (value, 0),
            Ok(Reply::Later) => (0, Return::LATER),
            Err(error) => (error.code() as u32, 0),
        };
        Return::new(v0, self.who_goes_on() | later)
    }

    #[inline(never)]
    fn who_goes_on(&mut self) -> u64 {
        // teacher begin
        self.reconsider();
        // teacher end
        if self.cpu().current.is_some() {
            Return::GOES_ON
        } else if self.begin_turn().is_some() {
            Return::SWITCHED
        } else {
            Return::NOBODY
        }
    }

    /// Gives the CPU to somebody else, if there is anybody.
    #[inline(always)]
    fn next(&mut self) -> u64 {
        // Whatever is not plain is left to the way out, so that nothing need be saved here.
        match self.switch_at_once() {
            true => Return::SWITCHED,
            false => Return::NOBODY,
        }
    }

    /// Gives the CPU to the head of the queue, if there is one, for what is left of the turn.
    #[inline(always)]
    fn next_in_turn(&mut self) -> u64 {
        match self.cpu().run_queue.first() {
            Some(slot) => {
                self.hand_over(slot);
                Return::SWITCHED
            }
            None => Return::NOBODY,
        }
    }

    /// Arguments 4 and 5, which o32 passes at 16(sp) and 20(sp). `-E_INVAL`: they cannot be read.
    #[optimize(size)]
    #[inline(never)]
    pub fn stack_arguments<const N: usize>(&mut self, caller: Slot) -> Result<[u32; N], Error> {
        // exercise 4.1 begin
        let env = self.envs.at(caller);
        let at = env.tf.regs[reg::SP].checked_add(16).ok_or(Error::Inval)?;
        self.mem.user_read(env.directory, at)
        // exercise 4.1 end
    }
}
