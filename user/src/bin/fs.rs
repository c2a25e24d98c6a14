//! The file server: serves the files on disk 0 to who knows the protocol of the course, or ours. With the argument `24`, it is
//! the protocol of 2024 and later.

#![no_std]
#![forbid(unsafe_code)]

use libos::{Global, args, println};
use mos_server::Numbering;
use mos_user::server::{self, Tables};

static TABLES: Global<Tables> = Global::new(Tables::NEW);

fn main() {
    let numbering = if args().any(|argument| argument == "24") {
        Numbering::FromZero
    } else {
        Numbering::FromOne
    };
    TABLES.with(|tables| {
        if let Err(error) = server::serve(tables, numbering) {
            println!("fs: {error}");
        }
    });
}
