//! Lines as they are typed.

use libos::fd;
use libos::io::Error;
use libos::println;
use mos_exam::{saw, step};
use mos_user::check::Check;

/// Some lines, of which each is read as it is in the end.
pub fn lines(mut check: Check) -> Result<(), Error> {
    let console = fd::open_console()?;
    let mut room = [0; 200];
    let read = |check: &Check, room: &mut [u8]| {
        let read = fd::read(console, room);
        let bytes =
            read.map(|count| alloc::string::String::from_utf8_lossy(&room[..count]).into_owned());
        saw!(check, "what is read of it", bytes);
    };
    println!("one");
    step!(check, "a line is read when it is whole");
    read(&check, &mut room);
    println!("two");
    step!(check, "characters can be taken back");
    read(&check, &mut room);
    println!("three");
    step!(check, "so can words, and the whole line");
    read(&check, &mut room);
    println!("four");
    step!(check, "who has little room gets the rest later");
    let count = check.lots.from(3, 5) as usize;
    read(&check, &mut room[..count]);
    read(&check, &mut room);
    println!("five");
    step!(
        check,
        "Ctrl-D ends a line without its end, and all input where there is none"
    );
    read(&check, &mut room);
    read(&check, &mut room);
    Ok(())
}
