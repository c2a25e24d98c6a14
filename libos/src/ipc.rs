//! Messages between environments: one word and, if wanted, one page.

use mos_abi::{EnvId, Error, PteFlags};

use crate::env::{id, slot_of, yield_now};
use crate::{Window, syscall};

/// A message received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message {
    /// The word.
    pub value: u32,
    /// Its sender.
    pub from: EnvId,
    /// How the page that came along is mapped; empty when none was sent or taken.
    pub perm: PteFlags,
}

/// Sends `value` to `to` as soon as that receives.
///
/// [`Error::BadEnv`]: it does not live, or has ended meanwhile.
pub fn ipc_send(to: EnvId, value: u32) -> Result<(), Error> {
    send(to, value, 0, PteFlags::empty())
}

/// Sends `value` and the page in `window`, which both will share, mapped there with `perm`.
///
/// [`Error::Inval`]: there is no page, or it is read-only and would become writable.
/// [`Error::NoMem`]: no page table for the receiver. Otherwise as [`ipc_send`].
pub fn ipc_send_page(to: EnvId, value: u32, window: Window, perm: PteFlags) -> Result<(), Error> {
    send(to, value, window.address(), perm)
}

/// Sends `value` without waiting. [`Error::IpcNotRecv`]: `to` does not receive now.
pub fn ipc_try_send(to: EnvId, value: u32) -> Result<(), Error> {
    can_send(to, value, 0, PteFlags::empty())
}

/// Waits for a message. A page that comes along is not taken.
///
/// [`Error::Unspecified`]: the parent made us runnable before one came.
pub fn ipc_recv() -> Result<Message, Error> {
    recv(0)
}

/// Waits for a message and takes a page that comes along into `window`, instead of what is there.
///
/// Errors as for [`ipc_recv`].
pub fn ipc_recv_page(window: Window) -> Result<Message, Error> {
    recv(window.address())
}

/// Sends `value` to `to`, which gets the CPU at once, and waits for the next message: with another
/// environment that does the same, a call and its answer. A page that comes along is not taken.
///
/// [`Error::IpcNotRecv`]: `to` does not wait for a message, and nothing was sent. [`Error::BadEnv`]: it
/// does not live. [`Error::Unspecified`]: the parent made us runnable before a message came.
pub fn ipc_call(to: EnvId, value: u32) -> Result<Message, Error> {
    let mut words = [0; 3];
    // SAFETY: no page is taken, so our memory stays as it is.
    unsafe { syscall::ipc_call_message(to, value, 0, &mut words) }?;
    let [value, from, perm] = words;
    Ok(Message {
        value,
        from: EnvId(from),
        perm: PteFlags::from_bits_truncate(perm),
    })
}

/// [`ipc_call`] for the word of the answer alone, which comes in a register.
///
/// Errors as for [`ipc_call`].
#[inline(always)]
pub fn ipc_ask(to: EnvId, value: u32) -> Result<u32, Error> {
    syscall::ipc_call_value(to, value)
}

fn send(to: EnvId, value: u32, srcva: u32, perm: PteFlags) -> Result<(), Error> {
    // exercise 4.11 begin
    loop {
        match can_send(to, value, srcva, perm) {
            Err(Error::IpcNotRecv) => yield_now(),
            result => return result,
        }
    }
    // exercise 4.11 end
}

fn can_send(to: EnvId, value: u32, srcva: u32, perm: PteFlags) -> Result<(), Error> {
    // SAFETY: gives the receiver a mapping where it asked for one; our memory stays as it is.
    unsafe { syscall::ipc_can_send(to.0, value, srcva, perm.bits()) }.map(drop)
}

fn recv(dstva: u32) -> Result<Message, Error> {
    // exercise 4.10 begin
    // SAFETY: a page is mapped in a window at most, where there is no Rust object.
    unsafe { syscall::ipc_recv(dstva) }?;
    let slot = slot_of(id());
    Ok(Message {
        value: slot.ipc_value(),
        from: EnvId(slot.ipc_from()),
        perm: PteFlags::from_bits_truncate(slot.ipc_perm()),
    })
    // exercise 4.10 end
}
