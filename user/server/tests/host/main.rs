//! Host tests of the file server, over pages and a disk that are simulated.
//!
//! | module | concept |
//! | --- | --- |
//! | [`world`] | a server, its disk, its pages, and clients that have some of them |
//! | [`rules`] | what clients can rely on, one by one: the defects of the courses' servers are not ours |
//! | [`disk`] | the disk fails |
//! | [`kept`] | files that were closed, and are kept to be opened again |
//! | [`late`] | answers that wait |
//! | [`random`] | clients say anything |

#![forbid(unsafe_code)]

mod disk;
mod kept;
mod late;
mod place;
mod random;
mod rules;
mod world;
