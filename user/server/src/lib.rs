//! What the file server of MOS does with the requests of its clients, whoever they are: without `unsafe`, a heap, or a panic
//! that a client could cause. The program around it has the messages, the pages and the disk.
//!
//! Nothing that a client says is believed. A request is copied before it is looked at, word by word, once. A file is known by a
//! number that has a generation, and belongs to who has opened it and to his children. What is opened to be read is
//! mapped to be read. Of all that there is a limited number of, a client gets as much as is left, so that
//! something is left for the next.
//!
//! | module | concept |
//! | --- | --- |
//! | [`request`] | what a message asks for |
//! | [`files`] | who has which files open |
//! | [`clients`] | the boundary to the program, and to who sends requests |
//! | [`answer`] | what a request comes to |
//! | [`serve`] | requests carried out |
//! | [`late`] | answers to those who do not wait for them yet |

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

pub mod answer;
pub mod clients;
pub mod files;
pub mod late;
pub mod request;
pub mod serve;

pub use answer::{Answer, Pages};
pub use clients::Clients;
pub use request::{Numbering, Request, Source};
pub use serve::Server;
