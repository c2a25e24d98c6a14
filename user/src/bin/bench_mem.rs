//! Benchmark: a program's own memory.

#![no_std]
#![forbid(unsafe_code)]

use libos::bench::{self, Mark, Op};
use libos::{Error, Window, console, env, mark, measure, println, window};

const SAMPLES: usize = 32;
/// As few as the kernel has frames of zeros at least, after it was idle.
const READY_SAMPLES: usize = 8;
/// More than it can have.
const SPARE: usize = 1000;
/// The case of frames that are zero already.
const READY: u16 = 2;
/// Frames that both machines have.
const FRAMES: usize = 16384;

fn main() -> Result<(), Error> {
    mappings()?;

    // Frames that were in use are what the kernel fills with zeros while it waits for input.
    allocate(SAMPLES)?;
    let_kernel_idle();
    mark!(Mark::Case(READY));
    allocate(READY_SAMPLES)?;

    // Uses up those that are left.
    let pages = || (0..SPARE).map(Window::new);
    pages().try_for_each(|page| page.alloc(window::PRIVATE))?;
    pages().for_each(Window::unmap);
    mark!(Mark::Case(1));
    allocate(SAMPLES)?;
    fill()?;
    mark!(Mark::Case(99));
    allocate(SAMPLES)
}

/// Waits for a key, once more if it was there already: then we have not lost the CPU.
fn let_kernel_idle() {
    let me = env::slot_of(env::id());
    let runs = me.runs();
    while me.runs() == runs {
        println!("bench: waiting for a key");
        console::getchar();
    }
}

fn mappings() -> Result<(), Error> {
    let (page, other) = (Window::new(0), Window::new(1));
    page.alloc(window::PRIVATE)?;
    for _ in 0..SAMPLES {
        measure!(Op::MemMap, bench::share(page, other)?);
        measure!(Op::MemUnmap, other.unmap());
    }
    page.unmap();
    Ok(())
}

fn allocate(samples: usize) -> Result<(), Error> {
    for n in 0..samples {
        measure!(Op::MemAlloc, Window::new(n).alloc(window::PRIVATE)?);
    }
    (0..samples).for_each(|n| Window::new(n).unmap());
    Ok(())
}

/// Uses up all memory but a hundredth.
fn fill() -> Result<(), Error> {
    let pages = || (SAMPLES..Window::COUNT).map(Window::new);
    // Until there is no more.
    let full = pages().position(|page| page.alloc(window::PRIVATE).is_err());
    let full = full.ok_or(Error::Unspecified)?;
    pages()
        .take(full)
        .skip(full - FRAMES / 100)
        .for_each(Window::unmap);
    Ok(())
}
