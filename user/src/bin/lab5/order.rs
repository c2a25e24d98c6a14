//! What reaches the disk, and in which order.

use alloc::vec::Vec;

use crate::ide::drawn;
use crate::mounted::{Mounted, PLENTY, Ram, Written, contents, mount, name, on_disk};
use libos::println;
use mos_exam::disk::{Plan, Recipe};
use mos_exam::{Lots, saw, step, sum};
use mos_fs::layout::SECTORS;
use mos_fs::{Disk, Error, Handle};
use mos_user::check::Check;

/// Writes what is drawn to an open file, and closes it.
fn fill<D: Disk>(
    fs: &mut Mounted<D>,
    file: Handle,
    offset: u32,
    lots: &mut Lots,
    most: u32,
) -> Result<usize, Error> {
    let len = lots.from(1, most) as usize;
    let bytes = drawn(lots, len);
    let wrote = fs.write(file, offset, &bytes);
    fs.close(file)?;
    wrote
}

/// Changes all kinds of things.
fn change<D: Disk>(fs: &mut Mounted<D>, check: &mut Check, plan: &Plan) {
    for turn in 0..6 {
        let name = [b"/n", &name(&mut check.lots)[..]].concat();
        let made = fs
            .create(&name)
            .and_then(|file| fill(fs, file, turn * 9000, &mut check.lots, 9000));
        saw!(check, "bytes that were written to a new file", made);
        let planned = plan.file(turn + 2);
        let path = planned.path.as_str().as_bytes();
        let wrote = fs
            .open(path)
            .and_then(|file| fill(fs, file, planned.size / 2, &mut check.lots, 9000));
        saw!(
            check,
            "bytes that were written to one that was there",
            wrote
        );
        let removed = fs.remove(plan.file(turn + 10).path.as_str().as_bytes());
        saw!(check, "removing another", removed);
        if turn % 2 == 1 {
            saw!(check, "bringing it to the disk", fs.sync());
        }
    }
    let cut = fs
        .open(plan.file(7).path.as_str().as_bytes())
        .and_then(|file| {
            let less = fs.set_size(file, 50_000);
            let more = fs.set_size(file, 60_000);
            fs.close(file)?;
            Ok((less, more))
        });
    saw!(check, "cutting a file, and letting it grow again", cut);
}

fn on_the_disk(mut check: Check, slots: usize) {
    let plan = Plan::new(Recipe::Files, check.seed());
    on_disk(slots, |fs| {
        step!(check, "all kinds of changes");
        change(fs, &mut check, &plan);
        saw!(check, "closing the disk", fs.unmount());
        step!(check, "what was written is read from the disk");
        saw!(check, "free blocks", fs.free_blocks());
    });
    on_disk(PLENTY, |fs| {
        for n in 0..8 {
            let read = contents(fs, plan.file(n).path.as_str().as_bytes(), 4096);
            saw!(
                check,
                "a file's number, and what is in it",
                (n, read.map(|bytes| sum(&bytes)))
            );
        }
        saw!(check, "whether the disk was closed", !fs.was_in_use());
    });
}

/// `written-back`.
pub fn written_back(check: Check) {
    on_the_disk(check, PLENTY);
}

/// `small-cache`.
pub fn small_cache(check: Check) {
    on_the_disk(check, 16);
}

/// What a disk may have if the power goes at `point` of what was written: all up to the last flush before that, and of what came
/// later whatever it likes.
fn cut_off(before: &Ram, writes: &[Written], point: usize, lots: &mut Lots) -> Ram {
    let mut disk = before.clone();
    let writes = &writes[..point];
    let flushed = writes.iter().rposition(Option::is_none).unwrap_or(0);
    for (at, write) in writes.iter().enumerate() {
        let is_there = at < flushed || lots.from(0, 1) == 1;
        if let Some((number, sector)) = write.as_ref().filter(|_| is_there) {
            // There was room for it before.
            let _ = disk.write(*number, sector);
        }
    }
    disk
}

/// The files that are changed, and one that is not.
const FILES: [&[u8]; 6] = [b"/a", b"/b", b"/c", b"/d", b"/e", b"/sub/new"];

/// How long each of them is, if it is there, and what is in it.
fn state<D: Disk>(fs: &mut Mounted<D>) -> [Result<(usize, u32), Error>; 6] {
    FILES.map(|path| {
        let bytes = contents(fs, path, 4096)?;
        Ok((bytes.len(), sum(&bytes)))
    })
}

/// One grows beyond ten blocks, one goes, another has its blocks then, and names come and go.
fn history<D: Disk>(fs: &mut Mounted<D>, check: &mut Check, part: u32) {
    let lots = &mut check.lots;
    let (at, new, most) = match part {
        0 => (38_000, &b"/sub/new"[..], 9000),
        _ => (50_000, &b"/e"[..], 60_000),
    };
    let results = (
        fs.open(b"/a")
            .and_then(|file| fill(fs, file, at, lots, 9000)),
        fs.remove(b"/b"),
        fs.open(b"/c")
            .and_then(|file| fs.set_size(file, 10).and(fs.close(file))),
        fs.create(new)
            .and_then(|file| fill(fs, file, 0, lots, most)),
    );
    saw!(
        check,
        "one grows, one is removed, one is cut, one is new",
        results
    );
    saw!(check, "bringing it to the disk", fs.sync());
}

/// `power-cut`.
pub fn power_cut(mut check: Check) {
    step!(check, "the history of a disk");
    let Ok(mut fs) = mount(Ram::empty(96), 64) else {
        println!("it cannot be mounted");
        return;
    };
    for path in &FILES[..4] {
        let made = fs
            .create(path)
            .and_then(|file| fill(&mut fs, file, 0, &mut check.lots, 6000));
        saw!(check, "bytes that were written to a new file", made);
    }
    saw!(check, "making a directory", fs.make_dir(b"/sub"));
    saw!(check, "closing the disk", fs.unmount());
    let before = fs.disk().disk.clone();
    let mut states = [state(&mut fs); 3];
    fs.disk().remembers = true;
    for part in 0..2 {
        history(&mut fs, &mut check, part);
        states[part as usize + 1] = state(&mut fs);
    }
    let writes = core::mem::take(&mut fs.disk().writes);
    let mut points: Vec<usize> = (0..60)
        .map(|_| check.lots.from(0, writes.len() as u32) as usize)
        .collect();
    points.extend(writes.len().saturating_sub(SECTORS)..=writes.len());
    let first = writes.iter().position(Option::is_none).unwrap_or(0);
    let (mut damages, mut strange, mut closed) = (0, 0, 0);
    for point in points {
        let Ok(mut fs) = mount(cut_off(&before, &writes, point, &mut check.lots), 64) else {
            damages += 1;
            continue;
        };
        closed += u32::from(point > first && !fs.was_in_use());
        let checked = fs.check(&mut |_| {});
        damages += checked.map_or(1, |summary| summary.damages);
        let now = state(&mut fs);
        let is_known = |n: &usize| states.iter().any(|state| state[*n] == now[*n]);
        strange += (0..FILES.len()).filter(|n| !is_known(n)).count();
    }
    step!(
        check,
        "wherever the power goes, at worst blocks are lost that nobody has"
    );
    saw!(check, "what is wrong besides, in all", damages);
    step!(check, "a file is as before, or as after");
    saw!(check, "how often one was not", strange);
    step!(check, "a disk that was not closed says so");
    saw!(check, "how often one did not", closed);
}
