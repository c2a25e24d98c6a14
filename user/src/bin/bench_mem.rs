//! Benchmark: a program's own memory.

#![no_std]
#![forbid(unsafe_code)]

use libos::bench::{self, Mark, Op};
use libos::{EnvId, Error, Window, console, env, mark, measure, println, window};

const SAMPLES: usize = 32;
/// Samples of frames that the kernel has zeroed while it was idle; it need not have more.
const ZEROED: usize = 8;
/// Frames that both machines have.
const FRAMES: usize = 16384;

fn main() -> Result<(), Error> {
    mappings()?;

    println!("bench: waiting for a key");
    console::getchar();
    mark!(Mark::Case(0));
    for n in 0..ZEROED {
        measure!(Op::MemAlloc, Window::new(n).alloc(window::PRIVATE)?);
    }

    // Whatever there is in zeroed frames is used up now.
    for n in 0..Window::COUNT {
        Window::new(n).alloc(window::PRIVATE)?;
        Window::new(n).unmap();
    }
    mark!(Mark::Case(1));
    allocate()?;

    // Children for all frames, were every frame a page.
    let mut hoard = [EnvId::SELF; FRAMES / Window::COUNT];
    let children = fill(&mut hoard)?;
    mark!(Mark::Case(99));
    allocate()?;
    children.iter().try_for_each(|&child| env::destroy(child))
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

fn allocate() -> Result<(), Error> {
    for n in 0..SAMPLES {
        measure!(Op::MemAlloc, Window::new(n).alloc(window::PRIVATE)?);
    }
    (0..SAMPLES).for_each(|n| Window::new(n).unmap());
    Ok(())
}

/// Uses up all memory but a hundredth: gives it to children, which it writes to `hoard` and returns.
fn fill(hoard: &mut [EnvId]) -> Result<&[EnvId], Error> {
    let reserve = || (0..FRAMES / 100).map(Window::new);
    reserve().try_for_each(|page| page.alloc(window::PRIVATE))?;
    let mut count = 0;
    for child in hoard.iter_mut() {
        *child = match bench::empty_child() {
            Ok(child) => child,
            Err(Error::NoMem) => break,
            Err(error) => return Err(error),
        };
        count += 1;
        // Until there is no more, for this child or at all.
        let _ = (0..Window::COUNT).try_for_each(|n| bench::alloc_in(*child, Window::new(n)));
    }
    reserve().for_each(Window::unmap);
    Ok(&hoard[..count])
}
