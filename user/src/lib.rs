//! What programs of `user/` share.

#![no_std]
#![forbid(unsafe_code)]

pub mod check;
