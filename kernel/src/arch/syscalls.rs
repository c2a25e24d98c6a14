//! The table that the entry code looks a system call up in: `handle_sys` of `arch/handlers.S`.

use mos_abi::Sysno;
use mos_core::Kernel;
use mos_core::syscall::{Entry, Return};

use crate::hardware::Hardware;

/// Number of the first system call. `cpu_page.S` knows it.
const FIRST: u32 = Sysno::FIRST;
/// How many numbers the table covers. `cpu_page.S` knows it.
const COUNT: usize = Sysno::RANGE;

/// For each number from [`FIRST`] on, what handles the call: assembly or Rust.
pub type Entries = [unsafe extern "C" fn(&mut Kernel<Hardware>, u32, u32, u32) -> Return; COUNT];

#[expect(
    improper_ctypes,
    reason = "assembly hands the pointer on and looks at nothing behind it"
)]
unsafe extern "C" {
    /// Saves all registers, like any other exception.
    fn sys_full(kernel: &mut Kernel<Hardware>, a: u32, b: u32, c: u32) -> Return;
    /// `getenvid`.
    fn sys_getenvid(kernel: &mut Kernel<Hardware>, a: u32, b: u32, c: u32) -> Return;
    // teacher begin
    /// `ipc_call`, or [`ipc_call_in_rust`].
    #[cfg(not(feature = "priority"))]
    fn sys_ipc_call(kernel: &mut Kernel<Hardware>, a: u32, b: u32, c: u32) -> Return;
    // teacher end
    /// `yield`.
    fn sys_yield(kernel: &mut Kernel<Hardware>, a: u32, b: u32, c: u32) -> Return;
}

// teacher begin
/// `ipc_call` where it is not plain.
#[unsafe(no_mangle)]
extern "C" fn ipc_call_in_rust(kernel: &mut Kernel<Hardware>, a: u32, b: u32, c: u32) -> Return {
    Kernel::entry(Sysno::IpcCall)(kernel, a, b, c)
}
// teacher end

/// Every call the long way, on which it can be logged and made again.
pub static WHOLE: Entries = [sys_full; COUNT];

/// Every call the shortest way there is for it.
pub static FAST: Entries = {
    let mut entries: Entries = [sys_full; COUNT];
    let mut index = 0;
    while index < COUNT {
        if let Some(call) = Sysno::from_u32(FIRST + index as u32) {
            entries[index] = entry(call);
        }
        index += 1;
    }
    entries
};

const fn entry(
    call: Sysno,
) -> unsafe extern "C" fn(&mut Kernel<Hardware>, u32, u32, u32) -> Return {
    match call {
        Sysno::Getenvid => sys_getenvid,
        Sysno::Yield => sys_yield,
        // These two want all registers in the trapframe; the last one is in no hurry.
        Sysno::EnvAlloc | Sysno::SetTrapframe | Sysno::Panic => sys_full,
        // teacher begin
        // What they bring is in registers that others may change.
        Sysno::MsgCall | Sysno::MsgReplyWait | Sysno::Msg => sys_full,
        #[cfg(not(feature = "priority"))]
        Sysno::IpcCall => sys_ipc_call,
        // What they return is, too; and these want to see all of the caller's.
        Sysno::GetTrapframe | Sysno::NextMapping | Sysno::Batch | Sysno::GetHandlers => sys_full,
        // teacher end
        _ => {
            let entry: Entry<Hardware> = Kernel::entry(call);
            entry
        }
    }
}
