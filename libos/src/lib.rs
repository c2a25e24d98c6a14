//! The library that every program of MOS stands on.
//!
//! The kernel multiplexes the machine and nothing more; what a program takes for granted (a `main`,
//! `println!`, `fork`, memory that is copied when it is written) is built here, in user space, from
//! the system calls of [`mos_abi::syscall`].
//!
//! A program is plain Rust:
//!
//! ```ignore
//! #![no_std]
//! #![forbid(unsafe_code)]
//!
//! use libos::println;
//!
//! fn main() {
//!     println!("I am {}", libos::env::id());
//! }
//! ```
//!
//! - [`env`]: environments: who am I, give way, end, look at others
//! - [`fork`](mod@fork): a child that is a copy, page by page, on the first write
// teacher begin
//! - [`family`]: its relatives: a child with a copy of everything at once, one that shares everything but the stack
// teacher end
//! - [`ipc`]: messages of one word and at most one page
//! - `msg`: messages of four words, for which both sides wait
//! - [`window`]: pages of memory that can be shared and sent
//! - [`upcall`]: stores to protected pages, reported to the program itself
// teacher begin
//! - [`fd`], [`io`]: descriptors, of files, pipes and the console
//! - [`fs`]: files by their paths
//! - [`process`]: other programs
//! - [`batch`]: several calls of the kernel in one
//! - [`shelf`]: pages at numbers, which a server keeps and lends
//! - [`snapshot`]: children that go back to what they were
//! - [`time`]: how long the machine runs, and waiting
//! - [`device`]: device registers, for those with the right
//! - [`exception`]: other exceptions, reported likewise
//! - [`float`]: the floating-point unit, where there is one
// teacher end
//! - [`console`]: `print!`, `println!` and input
//! - [`global`]: mutable variables of a whole program, without `unsafe`
// teacher begin
//! - [`word`]: variables of one word that several environments use at once
// teacher end
//! - [`view`]: page tables and frames, as the kernel lets every program read them
//! - [`syscall`]: the bare calls
//! - [`probe`], [`bench`]: what tests and benchmarks need and programs do not
//!
//! `unsafe` is confined to this crate; programs forbid it.

#![no_std]
#![feature(asm_experimental_arch, lang_items, never_type)]
#![allow(internal_features)] // `lang_items`: what makes `fn main` of a `no_std` program ordinary

// teacher begin
extern crate alloc;

mod area;
pub mod batch;
pub mod bench;
// teacher end
pub mod console;
// teacher begin
mod copy;
pub mod device;
// teacher end
pub mod env;
// teacher begin
pub mod exception;
pub mod family;
pub mod fd;
pub mod float;
// teacher end
pub mod fork;
// teacher begin
pub mod fs;
// teacher end
pub mod global;
// teacher begin
mod heap;
pub mod io;
// teacher end
pub mod ipc;
mod local;
// teacher begin
pub mod msg;
// teacher end
mod panic;
pub mod probe;
// teacher begin
pub mod process;
// teacher end
mod rt;
// teacher begin
pub mod shelf;
pub mod snapshot;
// teacher end
pub mod syscall;
// teacher begin
pub mod time;
// teacher end
pub mod upcall;
pub mod view;
pub mod window;
// teacher begin
pub mod word;
// teacher end

// teacher begin
pub use batch::Batch;
pub use family::{dumbfork, sfork};
pub use fork::batch_fork;
pub use snapshot::Snapshot;
// teacher end
pub use env::{destroy, exit, yield_now};
pub use fork::{Fork, fork, quick_fork};
pub use global::Global;
pub use ipc::{Message, ipc_ask, ipc_call, ipc_recv, ipc_recv_page, ipc_send, ipc_send_page};
pub use mos_abi::{EnvId, EnvStatus, Error, PteFlags, layout};
pub use rt::{Termination, args};
pub use upcall::{Fault, set_pgfault_handler};
pub use window::Window;
// teacher begin
pub use word::Word;
// teacher end
