//! The file system of MOS, over any [`Disk`]: the format that all years of the course share, read and written
//! without `unsafe`, without a heap, and without a panic whatever is on the disk.
//!
//! What was written reaches the disk later, all at once, and in an order that needs no journal: [`sync`] says why
//! a power cut between any two sectors leaves every file as it was before an operation or after it, and at
//! worst blocks that nobody uses, which [`check`] finds.
//!
//! | module | concept |
//! | --- | --- |
//! | [`layout`] | where things are on a disk, and the byte orders that disks come in |
//! | [`disk`] | the boundary to what keeps sectors |
//! | [`store`] | the memory that a file system is given to work in |
//! | [`cache`] | blocks in memory |
//! | [`fs`] | a mounted disk |
//! | [`sync`] | what is written when |
//! | [`alloc`] | which blocks are free |
//! | [`inode`] | what an entry says of its file, and which block comes where in it |
//! | [`node`] | files that are open |
//! | [`path`] | names and the way along them |
//! | [`dir`] | entries of directories |
//! | [`file`] | reading, writing, sizes |
//! | [`lend`] | blocks of files that others have mapped |
//! | [`rename`] | the only operation that changes two sectors, and its log |
//! | [`make`] | empty file systems |
//! | [`check`] | what is wrong on a disk, and how it is mended |

#![no_std]
#![forbid(unsafe_code)]
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

pub mod alloc;
pub mod cache;
pub mod check;
pub mod dir;
pub mod disk;
mod error;
pub mod file;
pub mod fs;
pub mod inode;
pub mod layout;
pub mod lend;
pub mod make;
pub mod node;
pub mod path;
pub mod rename;
pub mod store;
pub mod sync;

pub use disk::{Disk, DiskError};
pub use error::Error;
pub use fs::Fs;
pub use node::Handle;
pub use path::Name;
pub use store::{Memory, Store};
