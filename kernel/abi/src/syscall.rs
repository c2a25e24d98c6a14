//! The one table of system calls. The kernel's dispatch, libos's stubs, the names in traces and
//! the table in `docs/syscalls.md` all come from it.
//!
//! Convention: `syscall` with the number in a0, arguments 1 to 3 in a1 to a3, arguments 4 and 5 at
//! 16(sp) and 20(sp). The result is in v0; the registers s0 to s7, gp, sp, fp and ra are kept.

/// Hands the table of system calls to the macro `$consumer`.
///
/// Each row is: doc comment, number, `Name`, `name(arguments)`.
#[macro_export]
macro_rules! syscall_table {
    ($consumer:path) => {
        $consumer! {
            /// Writes the byte `c` to the console.
            9527 Putchar putchar(c);
            /// The caller's own id.
            9528 Getenvid getenvid();
            /// Gives up the CPU: every other runnable environment of equal priority gets its turn
            /// before the caller runs again.
            9529 Yield r#yield();
            /// Ends `id`, the caller or an immediate child: frees its pages, its tables and its slot.
            /// `-E_BAD_ENV`: neither of these.
            9530 EnvDestroy env_destroy(id);
            /// Has TLB Mod faults of `id` (self or child) reported at `func` on the stack page below
            /// `xstacktop`; `func` 0: no longer. `-E_INVAL`: not below UTOP, or not a multiple of 4.
            9531 SetPgfaultHandler set_pgfault_handler(id, func, xstacktop);
            /// Maps a zeroed frame at `va` of `id` (self or child), in place of what is there.
            /// `-E_INVAL`: `va` not below UTOP, `perm` without V or with COW, UC or G. `-E_NO_MEM`:
            /// nothing changed.
            9532 MemAlloc mem_alloc(id, va, perm);
            /// Maps the frame at `srcva` of `srcid` at `dstva` of `dstid` too (each self or child);
            /// page offsets are dropped. `-E_INVAL`: an address not below UTOP, nothing at `srcva`,
            /// `perm` without V or with UC or G, or a page would become writable that was not.
            /// `-E_NO_MEM`: nothing changed.
            9533 MemMap mem_map(srcid, srcva, dstid, dstva, perm);
            /// Unmaps `va` of `id` (self or child); where nothing is mapped this succeeds.
            /// `-E_INVAL`: `va` not below UTOP.
            9534 MemUnmap mem_unmap(id, va);
            /// Makes a child with the caller's registers (but 0 in v0, and anything in v1 and k0), no memory of
            /// its own, the caller's priority, not runnable; returns its id. `-E_NO_FREE_ENV`, `-E_NO_MEM`.
            9535 EnvAlloc env_alloc();
            /// Sets `id` (self or child) runnable (1) or not runnable (2), or destroys it (0). What is not runnable runs
            /// again only when it is made runnable. Either ends a wait: when the environment runs again, the call that waited
            /// has failed with `-E_UNSPECIFIED`, but for `env_destroy`, which has returned 0, as its child has ended.
            /// `-E_INVAL`: another status.
            9536 SetEnvStatus set_env_status(id, status);
            /// Loads the registers of `id` (self or child) from the trapframe at `tf`: general
            /// registers, hi, lo and pc. `-E_INVAL`: `tf` cannot be read, pc or sp is not below
            /// UTOP, or pc is not a multiple of 4.
            9537 SetTrapframe set_trapframe(id, tf);
            /// Prints the string at `msg` with the caller's id and ends the caller.
            9538 Panic panic(msg);
            /// Sends `value`, and the page at `srcva` unless that is 0, to any environment that waits
            /// in `ipc_recv`. `-E_IPC_NOT_RECV`: it does not wait. `-E_INVAL`, `-E_NO_MEM`: as for
            /// `mem_map`; nothing is delivered.
            9539 IpcCanSend ipc_can_send(id, value, srcva, perm);
            /// Waits for a message and returns 0. A page that comes along is mapped at `dstva`; 0
            /// takes none. `-E_INVAL`: `dstva` not below UTOP.
            9540 IpcRecv ipc_recv(dstva);
            /// Waits for a byte from the console and returns it. 4,096 bytes that nobody has read yet are kept; whoever
            /// sends more waits, so that none is lost. GXemul has nobody wait but this project's tools: it keeps 4,095 bytes
            /// more, and loses the rest; and a byte 0.
            9541 Cgetc cgetc();
            /// Writes `len` bytes from `va` to the device registers at physical address `dev`: 1, 2 or 4 in one access, others
            /// as words or bytes. All words go through one register where the board lists it as a FIFO.
            /// `-E_INVAL`: the board does not list the range, the caller has no device rights, or the
            /// memory cannot be read.
            9542 WriteDev write_dev(va, dev, len);
            /// Reads `len` bytes from the device registers at physical address `dev` to `va`, likewise.
            /// `-E_INVAL`: as for `write_dev`, or the memory cannot be written.
            9543 ReadDev read_dev(va, dev, len);
            /// Shares the caller's pages from `start` to `end` with `id` (self or child), each at its own
            /// address: writable ones become copy-on-write on both sides, all others are mapped as
            /// they are. Where `id` has a page already, both keep what they have. Returns the address up to
            /// which this was done: `end`, or a page before it where there was no memory for the next, or an
            /// interrupt has come in meanwhile. `-E_NO_MEM`: there was none for the page at `start`. `-E_INVAL`: `end`
            /// is above UTOP.
            9600 MemShare mem_share(id, start, end);
            /// Maps a new frame at `dstva` of `id` (self or child), with a copy of what the caller has at
            /// `srcva`; page offsets are dropped. `-E_INVAL`: an address not below UTOP, nothing at
            /// `srcva`, `perm` without V or with COW, UC or G. `-E_NO_MEM`: nothing changed.
            9601 MemCopy mem_copy(srcva, id, dstva, perm);
            /// Sends `value` to any environment that waits for a message, which gets the CPU at once,
            /// for the rest of the caller's time slices, and waits for the next message: v0 is 0, v1 its value, a0 its sender, a1 the
            /// permissions of a page that came along (mapped at `dstva` unless that is 0). A call and its
            /// answer are two of these; so a server whose priority is high answers by `ipc_can_send`, unless its client may
            /// have what is left of its time slices. `-E_IPC_NOT_RECV`: it does not wait. `-E_INVAL`: `dstva` not below UTOP.
            9602 IpcCall ipc_call(id, value, dstva);
            /// Writes the `len` bytes at `va` to the console, or the first 256 of more, with nothing of anybody else's
            /// in between. Returns how many it wrote. `-E_INVAL`: they cannot be read, and none was written.
            9603 Puts puts(va, len);
            // teacher begin
            /// Has exceptions of `id` (self or child) reported at `func` on the stack page below `xstacktop`, which is that of
            /// `set_pgfault_handler` too: those whose ExcCode is that of a bit of `kinds` (2 to 5, 9 to 13 and 15: unmapped pages,
            /// before one comes on demand; bad addresses; `break`; reserved instructions; coprocessors; overflow; traps; and
            /// floating point in a kernel for it). None, or `func` 0: no longer. `-E_INVAL`: another bit, or an address that is not below UTOP, or not a multiple of 4.
            9604 SetExceptionHandler set_exception_handler(id, kinds, func, xstacktop);
            /// Sends four words to `to` (another environment) and waits for an answer from it alone: waits in its line of senders
            /// until it receives, first come, first served, and hands it the CPU, for the rest of the caller's time slices, where
            /// it waits already. For the registers see "Messages of four words". `-E_INVAL`: `to` is the caller. `-E_BAD_ENV`:
            /// there is none, or it has ended before it has answered.
            9605 MsgCall msg_call(to);
            /// Answers `to` with four words, unless it is 0 or does not wait for a message that the caller may send: such an
            /// answer is dropped. Then receives from anybody: the first in the caller's line, and if there is none, it waits, while
            /// `to` has the CPU for the rest of the caller's time slices. `-E_INVAL`: `to` is the caller.
            9606 MsgReplyWait msg_reply_wait(to);
            /// Sends four words and a run of pages to `to`, unless that is 0, and then receives from `from`: anybody for 0xffffffff,
            /// nobody for 0. Each may have its time in ticks. `-E_INVAL`: `to` or `from` is the caller, the third argument is not
            /// 0, one of the pages may not be mapped with these permissions (`mem_map`) or they are more than 64, or those that come
            /// would go above UTOP. `-E_BAD_ENV`: there is no `to` or `from`, or it has ended meanwhile. `-E_IPC_NOT_RECV`: `to` does
            /// not receive, and there is no time to wait. `-E_TIMEOUT`: the time is over.
            9607 Msg msg(to, from, zero);
            /// Writes the registers that `id` (self or child) goes on with to the trapframe at `tf`, as `set_trapframe` loads them;
            /// the caller itself goes on behind this call. `-E_INVAL`: `tf` cannot be written.
            9608 GetTrapframe get_trapframe(id, tf);
            /// Finds the first page that `id` (self or child) has mapped below UTOP, at the page of `va` or above: v1 is its address,
            /// a0 its page-table entry. Where a0 is 0 an interrupt has come in: there is none below v1, and the rest is
            /// still to be looked at. `-E_NOT_FOUND`: there is none.
            9609 NextMapping next_mapping(id, va);
            /// Makes the `count` calls of the array at `calls`, one after the other, until one fails. Each is eight words: number,
            /// five arguments, room for the result, and 0. Returns how many were made; v1 is the error of the next one, or 0: all
            /// were, or an interrupt has come in, and the rest is still to be made. If the first one fails, its error is what is
            /// returned, and nothing has changed. See "Several calls in one".
            9610 Batch batch(calls, count);
            /// Returns a byte from the console, if one has come. `-E_TIMEOUT`: none has.
            9611 CgetcNow cgetc_now();
            /// Returns what `id` (self or child) has set by `set_pgfault_handler` and `set_exception_handler`: v1 is the handler of
            /// stores, a0 the kinds of exceptions, a1 their handler, a2 the top of the exception stack.
            9612 GetHandlers get_handlers(id);
            /// Returns the number of the CPU, from 0 on, on which environment `id` runs, be it whose it may. `-E_NOT_FOUND`: it
            /// does not run.
            9613 GetCpu get_cpu(id);
            /// Tells the time since the machine was switched on: v1 is how many ticks of the clock there have been, modulo 2^32, and
            /// a0 how many nanoseconds a tick lasts. Waits that do not last for ever end with ticks.
            9614 GetTime get_time();
            // teacher end
        }
    };
}

