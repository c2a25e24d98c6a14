//! The file server: serves the files on disk 0 to who knows the protocol of the course, or ours. With the argument `24`, it is
//! the protocol of 2024 and later.

#![no_std]
#![forbid(unsafe_code)]

use libos::{Global, args, println};
use mos_fs::cache::Slot;
use mos_server::Numbering;
use mos_user::server::{self, BITS, Cached, SLOTS};

static CACHE: Global<[Slot; SLOTS]> = Global::new([Slot::EMPTY; SLOTS]);
static BLOCKS: Global<[u32; BITS]> = Global::new([0; BITS]);

fn main() {
    let numbering = if args().any(|argument| argument == "24") {
        Numbering::FromZero
    } else {
        Numbering::FromOne
    };
    CACHE.with(|slots| {
        BLOCKS.with(|bits| {
            let served = Cached::new(slots, bits).map(|store| server::serve(store, numbering));
            if let Some(Err(error)) = served {
                println!("fs: {error}");
            }
        });
    });
}
