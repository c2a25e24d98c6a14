//! sleep: waits.

#![no_std]
#![forbid(unsafe_code)]

use libos::process::ExitCode;
use libos::time::{self, Ticks};
use mos_programs::{FINE, On, Usage, run};

const USAGE: Usage = Usage {
    name: "sleep",
    operands: "SECONDS",
    purpose: "wait for so many seconds, as 2 or 0.25",
    flags: &[],
    count: (1, 1),
};

fn main() -> ExitCode {
    run(&USAGE, |arguments| {
        for text in &arguments.operands {
            let ticks = ticks(text, Ticks::per_second());
            time::sleep(ticks.ok_or("that is no number of seconds").on(text)?);
        }
        Ok(FINE)
    })
}

/// How many ticks `text` is, if there are so many `per_second`: more rather than fewer. `None`: it is no number, or too large.
fn ticks(text: &str, per_second: u32) -> Option<Ticks> {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() + rest.len() == 0 || !are_digits(whole) || !are_digits(rest) {
        return None;
    }
    let seconds: u32 = match whole {
        "" => 0,
        whole => whole.parse().ok()?,
    };
    // From the last digit to the first: what each is of a second, in ticks and in whole ones.
    let part = rest.bytes().rev().fold(0, |behind, digit| {
        let this = u32::from(digit - b'0').saturating_mul(per_second);
        this.saturating_add(behind).div_ceil(10)
    });
    Some(Ticks(seconds.checked_mul(per_second)?.checked_add(part)?))
}
