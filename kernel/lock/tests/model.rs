//! All orders in which a few CPUs can come, and all that they can see of each other's words: the lock, the calls and the wake-up
//! hold in each; and without any one of what they consist of, there is one in which they do not.

#![forbid(unsafe_code)]

mod model {
    pub mod aside;
    pub mod call;
    pub mod cpu;
    pub mod exclusion;
    pub mod rest;
}
