//! A program that brings its own pages.

use core::array;

use libos::exception::{Exception, Exceptions, Next, map_missing, set_exception_handler};
use libos::{EnvStatus, Error, Fork, Window, env, fork, ipc_recv, layout, probe, window};
use mos_exam::{saw, step};
use mos_user::check::{Check, until, until_it_waits};

use crate::exceptions::{IN_SLOT, TIMES, note};

/// Shared by everybody: what a handler was called for.
const NOTES: Window = Window::new(1000);

/// Maps the page, and writes into it what belongs there.
fn bring(exception: &Exception) -> Next {
    note(exception);
    let window = exception.va.and_then(Window::containing);
    match (map_missing(exception), window) {
        (Ok(()), Some(window)) => {
            for word in 0..Window::WORDS {
                window.write(word, window.address().rotate_left(8) ^ word as u32);
            }
            Next::Resume
        }
        _ => env::exit(),
    }
}

/// A program brings its own pages.
pub fn pages(mut check: Check) -> Result<(), Error> {
    let missing = Exceptions::TLB_LOAD | Exceptions::TLB_STORE;
    set_exception_handler(missing, bring)?;
    step!(
        check,
        "it is asked once for each page, before that is there"
    );
    let far = layout::UVPT + 4 * check.lots.from(0x1_0000, 0x1_ffff);
    saw!(
        check,
        "a word of page tables that there are not, and how often the handler was called",
        (probe::peek(far), TIMES.get())
    );
    let mut numbers: [u32; 6] = array::from_fn(|_| check.lots.from(0, 200));
    numbers[check.lots.from(3, 5) as usize] = numbers[0];
    for number in numbers {
        let va = Window::new(number as usize).address() + 4 * check.lots.from(0, 1023);
        let word = probe::peek(va);
        saw!(
            check,
            "an address, the word there, and how often the handler was called",
            (va, word, TIMES.get())
        );
    }

    step!(check, "the program notices nothing of it");
    for _ in 0..3 {
        let window = Window::new(check.lots.from(300, 900) as usize);
        let survived = probe::registers_survive_store(window);
        let at = check.lots.from(1, 1023) as usize;
        saw!(
            check,
            "whether all registers survived, the word that was stored, and another one there",
            (survived, window.read(0), window.read(at))
        );
        saw!(check, "whether it was told of a delay slot", IN_SLOT.get());
    }
    for taken in [true, false, true] {
        let window = Window::new(check.lots.from(201, 299) as usize);
        let seen = probe::load_in_delay_slot(window.address() + 8, taken);
        saw!(
            check,
            "a word loaded in the delay slot of a branch, and whether that was taken",
            seen
        );
        saw!(check, "whether it was told of a delay slot", IN_SLOT.get());
    }
    runs_into(check)
}

/// `sw $a0, 0($a0)`, and a `break` that ends it.
const CODE: [u32; 2] = [0xac84_0000, 0x0000_000d];

/// Maps the page, and writes into it what is to be executed there.
fn bring_code(exception: &Exception) -> Next {
    let window = exception.va.and_then(Window::containing);
    match (map_missing(exception), window) {
        (Ok(()), Some(window)) => {
            let first = exception.pc as usize % layout::PAGE_SIZE as usize / 4;
            for (word, instruction) in (first..).zip(CODE) {
                window.write(word, instruction);
            }
            NOTES.write(0, NOTES.read(0) + 1);
            Next::Resume
        }
        _ => env::exit(),
    }
}

/// What is brought may be instructions.
fn runs_into(mut check: Check) -> Result<(), Error> {
    set_exception_handler(Exceptions::empty(), |_| Next::Default)?;
    NOTES.alloc(window::SHARED)?;
    Window::new(999).alloc(window::PRIVATE)?;
    set_exception_handler(Exceptions::TLB_LOAD, bring_code)?;
    step!(check, "it may run into a page that is not there");
    for _ in 0..3 {
        NOTES.write(0, 0);
        let Fork::Parent(child) = fork()? else {
            ipc_recv()?;
            env::exit()
        };
        until_it_waits(child);
        let pc = Window::new(check.lots.from(300, 900) as usize).address()
            + 4 * check.lots.from(0, 1022);
        let note = check.lots.from(1, 1023);
        let sp = layout::USTACKTOP - 64;
        probe::set_registers(child, Window::new(999), pc, sp, NOTES.address() + 4 * note)?;
        env::set_status(child, EnvStatus::Runnable)?;
        until(|| !env::slot_of(child).is(child));
        saw!(
            check,
            "where a child was sent, how often its handler was called, and the word that it stored there",
            (pc, NOTES.read(0), NOTES.read(note as usize))
        );
    }
    Ok(())
}
