//! Descriptors given to children.

use core::cell::{Cell, UnsafeCell};

use mos_abi::EnvId;
use mos_abi::layout::pdx;

use super::pipe::{self, Pipe};
use super::table::{DATA_END, TABLE};
use super::{Device, Fd, device};
use crate::family::Give;
use crate::io::Error;

/// Something of this environment alone, though the compiler does not know.
struct Alone<T>(UnsafeCell<T>);

// SAFETY: it is read and written whole, there is no reference to it, and no upcall uses it.
unsafe impl<T> Sync for Alone<T> {}

/// Whether there may be descriptors. Where nothing uses any the compiler knows that it is never set, and the program has no code
/// for its children's.
static USED: Alone<bool> = Alone(UnsafeCell::new(false));

/// Says that there may be descriptors.
#[inline(always)]
pub(crate) fn uses() {
    // SAFETY: as above.
    unsafe { *USED.0.get() = true };
}

/// What fills the address space of a child of fork besides.
static WAY: Alone<Cell<Option<Give>>> = Alone(UnsafeCell::new(Cell::new(None)));

/// What fills a child's address space: `way`, and before that pipes have their pages there in the order that `pipe::ends`
/// needs.
#[inline(always)]
pub(crate) fn way(way: Give) -> Give {
    // SAFETY: as above.
    if unsafe { *USED.0.get() } {
        // SAFETY: likewise.
        unsafe { (*WAY.0.get()).set(Some(way)) };
        with_descriptors
    } else {
        way
    }
}

// Nothing that is called here may call `uses`: then every program that forks would have all of this.
fn with_descriptors(child: EnvId) -> Result<(), mos_abi::Error> {
    let pipes = Fd::all().filter(|fd| fd.is_open() && fd.device() == u32::from(pipe::ID));
    for fd in pipes {
        fd.share(child, fd, Pipe.pages(fd))?;
        Pipe.given(fd, child);
    }
    // SAFETY: as above.
    let way = unsafe { (*WAY.0.get()).get() };
    way.map_or(Ok(()), |way| way(child))
}

/// Has descriptor `to` of `child` be what our `fd` is.
///
/// # Errors
/// It is not open. `NoMem`.
pub(crate) fn give(fd: Fd, child: EnvId, to: Fd) -> Result<(), Error> {
    let device = device::of(fd)?;
    fd.share(child, to, device.pages(fd))?;
    device.given(fd, child);
    Ok(())
}

/// Whether pages of descriptors or of their data are in the page table of `va`.
pub(crate) fn has(va: u32) -> bool {
    let [first, last] = [TABLE, DATA_END].map(pdx);
    (first..last).contains(&pdx(va))
}
