//! The checks of the challenges. `tests/checks/challenges.toml` says what each of them tests.

#![no_std]
#![forbid(unsafe_code)]

mod batches;
mod brought;
mod copies;
mod deep;
mod exceptions;
mod floats;
mod keys;
mod messages;
mod own;
mod parcels;
mod processes;
mod raised;
mod rules;
mod scarce;
mod shared;
mod sieves;
mod snapshots;
mod together;
mod turns;

use libos::{Error, println};
use mos_user::check::Check;

fn main() -> Result<(), Error> {
    let Some(check) = Check::ordered() else {
        return Ok(());
    };
    match check.name() {
        "exception-kinds" => exceptions::kinds(check),
        "exception-pages" => brought::pages(check),
        "exception-heirs" => exceptions::inherited(check),
        "exception-nesting" => deep::nesting(check),
        "exception-stack" => deep::full_stack(check),
        "batch-calls" => batches::calls(check),
        "batch-hostile" => batches::hostile(check),
        "batch-fork" => batches::forks(check),
        "amnesia" => snapshots::amnesia(check),
        "snapshot-memory" => snapshots::without_memory(check),
        "float-registers" => floats::registers(check),
        "float-strangers" => floats::strangers(check),
        "float-sums" => floats::sums(check),
        "float-exceptions" => raised::raised(check),
        "stride-shares" => rules::stride(check),
        "lottery-shares" => rules::lottery(check),
        "priorities-strict" => rules::strict(check),
        "keys-now" => keys::now(check),
        "dumbfork" => copies::copied(check),
        "sfork-memory" => shared::memory(check),
        "sfork-strangers" => shared::strangers(check),
        "forks-scarce" => scarce::scarce(check),
        "sfork-own" => own::own(check),
        "pingpongs" => together::pingpongs(check),
        "sforktree" => together::tree(check),
        "primes-run-out" => sieves::run_out(check),
        "many-turns" => turns::turns(check),
        "busy-loops" => turns::loops(check),
        "stress" => turns::stress(check),
        "msg-lines" => messages::lines(check),
        "msg-partings" => messages::partings(check),
        "msg-old" => messages::old_and_new(check),
        "msg-fair" => messages::fair(check),
        "msg-pages" => parcels::pages(check),
        "msg-times" => parcels::times(check),
        "matrix" => processes::matrix(check),
        "power-series" => processes::series(check),
        name => {
            println!("there is no check {name} among the challenges");
            Ok(())
        }
    }
}
