//! A file server of our own, with one client and a disk in our own memory.

use alloc::vec;
use alloc::vec::Vec;

use crate::mounted::{Counted, Ram, Room, counted, mount, room};
use mos_abi::files::{filefd, mode, op};
use mos_abi::{EnvId, Error};
use mos_exam::saw;
use mos_fs::Fs;
use mos_server::clients::Filefd;
use mos_server::files::Files;
use mos_server::{Clients, Numbering, Server, Source};
use mos_user::check::Check;

/// Its client, who has everything open.
struct One;

impl Clients for One {
    fn is_kin(&mut self, who: EnvId, owner: EnvId) -> bool {
        who == owner
    }

    fn is_held(&mut self, _: usize) -> bool {
        true
    }

    fn said(&mut self, _: usize, _: usize) -> u32 {
        filefd::FILE_DEVICE
    }

    fn publish(&mut self, _: usize, _: &Filefd, _: bool) -> Result<(), Error> {
        Ok(())
    }

    fn tell(&mut self, _: usize, _: usize, _: u32) {}
}

/// A page with a path.
struct Page(Vec<u8>);

impl Source for Page {
    fn word(&self, index: usize) -> u32 {
        let bytes = self.0.get(4 * index..).and_then(|rest| rest.first_chunk());
        bytes.map_or(0, |bytes| u32::from_le_bytes(*bytes))
    }
}

/// A file that is made, sized and closed, by who may write it or not, and what is on the disk then.
pub fn closed(check: &mut Check, how: u32) {
    let Ok(fs) = Fs::mount(counted(Ram::empty(64)), room(40)) else {
        return;
    };
    let mut files = Files::new();
    let mut server: Server<'_, Counted<Ram>, Room, One> =
        Server::new(fs, &mut files, One, Numbering::FromOne);
    let mut page = Page(vec![0; 4096]);
    page.0[..5].copy_from_slice(b"/file");
    let client = EnvId::new(0, 3);
    let mut ask = |words: [u32; 4]| server.answer(client, &words, Some(&page)).words;
    let made = ask([op::OPEN, mode::CREATE | mode::WRITE, 0, 0]);
    let sized = ask([op::SET_SIZE, made[0], check.lots.from(1, 40_000), 0]);
    let other = ask([op::OPEN, how, 0, 0]);
    saw!(
        check,
        "a new size, and closing it",
        (sized, ask([op::CLOSE, other[0], 0, 0]))
    );
    let disk = server.fs().disk().disk.clone();
    let there = mount(disk, 40).and_then(|mut fs| fs.stat(b"/file"));
    saw!(check, "what is known of it on the disk", there);
}
