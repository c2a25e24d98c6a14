//! What a program finds on its stack: arguments and variables.

use crate::is_child;
use crate::segments::PROGRAM;
use alloc::string::String;
use alloc::vec::Vec;
use libos::io::Error;
use libos::process::Command;
use libos::{args, env};
use mos_exam::{Lots, saw, step, sum};
use mos_user::check::Check;

fn text(lots: &mut Lots, len: u32) -> String {
    let letter = |_| char::from(b'!' + lots.from(0, 92) as u8);
    (0..len).map(letter).collect()
}

fn report(check: &mut Check) {
    step!(check, "a program has its arguments, in their order");
    let all: Vec<&str> = args().collect();
    saw!(check, "how many there are", all.len());
    for argument in &all {
        match argument.len() {
            0..100 => saw!(check, "an argument", argument),
            len => saw!(
                check,
                "the length of an argument, and its sum",
                (len, sum(argument.as_bytes()))
            ),
        }
    }
    step!(check, "and its variables");
    let mut vars: Vec<(String, String)> = env::vars().collect();
    // In their order, without a sort: its products come sooner after one another than an R3000 allows.
    while let Some((least, _)) = vars.iter().enumerate().min_by_key(|(_, var)| *var) {
        saw!(check, "a variable", vars.remove(least));
    }
    step!(check, "its stack goes on below them");
    let depth = check.lots.from(20, 60);
    saw!(check, "a sum that takes much of the stack", deep(depth));
}

/// Something that takes so many frames of the stack.
#[inline(never)]
fn deep(depth: u32) -> u32 {
    let room = core::hint::black_box([depth; 64]);
    match depth {
        0 => 0,
        depth => deep(depth - 1) + room[depth as usize % 64],
    }
}

/// Programs with none, some, and many.
pub fn arguments(mut check: Check) -> Result<(), Error> {
    if is_child() {
        report(&mut check);
        return Ok(());
    }
    let mut lots = check.lots.clone();
    let start = |command: &mut Command| -> Result<(), Error> {
        let child = command.spawn()?;
        env::wait(child.id());
        Ok(())
    };
    let name = text(&mut lots, 9);
    start(Command::new(PROGRAM).env_clear().arg0(&name))?;
    let mut command = Command::new(PROGRAM);
    for _ in 0..lots.from(3, 9) {
        let len = lots.from(0, 20);
        command.arg(&text(&mut lots, len));
    }
    command.env("FIRST", &text(&mut lots, 5)).env("SECOND", "");
    start(&mut command)?;
    let long = text(&mut lots, 5000);
    let mut command = Command::new(PROGRAM);
    for n in 0..9 {
        command.arg(&long[..4200 + n]);
    }
    start(command.env("LONG", &long[..20]))?;

    step!(check, "more than there is room for is refused");
    let mut command = Command::new(PROGRAM);
    for _ in 0..14 {
        command.arg(&long);
    }
    saw!(
        check,
        "what is said of 70,000 bytes",
        command.spawn().map(drop)
    );
    Ok(())
}
