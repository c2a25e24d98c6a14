//! What programs of `user/` share.

#![no_std]
#![forbid(unsafe_code)]

// teacher begin
pub mod challenges;
// teacher end
pub mod check;
// teacher begin
pub mod disk;
pub mod server;
// teacher end
pub mod sieve;
// teacher begin
pub mod soft;
// teacher end
