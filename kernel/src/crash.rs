//! A kernel panic on demand: `crash=panic` or `crash=fault` on the command line. What a panic prints can
//! be tested in no other way, as no program can cause one.

use core::hint::black_box;
use core::str::FromStr;

/// How to crash.
#[derive(Clone, Copy, Debug)]
pub enum Crash {
    /// By a broken invariant.
    Panic,
    /// By an exception in kernel mode: a load from a misaligned address.
    Fault,
}

impl FromStr for Crash {
    type Err = ();

    fn from_str(how: &str) -> Result<Self, ()> {
        match how {
            "panic" => Ok(Self::Panic),
            "fault" => Ok(Self::Fault),
            _ => Err(()),
        }
    }
}

impl Crash {
    /// Does it.
    #[inline(never)]
    pub fn now(self) -> ! {
        if let Self::Fault = self {
            let misaligned = black_box(0x8000_0001_usize);
            // SAFETY: never completes, since the CPU takes an exception that does not come back.
            black_box(unsafe {
                core::ptr::with_exposed_provenance::<u32>(misaligned).read_volatile()
            });
        }
        panic!("the command line asked for it");
    }
}
