//! What no program may do: a handler skips some of it, and the rest ends the program.

#![no_std]
#![forbid(unsafe_code)]

use libos::exception::{Exception, Exceptions, Next, set_exception_handler};
use libos::probe::{Misdeed, commit};
use libos::{Error, println};

fn handler(exception: &Exception) -> Next {
    for (name, _) in exception.kind.iter_names() {
        println!("skipping: {name}");
    }
    Next::Skip
}

fn main() -> Result<(), Error> {
    let kinds = Exceptions::OVERFLOW | Exceptions::COPROCESSOR | Exceptions::BREAKPOINT;
    set_exception_handler(kinds, handler)?;
    commit(Misdeed::Overflow);
    commit(Misdeed::ProbeTlb);
    commit(Misdeed::Break);
    println!("and now without a handler for it");
    commit(Misdeed::Reserved);
    Ok(())
}