/// Bytes that one call of `puts` writes at most.
pub const PUTS_MAX: u32 = 256;

macro_rules! declare_sysno {
    ($($(#[doc = $doc:literal])* $number:literal $name:ident $func:ident($($arg:ident),*);)*) => {
        /// A system call's number.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u32)]
        pub enum Sysno {
            $($(#[doc = $doc])* $name = $number,)*
        }

        impl Sysno {
            /// The lowest number, at which numbers begin to be counted by [`Sysno::index`].
            pub const FIRST: u32 = 9527;
            /// How many numbers there are from the lowest to the highest, whether they mean something or not.
            // teacher begin
            // otherwise: pub const RANGE: usize = 77;
            pub const RANGE: usize = 88;
            // teacher end

            /// How far its number is from the lowest.
            pub const fn index(self) -> usize {
                (self as u32 - Self::FIRST) as usize
            }

            /// Every call, in the order of the table.
            pub const ALL: &[Sysno] = &[$(Sysno::$name),*];

            /// The call with this number, if there is one.
            pub const fn from_u32(n: u32) -> Option<Self> {
                match n {
                    $($number => Some(Sysno::$name),)*
                    _ => None,
                }
            }

            /// The call's name in the ABI, without the `sys_`.
            pub const fn name(self) -> &'static str {
                const NAMES: [&str; Sysno::RANGE] = {
                    let mut names = [""; Sysno::RANGE];
                    // A raw identifier (`r#yield`) is spelled without its mark.
                    $(names[Sysno::$name.index()] = match stringify!($func).as_bytes() {
                        [b'r', b'#', ..] => stringify!($func).split_at(2).1,
                        _ => stringify!($func),
                    };)*
                    names
                };
                NAMES[self.index()]
            }

            /// The names of its arguments.
            pub const fn args(self) -> &'static [&'static str] {
                match self {
                    $(Sysno::$name => &[$(stringify!($arg)),*],)*
                }
            }

            /// What it does, with its errors.
            pub const fn doc(self) -> &'static str {
                match self {
                    $(Sysno::$name => concat!($($doc),*),)*
                }
            }
        }
    };
}

syscall_table!(declare_sysno);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_calls_are_one_to_one() {
        for &call in Sysno::ALL {
            assert_eq!(Sysno::from_u32(call as u32), Some(call));
            assert!(call.args().len() <= 5);
            assert!(!call.doc().is_empty());
        }
        assert_eq!(Sysno::from_u32(9526), None);
        assert_eq!(Sysno::from_u32(9544), None);
        assert_eq!(Sysno::from_u32(9599), None);
        assert_eq!(Sysno::Yield.name(), "yield");
    }
}
