//! Host tests of the machine-independent kernel: real system calls on a simulated machine.
//!
//! | module | concept |
//! | --- | --- |
//! | [`sim`] | the machine: memory, a TLB that forgets nothing, user mode |
//! | [`audit`] | the invariants, checked after every trap |
//! | [`rig`] | kernel and machine, and the hands of a program |
//! | [`program`] | ELF files |
//! | [`checks`] | the checks of the labs |
//! | [`cpus`] | several CPUs, whose traps come in any order |
//! | [`memory_runs_out`] | no frame left, at every single allocation |
//! | [`spec`] | the ABI, rule by rule |
//! | [`model`] | the ABI as a second, simpler kernel |
//! | [`random`] | random programs, on the kernel and on the model |
//! | [`elf`] | the loader, and files that are wrong |
//! | [`seeds`] | property tests that can be repeated |

#![forbid(unsafe_code)]
// What a test prints is kept for it.
#![allow(clippy::print_stdout)]

mod audit;
mod checks;
mod cpus;
mod elf;
mod memory_runs_out;
mod model;
mod program;
mod random;
mod rig;
mod seeds;
mod sim;
mod spec;
