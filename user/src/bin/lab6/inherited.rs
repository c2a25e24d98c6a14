//! What a program has from who starts it.

use crate::is_child;
use crate::noise;
use crate::segments::PROGRAM;
use libos::fd::{self, Fd};
use libos::fs::{File, OpenOptions};
use libos::io::{Error, Read, Seek, SeekFrom, Write};
use libos::process::Command;
use libos::window::{PRIVATE, SHARED};
use libos::{Window, env};
use mos_exam::disk::{Plan, Recipe};
use mos_exam::{saw, step, sum};
use mos_user::check::Check;

fn open(check: &Check) {
    for fd in Fd::all().filter(|fd| fd.is_open()) {
        let kind = fd::stat(fd).map(|stat| stat.kind);
        saw!(
            check,
            "a descriptor that is open, and of what",
            (fd.number(), kind)
        );
    }
}

fn child(check: &mut Check) -> Result<(), Error> {
    step!(
        check,
        "a program has the descriptors that it is given, and no others"
    );
    open(check);
    step!(check, "it reads on where its parent has been");
    let mut bytes = [0; 64];
    let count = fd::read(Fd::STDIN, &mut bytes)?;
    saw!(
        check,
        "how many bytes come next, and their sum",
        (count, sum(&bytes[..count]))
    );
    let bytes = noise(&mut check.lots, 100);
    fd::write(Fd::STDOUT, &bytes)?;
    Ok(())
}

/// Files and pipes.
pub fn descriptors(mut check: Check) -> Result<(), Error> {
    if is_child() {
        return child(&mut check);
    }
    let plan = Plan::new(Recipe::Texts, check.seed());
    let path = (1..plan.files())
        .map(|n| plan.file(n))
        .find(|file| file.size > 300);
    let path = path.map_or(plan.file(1).path, |file| file.path);
    let mut file = File::open(path.as_str())?;
    let mut start = [0; 50];
    file.read_exact(&mut start)
        .map_err(|_| libos::Error::Inval)?;
    let (from, to) = fd::pipe()?;
    let other = Fd::new(check.lots.from(9, 30)).ok_or(libos::Error::MaxOpen)?;
    let mut command = Command::new(PROGRAM);
    command.stdin(file.fd()).stdout(to).fd(other, from);
    env::wait(command.spawn()?.id());

    step!(
        check,
        "its parent has what it has written, and goes on behind what it has read"
    );
    let mut bytes = [0; 200];
    let count = fd::read(from, &mut bytes)?;
    saw!(
        check,
        "how many bytes came by the pipe, and their sum",
        (count, sum(&bytes[..count]))
    );
    saw!(
        check,
        "where the file is read next",
        file.stream_position().map_err(drop)
    );
    let count = file.read(&mut bytes)?;
    saw!(
        check,
        "how many bytes come there, and their sum",
        (count, sum(&bytes[..count]))
    );
    saw!(check, "whether the pipe has an end now", {
        fd::close(to)?;
        fd::read(from, &mut bytes)
    });

    step!(check, "what it writes to a file is there");
    let mut out = OpenOptions::new();
    let mut out = out.read(true).write(true).create(true).open("/out")?;
    out.write_all(b"parent ").map_err(|_| libos::Error::Inval)?;
    let mut command = Command::new(PROGRAM);
    env::wait(command.stdin(file.fd()).stdout(out.fd()).spawn()?.id());
    saw!(
        check,
        "where it is written next",
        out.stream_position().map_err(drop)
    );
    out.seek(SeekFrom::Start(0))
        .map_err(|_| libos::Error::Inval)?;
    let count = out.read(&mut bytes)?;
    saw!(
        check,
        "how many bytes it has, and their sum",
        (count, sum(&bytes[..count]))
    );
    Ok(())
}

const OURS: usize = 3;
const SHOWN: usize = 4;

/// Pages.
pub fn shared(mut check: Check) -> Result<(), Error> {
    let [ours, shown] = [OURS, SHOWN].map(Window::beside);
    if is_child() {
        step!(
            check,
            "a program has the pages that are shared, where it is told to share them"
        );
        saw!(
            check,
            "whether it has a page that is not shared",
            ours.flags().is_some()
        );
        let there = shown.flags().is_some();
        saw!(check, "whether it has one that is", there);
        if there {
            saw!(check, "what is in there", shown.read(5));
            shown.write(6, check.lots.any());
        }
        return Ok(());
    }
    ours.alloc(PRIVATE)?;
    shown.alloc(SHARED)?;
    shown.write(5, check.lots.any());
    env::wait(Command::new(PROGRAM).spawn()?.id());
    env::wait(Command::new(PROGRAM).share_library_pages().spawn()?.id());
    step!(check, "what it writes there its parent reads");
    saw!(check, "what is there now", shown.read(6));
    Ok(())
}
