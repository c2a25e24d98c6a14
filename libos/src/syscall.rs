//! The bare system calls, one function each, made from the table that the kernel's dispatch is made
//! from too.
//!
//! They take and return what the ABI says: ids and addresses as words. Most programs want the safe
//! functions of [`crate::env`], [`crate::page`], [`crate::ipc`] and [`crate::console`] instead.

use core::arch::global_asm;

use mos_abi::{EnvId, Error, Sysno, syscall_table};

global_asm!(include_str!("asm/msyscall.S"));
// teacher begin
global_asm!(include_str!("asm/state.S"));
// teacher end

unsafe extern "C" {
    /// Traps into the kernel with the call's number and its arguments, each a `u32`.
    fn msyscall(number: u32, ...) -> i32;
    /// The same for `ipc_call`: its result in the low word, the value of its message in the high one.
    fn msyscall_pair(number: u32, id: u32, value: u32, dstva: u32) -> u64;
    /// The same for its whole message, which comes in registers: value, sender, permissions.
    fn msyscall_message(
        number: u32,
        id: u32,
        value: u32,
        dstva: u32,
        message: &mut [u32; 3],
    ) -> i32;
    // teacher begin
    /// The same for a call that returns v1, a0, a1 and a2.
    fn msyscall_words(number: u32, a: u32, b: u32, words: &mut [u32; 4]) -> i32;
    // teacher end
}

macro_rules! stubs {
    ($($(#[doc = $doc:literal])* $number:literal $name:ident $func:ident($($arg:ident),*);)*) => {
        $(
            $(#[doc = $doc])*
            ///
            /// # Safety
            ///
            /// The call must not take away or change memory that this program relies on.
            // A child of `env_alloc` returns in frames that its parent has left meanwhile: there must be none.
            #[inline(always)]
            pub unsafe fn $func($($arg: u32),*) -> Result<u32, Error> {
                // SAFETY: the kernel reads the number and the arguments of this very call; what it
                // does with them is the caller's to answer for.
                Error::check(unsafe { msyscall($number, $($arg),*) })
            }
        )*
    };
}

syscall_table!(stubs);

/// Any call, by its number.
///
/// # Safety
///
/// As for the call with this number.
pub(crate) unsafe fn any(number: u32, [a, b, c, d, e]: [u32; 5]) -> Result<u32, Error> {
    // SAFETY: as for the stubs.
    Error::check(unsafe { msyscall(number, a, b, c, d, e) })
}

/// [`ipc_call`] without a page, with the value of the message that it returns.
#[inline(always)]
pub(crate) fn ipc_call_value(id: EnvId, value: u32) -> Result<u32, Error> {
    // SAFETY: the kernel reads these four arguments, and maps nothing.
    let pair = unsafe { msyscall_pair(Sysno::IpcCall as u32, id.0, value, 0) };
    Error::check(pair as i32).map(|_| (pair >> 32) as u32)
}

/// [`ipc_call`] with the message that it returns in registers: value, sender, permissions.
///
/// # Safety
///
/// The page at `dstva`, if that is not 0, must be none that this program relies on.
pub(crate) unsafe fn ipc_call_message(
    id: EnvId,
    value: u32,
    dstva: u32,
    message: &mut [u32; 3],
) -> Result<u32, Error> {
    let number = Sysno::IpcCall as u32;
    // SAFETY: the kernel reads the first four arguments, the stub writes to the last; the page is the
    // caller's to answer for.
    Error::check(unsafe { msyscall_message(number, id.0, value, dstva, message) })
}

// teacher begin
/// A call that returns v1, a0, a1 and a2, besides what it returns.
fn words_of(number: Sysno, a: u32, b: u32) -> (Result<u32, Error>, [u32; 4]) {
    let mut words = [0; 4];
    // SAFETY: it is one of those below; the stub writes to the last argument.
    let v0 = unsafe { msyscall_words(number as u32, a, b, &mut words) };
    (Error::check(v0), words)
}

/// [`next_mapping`]: address, entry.
pub(crate) fn next_mapping_words(id: u32, va: u32) -> (Result<u32, Error>, [u32; 4]) {
    words_of(Sysno::NextMapping, id, va)
}

/// [`get_handlers`]: of stores, kinds of exceptions, their handler, stack.
pub(crate) fn get_handlers_words(id: u32) -> (Result<u32, Error>, [u32; 4]) {
    words_of(Sysno::GetHandlers, id, 0)
}

/// [`get_time`]: ticks, and nanoseconds of one.
pub(crate) fn get_time_words() -> [u32; 2] {
    // It cannot fail.
    let (_, [ticks, tick, ..]) = words_of(Sysno::GetTime, 0, 0);
    [ticks, tick]
}

/// [`batch`], with the error of the call at which it stopped behind others.
///
/// # Safety
///
/// As for each of the calls.
pub(crate) unsafe fn batch_result(calls: u32, count: u32) -> (Result<u32, Error>, Option<Error>) {
    let (result, [failed, ..]) = words_of(Sysno::Batch, calls, count);
    let failed = result.ok().and_then(|_| Error::check(failed as i32).err());
    (result, failed)
}
// teacher end
