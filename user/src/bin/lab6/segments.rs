//! A program that is started from its file.

use crate::is_child;
use libos::io::Error;
use libos::process::Command;
use libos::{Global, env, fs, view};
use mos_exam::{saw, step};
use mos_user::check::{Check, frames_since};

/// The file of this program.
pub const PROGRAM: &str = "/bin/lab6";

/// What a program has besides its code: words that stay as they are, words that begin as something, and zeros.
static CONSTANT: [u32; 1500] = filled(0x9e37_79b9);
static VARIABLE: Global<[u32; 1500]> = Global::new(filled(0x85eb_ca6b));
static ZEROS: Global<[u32; 3000]> = Global::new([0; 3000]);

const fn filled<const N: usize>(step: u32) -> [u32; N] {
    let (mut words, mut n) = ([0; N], 0);
    while n < N {
        words[n] = (n as u32).wrapping_mul(step).rotate_left(n as u32 % 32);
        n += 1;
    }
    words
}

fn sum_of(words: &[u32]) -> u32 {
    let mut all = mos_exam::Sum::new();
    for word in words {
        all.add(&word.to_le_bytes());
    }
    all.value()
}

/// What this program has in its memory.
fn report(check: &mut Check) {
    step!(check, "a program has in its memory what its file has");
    saw!(
        check,
        "the sum of what it may not change",
        sum_of(&CONSTANT)
    );
    saw!(
        check,
        "the sum of what it may change",
        VARIABLE.with(|words| sum_of(words))
    );
    saw!(
        check,
        "the sum of what begins as zeros",
        ZEROS.with(|words| sum_of(words))
    );
    let drawn = check.lots.any();
    saw!(check, "a number of this run's", drawn);
    step!(check, "it may change what is its own");
    VARIABLE.with(|words| words[..1000].fill(drawn));
    ZEROS.with(|words| words[2000..].fill(!drawn));
    saw!(
        check,
        "the sum of what it has changed",
        VARIABLE.with(|words| sum_of(words))
    );
    saw!(
        check,
        "the sum of the zeros that it has changed",
        ZEROS.with(|words| sum_of(words))
    );
    for page in [0x0040_0000, 0x0040_1000] {
        let flags = view::page_flags(page).map(|flags| flags.contains(libos::PteFlags::R));
        saw!(check, "whether a page of its code may be changed", flags);
    }
}

/// This program once more, of its file.
pub fn segments(mut check: Check) -> Result<(), Error> {
    if is_child() {
        report(&mut check);
        return Ok(());
    }
    let spawn = || -> Result<(), Error> {
        let child = Command::new(PROGRAM).spawn()?;
        env::wait(child.id());
        Ok(())
    };
    // What is changed here is not in the file.
    VARIABLE.with(|words| words.fill(1));
    ZEROS.with(|words| words.fill(2));
    spawn()?;
    step!(check, "nothing is left of it when it has ended");
    let free = view::free_frames();
    spawn()?;
    saw!(
        check,
        "how many frames are missing then",
        frames_since(free)
    );
    step!(check, "who has started it has changed in nothing");
    saw!(
        check,
        "the sum of what may be changed",
        VARIABLE.with(|words| sum_of(words))
    );
    saw!(
        check,
        "the sum of what were zeros",
        ZEROS.with(|words| sum_of(words))
    );
    Ok(())
}

/// What can be started, and what cannot, in an order that nobody knows.
pub fn refused(mut check: Check) -> Result<(), Error> {
    if is_child() {
        return Ok(());
    }
    step!(check, "what is no program is not started");
    let bytes = fs::read(PROGRAM)?;
    let mut other = bytes.clone();
    other[check.lots.from(0, 3) as usize] ^= 0x55;
    let start = &bytes[..check.lots.from(1, 200) as usize];
    let mut tried = [None, Some(&[][..]), Some(start), Some(&other), Some(&bytes)];
    check.lots.shuffle(&mut tried);
    let tried = || {
        tried.map(|bytes| {
            let started = match bytes {
                Some(bytes) => Command::new("x").spawn_bytes(bytes),
                None => Command::new("/none").spawn(),
            };
            started.map(|child| {
                env::wait(child.id());
            })
        })
    };
    for said in tried() {
        saw!(
            check,
            "what is said of a program, of none, of one without bytes, of its first ones alone, or of another magic number",
            said
        );
    }
    step!(check, "nothing is left of what did not start");
    let free = view::free_frames();
    let _ = tried();
    saw!(check, "how many frames are missing", frames_since(free));
    Ok(())
}
