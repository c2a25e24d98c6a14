//! The table that the entry code looks a system call up in: `handle_sys` of `arch/handlers.S`.

use mos_abi::Sysno;
use mos_core::Kernel;
use mos_core::syscall::{Entry, Return};

use crate::hardware::Hardware;

/// Number of the first system call. `cpu_page.S` knows it.
const FIRST: u32 = Sysno::FIRST;
/// How many numbers the table covers. `cpu_page.S` knows it.
const COUNT: usize = Sysno::RANGE;

// teacher begin
// otherwise: /// For each number from [`FIRST`] on, what handles the call: assembly or Rust.
// otherwise: pub type Entries = [unsafe extern "C" fn(&mut Kernel<Hardware>, u32, u32, u32) -> Return; COUNT];
/// For each number from [`FIRST`] on, where `handle_sys` goes, and then where `handle_touch` does.
pub type Entries = [unsafe extern "C" fn(); COUNT + 1];
/// For each of them, what handles the call if that is `sys_in_rust`.
pub type Functions = [unsafe extern "C" fn(&mut Kernel<Hardware>, u32, u32, u32) -> Return; COUNT];
// teacher end

#[expect(
    improper_ctypes,
    reason = "assembly hands the pointer on and looks at nothing behind it"
)]
unsafe extern "C" {
    // teacher begin
    // otherwise: /// Saves all registers, like any other exception.
    // otherwise: fn sys_full(kernel: &mut Kernel<Hardware>, a: u32, b: u32, c: u32) -> Return;
    // otherwise: /// `getenvid`.
    // otherwise: fn sys_getenvid(kernel: &mut Kernel<Hardware>, a: u32, b: u32, c: u32) -> Return;
    // teacher end
    /// `yield`.
    fn sys_yield(kernel: &mut Kernel<Hardware>, a: u32, b: u32, c: u32) -> Return;
}

// teacher begin
unsafe extern "C" {
    /// Saves all registers, like any other exception.
    fn handle_exception();
    /// Calls one of [`FUNCTIONS`].
    fn sys_in_rust();
    /// Likewise, with all registers in the trapframe.
    fn sys_with_registers();
    fn sys_getenvid();
    fn short_yield();
    fn short_send();
    fn short_recv();
    fn short_ipc_call();
    fn short_call();
    fn short_reply();
    fn short_alloc();
    fn short_copy();
    fn short_map();
    fn short_unmap();
    fn short_touch();
    fn several_ipc_call();
    fn several_call();
    fn several_reply();
    fn several_alloc();
    fn several_copy();
    fn several_map();
    fn several_unmap();
}

/// What handles a call where it is not plain, or there is no shortcut for it.
pub static FUNCTIONS: Functions = {
    let mut functions: Functions = [sys_yield; COUNT];
    let mut index = 0;
    while index < COUNT {
        match Sysno::from_u32(FIRST + index as u32) {
            None | Some(Sysno::Yield) => {}
            Some(call) => {
                let function: Entry<Hardware> = Kernel::entry(call);
                functions[index] = function;
            }
        }
        index += 1;
    }
    functions
};
// teacher end

/// Every call the long way, on which it can be logged and made again.
// teacher begin
// otherwise: pub static WHOLE: Entries = [sys_full; COUNT];
pub static WHOLE: Entries = [handle_exception; COUNT + 1];
// teacher end

// teacher begin
/// Likewise, but for those that have nothing to do with the run queue: what one CPU of several has.
pub static SHARED: Entries = {
    let mut entries: Entries = WHOLE;
    entries[Sysno::Getenvid.index()] = sys_getenvid;
    entries[Sysno::IpcCall.index()] = several_ipc_call;
    entries[Sysno::MsgCall.index()] = several_call;
    entries[Sysno::MsgReplyWait.index()] = several_reply;
    entries[Sysno::MemAlloc.index()] = several_alloc;
    entries[Sysno::MemMap.index()] = several_map;
    entries[Sysno::MemUnmap.index()] = several_unmap;
    // As in `FAST`.
    if !cfg!(feature = "monitor") {
        entries[Sysno::MemCopy.index()] = several_copy;
        entries[COUNT] = short_touch;
    }
    entries
};

// teacher end
/// Every call the shortest way there is for it.
pub static FAST: Entries = {
    // teacher begin
    // otherwise: let mut entries: Entries = [sys_full; COUNT];
    let mut entries: Entries = WHOLE;
    // The monitor is to see every exception.
    if !cfg!(feature = "monitor") {
        entries[COUNT] = short_touch;
    }
    // teacher end
    let mut index = 0;
    while index < COUNT {
        if let Some(call) = Sysno::from_u32(FIRST + index as u32) {
            entries[index] = entry(call);
        }
        index += 1;
    }
    entries
};

// teacher begin
// otherwise: const fn entry(
// otherwise:     call: Sysno,
// otherwise: ) -> unsafe extern "C" fn(&mut Kernel<Hardware>, u32, u32, u32) -> Return {
// otherwise:     match call {
// otherwise:         Sysno::Getenvid => sys_getenvid,
// otherwise:         Sysno::Yield => sys_yield,
// otherwise:         // These two want all registers in the trapframe; the last one is in no hurry.
// otherwise:         Sysno::EnvAlloc | Sysno::SetTrapframe | Sysno::Panic => sys_full,
// otherwise:         _ => {
// otherwise:             let entry: Entry<Hardware> = Kernel::entry(call);
// otherwise:             entry
// otherwise:         }
// otherwise:     }
// otherwise: }
const fn entry(call: Sysno) -> unsafe extern "C" fn() {
    use Sysno::*;
    match call {
        Getenvid => sys_getenvid,
        MemAlloc => short_alloc,
        // The monitor is to see what is copied.
        MemCopy if !cfg!(feature = "monitor") => short_copy,
        MemMap => short_map,
        MemUnmap => short_unmap,
        // By another rule who is next is not in the queue alone, or hands over the CPU to nobody.
        Yield if !cfg!(feature = "other-rule") => short_yield,
        IpcCanSend if !cfg!(feature = "other-rule") => short_send,
        IpcRecv if !cfg!(feature = "other-rule") => short_recv,
        IpcCall if !cfg!(feature = "priority") => short_ipc_call,
        MsgCall if !cfg!(feature = "priority") => short_call,
        MsgReplyWait if !cfg!(feature = "priority") => short_reply,
        // These want all registers in the trapframe, or what they bring or return is in registers that others may change; `panic`
        // is in no hurry.
        EnvAlloc => sys_with_registers,
        SetTrapframe | MsgCall | MsgReplyWait | Msg | GetTrapframe | NextMapping | Batch
        | GetHandlers | GetCpu | GetTime | Panic => handle_exception,
        _ => sys_in_rust,
    }
}
// teacher end
