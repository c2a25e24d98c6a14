//! What floating-point instructions raise.

use crate::floats::{NOTES, alone, drawn, held};
use libos::exception::{Exception, Exceptions, Next, set_exception_handler};
use libos::float::{self, DIVISION_ENABLED, Registers};
use libos::{Error, Global, window, yield_now};
use mos_exam::{Lots, saw, step};
use mos_user::check::Check;

/// FCSR: everything has happened, and all of it is reported.
const ALL_AT_ONCE: u32 = 0x0003_ff80;

/// What the handler was told last, and how often it was called.
static TOLD: Global<Option<u32>> = Global::new(None);
static TIMES: Global<u32> = Global::new(0);

fn note(exception: &Exception) -> Next {
    TOLD.set(exception.fcsr);
    TIMES.with(|times| *times += 1);
    // Somebody else may have the unit meanwhile.
    yield_now();
    Next::Skip
}

/// Has the unit say this in FCSR, with registers drawn by lot.
fn say(fcsr: u32, lots: &mut Lots) {
    let drawn = drawn(lots);
    Registers { fcsr, ..drawn }.load();
}

/// It ends who does not handle it, and nobody else.
pub fn raised(mut check: Check) -> Result<(), Error> {
    NOTES.alloc(window::SHARED)?;
    step!(check, "who does not handle it ends");
    for fcsr in [DIVISION_ENABLED, ALL_AT_ONCE] {
        let word = check.lots.any();
        let mut lots = check.lots.clone();
        alone(|| {
            NOTES.write(0, word);
            say(fcsr, &mut lots);
            NOTES.write(1, word ^ fcsr);
            _ = float::div(1.0, 0.0);
            NOTES.write(0, 0);
        })?;
        alone(|| NOTES.write(2, held()))?;
        saw!(
            check,
            "what a child said before it and while it could, and what the next one finds",
            [0, 1, 2].map(|n| NOTES.read(n))
        );
    }

    step!(check, "who handles it goes on");
    set_exception_handler(Exceptions::FLOATING, note)?;
    for _ in 0..3 {
        say(DIVISION_ENABLED, &mut check.lots);
        let dividend = f64::from(check.lots.any());
        let rest = float::div(dividend, 0.0);
        saw!(
            check,
            "what was in FCSR, how often the handler was called, and what was not divided",
            (TOLD.with(Option::take), TIMES.get(), rest.to_bits())
        );
        saw!(check, "what the unit holds, made one word", held());
    }
    Ok(())
}
