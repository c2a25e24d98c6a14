//! What programs of `user/` share.

#![no_std]
#![forbid(unsafe_code)]

// teacher begin
pub mod challenges;
// teacher end
pub mod check;
// lab 5 begin
pub mod disk;
pub mod server;
// lab 5 end
pub mod sieve;
// lab 5 begin
pub mod soft;
// lab 5 end
// teacher begin
pub mod together;
// teacher end
