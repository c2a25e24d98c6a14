//! Makes, checks, reads and changes disks of MOS on the host: what stands behind `mos`.
//!
//! | module | concept |
//! | --- | --- |
//! | [`disk`] | a file as a disk, changed or only looked at |
//! | [`image`] | the file system on it |
//! | [`make`](mod@make) | new ones |
//! | [`put`](mod@put) | the host's files on their way there |
//! | [`rootfs`] | those that the system begins with |
//! | [`show`] | what is there |
//! | [`change`] | removing, moving |
//! | [`system`] | the disk that the system runs with |

#![forbid(unsafe_code)]

pub mod change;
pub mod disk;
pub mod image;
pub mod make;
pub mod put;
pub mod rootfs;
pub mod show;
pub mod system;
