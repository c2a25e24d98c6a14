//! The file server: serves the files on disk 0 to who knows the protocol of the course, or ours. With the argument `24`, it is
//! the protocol of 2024 and later.

#![no_std]
#![forbid(unsafe_code)]

use libos::{Global, args, println};
use mos_fs::cache::Slot;
use mos_server::Numbering;
use mos_user::server::{self, BITS, SLOTS};

static CACHE: Global<[Slot; SLOTS]> = Global::new([Slot::EMPTY; SLOTS]);
static BLOCKS: Global<[u32; BITS]> = Global::new([0; BITS]);

fn main() {
    let numbering = if args().any(|argument| argument == "24") {
        Numbering::FromZero
    } else {
        Numbering::FromOne
    };
    let served = CACHE.with(|slots| BLOCKS.with(|bits| server::serve(slots, bits, numbering)));
    if let Err(error) = served {
        println!("fs: {error}");
    }
}
