//! The machine-independent kernel of MOS: all of its policy, none of its hardware.
//!
//! One [`Kernel`] value owns all state and is passed as `&mut`; there is no global. What it needs of
//! a machine is the trait [`Machine`], so that the same code runs on the R3000, on the 4Kc, and on the
//! host under `cargo test` against a simulated machine.
//!
//! The kernel is event-driven. Interrupts are off inside, and it handles one trap at a time:
//!
//! ```text
//! trap ──> exception() | timer_tick() | console_ready()     what happened
//!      ──> resume()                                         who goes on: an environment, idle, power off
//! ```
//!
//! Rules that hold everywhere:
//!
//! - Nothing a program does panics the kernel: a call returns an error or ends its caller.
//! - A call that fails has changed nothing.
//! - An address from user space is a [`mem::user::UserRange`]; it is looked up in the environment's own table,
//!   never dereferenced.
//!
//! | module | concept |
//! | --- | --- |
//! | [`slot`] | places in the table of environments |
//! | [`machine`] | the boundary to the hardware |
//! | [`mem`] | frames and address spaces |
//! | [`mod@env`] | environments: what they are, who runs, what they say to each other, how they fail |
//! | [`elf`] | loading programs |
//! | [`syscall`] | decoding and dispatch of system calls |
//! | [`boot`] | the first environments |
//! | [`inspect`] | state for tests and debuggers to look at |

#![no_std]
#![forbid(unsafe_code)]
#![feature(optimize_attribute)]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects
    )
)]

pub mod boot;
pub mod elf;
pub mod env;
pub mod inspect;
mod kernel;
pub mod machine;
pub mod mem;
pub mod slot;
pub mod syscall;

pub use env::Platform;
pub use kernel::{Kernel, Next, Outcome};
pub use machine::Machine;
