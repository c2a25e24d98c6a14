//! Prints 2, again and again, in a busy loop; `user_A` does likewise, and what comes out shows who had the CPU how long:
//! `make run PROG=user_A,user_B PRI=1,2`.

#![no_std]
#![forbid(unsafe_code)]

use mos_user::challenges::digits;

fn main() {
    digits::print(2);
}
