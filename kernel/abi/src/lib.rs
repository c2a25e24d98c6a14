//! The MOS ABI: every number and structure that the kernel and a program must agree on.
//!
//! It is the same on both machines: a program is built once and runs on the R3000 and on the 4Kc.
//! C programs use these sizes, offsets and numbers too, so none of them may change.
//!
//! - [`layout`]: the address space of an environment
//! - [`pte`]: page-table entries in the R3000's EntryLo format
//! - [`env`], [`page`], [`trapframe`]: what a program sees at UENVS and UPAGES and on its exception stack
//! - [`syscall`]: the one table that declares every system call
//! - [`error`]: error codes
//! - [`elf`]: the headers of a program's file
// teacher begin
//! - [`batch`]: the array of several calls in one
//! - [`exceptions`]: those that a program may handle itself
//! - [`files`]: how programs and the file server talk about files
// teacher end
//! - [`text`]: numbers and names in messages
//! - [`package`]: how an image hands programs to the kernel at boot
//! - [`message`]: the registers of the calls for messages of four words
//! - [`line`]: how much may be sent over GXemul's serial line
//! - [`bench`]: where benchmark programs begin and end what they measure

#![no_std]
#![feature(ascii_char, optimize_attribute)]
#![forbid(unsafe_code)]

// teacher begin
pub mod batch;
// teacher end
pub mod bench;
pub mod elf;
pub mod env;
pub mod error;
// teacher begin
pub mod exceptions;
pub mod files;
// teacher end
pub mod layout;
pub mod line;
// teacher begin
pub mod message;
// teacher end
pub mod package;
pub mod page;
pub mod pte;
pub mod syscall;
pub mod text;
pub mod trapframe;

pub use env::{Env, EnvId, EnvStatus, NENV};
pub use error::Error;
pub use page::Page;
pub use pte::PteFlags;
pub use syscall::Sysno;
pub use trapframe::Trapframe;
