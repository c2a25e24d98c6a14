//! How programs end, and who hears of it.

use crate::is_child;
use crate::segments::PROGRAM;
use libos::io::Error;
use libos::process::{self, Command, Forked};
use libos::{Fork, args, env, fork, fs, yield_now};
use mos_exam::{saw, step};
use mos_user::check::{Check, until_it_ends};

/// Ends with `code`, and leaves somebody behind who ends otherwise, if told so.
fn end(code: u8, leaves_somebody: bool) -> ! {
    let own = env::id();
    if leaves_somebody && let Ok(Fork::Child) = fork() {
        until_it_ends(own);
        process::exit(!code);
    }
    process::exit(code)
}

/// Statuses of programs, of children by fork, and of those that were ended.
pub fn statuses(mut check: Check) -> Result<(), Error> {
    if is_child() {
        // It says how it is to end.
        let code = args().nth(1).and_then(|code| code.parse().ok());
        for _ in 0..args().nth(2).map_or(0, str::len) {
            yield_now();
        }
        match code {
            Some(code) => end(code, args().count() > 3),
            None => env::spin(),
        }
    }
    step!(check, "who waits for a program hears how it has ended");
    for turns in ["", "........", ""] {
        let code = check.lots.from(0, 255);
        let mut command = Command::new(PROGRAM);
        let command = command.arg(&alloc::format!("{code}")).arg(turns);
        saw!(check, "how it has ended", command.status()?.code());
    }

    step!(check, "it does not wait for what it does not want to");
    let mut child = Command::new(PROGRAM).arg("spin").spawn()?;
    saw!(
        check,
        "what is known of one that still runs",
        child.try_wait().map(|_| ())
    );
    child.kill()?;
    saw!(
        check,
        "how one has ended that was ended",
        child.wait().code()
    );
    saw!(check, "whether that is a success", child.wait().success());

    step!(check, "a child by fork says it for itself alone");
    let code = check.lots.from(1, 255) as u8;
    match process::fork()? {
        Forked::Child => {
            let inner = match process::fork()? {
                Forked::Child => process::exit(code ^ 0x5a),
                Forked::Parent(mut child) => child.wait().code(),
            };
            process::exit(match inner == Some(code ^ 0x5a) {
                true => code,
                false => 0,
            });
        }
        Forked::Parent(mut child) => saw!(check, "how it has ended", child.wait().code()),
    }

    let mut command = Command::new(PROGRAM);
    let command = command.arg(&alloc::format!("{code}")).args(["", ""]);
    let mut child = command.spawn()?;
    child.wait();
    for _ in 0..30 {
        yield_now();
    }
    saw!(
        check,
        "what one has said whose child ends after it",
        child.wait().code()
    );

    step!(check, "what was open is closed");
    let mut child = Command::new(PROGRAM).arg("7").spawn()?;
    saw!(check, "how it has ended", child.wait().code());
    saw!(check, "and when one asks again", child.wait().code());
    fs::sync()?;
    Ok(())
}
