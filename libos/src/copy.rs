//! Bytes copied to and from memory that others may change meanwhile: what lies in a [`Window`](crate::Window).

use core::arch::global_asm;

use mos_abi::layout::PAGE_SIZE;

use crate::Window;

global_asm!(include_str!("asm/copy.S"));

unsafe extern "C" {
    /// Copies `count` bytes, which do not overlap.
    fn copy_bytes(to: u32, from: u32, count: u32);
}

/// Copies the bytes at `from` to `bytes`.
///
/// # Safety
///
/// They must be in windows with pages, which `bytes` must not be.
pub(crate) unsafe fn load(bytes: &mut [u8], from: u32) {
    let to = bytes.as_mut_ptr().expose_provenance() as u32;
    // SAFETY: ours to write, and what is there is mapped; any bytes are valid.
    unsafe { copy_bytes(to, from, bytes.len() as u32) }
}

/// Copies `bytes` to `to`.
///
/// # Safety
///
/// There must be windows with pages that may be written, which `bytes` must not be in.
pub(crate) unsafe fn store(to: u32, bytes: &[u8]) {
    let from = bytes.as_ptr().expose_provenance() as u32;
    // SAFETY: ours to read, and where it goes there is no Rust object.
    unsafe { copy_bytes(to, from, bytes.len() as u32) }
}

/// The same with words.
///
/// # Safety
///
/// As for [`store`].
pub(crate) unsafe fn store_words(to: u32, words: &[u32]) {
    let from = words.as_ptr().expose_provenance() as u32;
    // SAFETY: ours to read, and where it goes there is no Rust object.
    unsafe { copy_bytes(to, from, size_of_val(words) as u32) }
}

/// Copies a page.
///
/// # Safety
///
/// Both must be there, and no Rust object in that at `to`.
pub(crate) unsafe fn page(to: u32, from: u32) {
    // SAFETY: the caller's promise; any bytes are valid.
    unsafe { copy_bytes(to, from, PAGE_SIZE) }
}

/// The bytes of `page`.
///
/// # Safety
///
/// It must be there, and be nobody else's as long as the result is used.
pub(crate) unsafe fn bytes_of<'a>(page: Window) -> &'a mut [u8; PAGE_SIZE as usize] {
    let bytes = core::ptr::with_exposed_provenance_mut(page.address() as usize);
    // SAFETY: the caller's promise; any bytes are valid.
    unsafe { &mut *bytes }
}
