//! Memory: frames, and the address spaces that are made of them. It knows the machine, and nothing of environments.
//!
//! | module | concept |
//! | --- | --- |
//! | `frames` | frames and their reference counts |
//! | [`pgtable`] | two-level page tables |
//! | `groups` | which parts of a page table are in use |
// teacher begin
//! | `next` | the next mapping of an address space |
//! | [`run`] | mapping pages that follow one another |
// teacher end
//! | `share` | sharing a stretch of memory copy-on-write |
//! | `view` | the arrays that programs see read-only |
//! | [`asid`] | address-space ids with generations |
//! | [`user`] | reading and writing user memory |

pub mod asid;
mod frames;
mod groups;
// teacher begin
mod next;
// teacher end
pub mod pgtable;
// teacher begin
pub mod run;
// teacher end
mod share;
pub mod user;
pub(crate) mod view;

pub use frames::Memory;
