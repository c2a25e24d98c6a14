//! Keys that nobody waits for.

use libos::console::getchar_now;
use libos::{Error, println, yield_now};
use mos_exam::{saw, step};
use mos_user::check::{Check, until};

/// What has come is there, and where nothing has, nobody waits.
pub fn now(mut check: Check) -> Result<(), Error> {
    step!(check, "where nothing has come nobody waits");
    saw!(check, "what comes before anything is typed", getchar_now());
    println!("type now");
    let mut bytes = [0; 16];
    let mut len = 0;
    while len < bytes.len() {
        match getchar_now() {
            Some(b'\n') => break,
            Some(byte) => {
                bytes[len] = byte;
                len += 1;
            }
            None => yield_now(),
        }
    }
    step!(check, "what has come is there, each byte once");
    saw!(check, "what was typed", &bytes[..len]);
    let more = until(|| getchar_now().is_some());
    saw!(check, "whether more comes", more);
    Ok(())
}
