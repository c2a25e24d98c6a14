//! The checks of lab 5: a disk, and files on it. `tests/checks/lab5.toml` says what each of them tests.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod ata;
mod blocks;
mod changes;
mod drive;
mod files;
mod ide;
mod mounted;
mod order;
mod own;
mod requests;
mod simple;
// private begin
mod unseen;
// private end

use libos::{Error, println};
use mos_user::check::Check;

fn main() -> Result<(), Error> {
    let Some(check) = Check::ordered() else {
        return Ok(());
    };
    match check.name() {
        "disk-told" => ide::told(check),
        "sectors-read" => ide::read(check),
        "sectors-written" => ide::written(check),
        "disk-troubles" => ide::troubles(check),
        "simple-disk" => simple::simple(check),
        "block-read" => blocks::read(check),
        "blocks-of-a-file" => blocks::of_a_file(check),
        "paths" => blocks::paths(check),
        "read-files" => blocks::read_files(check),
        "read-scattered" => blocks::read_scattered(check),
        "read-damaged" => blocks::read_damaged(check),
        "free-blocks" => changes::free(check),
        "full-disk" => changes::full(check),
        "indirect-block" => changes::indirect(check),
        "write-files" => changes::written(check),
        "write-full" => changes::written_full(check),
        "new-files" => changes::new(check),
        "removed" => changes::removed(check),
        "cut-off" => changes::cut(check),
        "written-back" => order::written_back(check),
        "small-cache" => order::small_cache(check),
        "power-cut" => order::power_cut(check),
        "open-modes" => requests::open_modes(check),
        "sizes-and-closing" => requests::sizes(check),
        "mapped-pages" => requests::mapped(check),
        "files-read" => files::read(check),
        "files-written" => files::written(check),
        "places" => files::places(check),
        "copies" => files::copies(check),
        "clock" => blocks::clock(check),
        // private begin
        "unseen-history" => unseen::history(check),
        "unseen-descriptors" => unseen::descriptors(check),
        // private end
        name => println!("there is no check {name} in lab 5"),
    }
    Ok(())
}
