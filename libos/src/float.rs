//! The floating-point unit, under a kernel that is built for one (`make run FPU=1`).
//!
//! The compiler knows nothing of it, and works out what programs say with `f64` in integer registers. So whatever the unit holds
//! is a program's own business, and no function here can do harm to what the compiler made. Where there is no unit, each of them
//! raises [`COPROCESSOR`](crate::exception::Exceptions::COPROCESSOR).

use core::arch::global_asm;

global_asm!(include_str!("asm/float.S"));

unsafe extern "C" {
    fn float_load(registers: &Registers);
    fn float_store(registers: &mut Registers);
    fn float_escape(c: &[f64; 2], limit: u32) -> u32;

    /// a + b.
    #[link_name = "float_add"]
    pub safe fn add(a: f64, b: f64) -> f64;
    /// a - b.
    #[link_name = "float_sub"]
    pub safe fn sub(a: f64, b: f64) -> f64;
    /// a * b.
    #[link_name = "float_mul"]
    pub safe fn mul(a: f64, b: f64) -> f64;
    /// a / b.
    #[link_name = "float_div"]
    pub safe fn div(a: f64, b: f64) -> f64;
    /// `word`, by way of a register of the unit that is written in a branch delay slot. For tests.
    #[link_name = "float_in_slot"]
    pub safe fn in_slot(word: u32) -> u32;
}

/// FCSR: divisions by 0 are reported.
pub const DIVISION_ENABLED: u32 = 1 << 10;

/// All registers of the unit.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Registers {
    /// f0 to f31. An even one and the next are the halves of a double.
    pub f: [u32; 32],
    /// FCSR: how to round, what is reported, and what has happened.
    pub fcsr: u32,
}

impl Registers {
    /// Has the unit hold these. FCSR may say that something has happened which is to be reported: then it is.
    pub fn load(&self) {
        // SAFETY: it reads them and changes nothing that the compiler knows of.
        unsafe { float_load(self) }
    }

    /// What the unit holds.
    pub fn store() -> Self {
        let mut registers = Self::default();
        // SAFETY: it writes them and changes nothing else.
        unsafe { float_store(&mut registers) }
        registers
    }
}

/// How often z = z * z + c goes on from 0 before |z| > 2, at most `limit` times; `c` is its real and its imaginary part.
pub fn escape(c: [f64; 2], limit: u32) -> u32 {
    // SAFETY: it reads `c` and changes nothing that the compiler knows of.
    unsafe { float_escape(&c, limit) }
}
