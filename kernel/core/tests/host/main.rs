//! Host tests of the machine-independent kernel: real system calls on a simulated machine.
//!
//! | module | concept |
//! | --- | --- |
//! | [`sim`] | the machine: memory, a TLB that forgets nothing, user mode |
//! | [`audit`] | the invariants, checked after every trap |
//! | [`rig`] | kernel and machine, and the hands of a program |
//! | [`program`] | ELF files |
//! | [`memory_runs_out`] | no frame left, at every single allocation |
//! | [`spec`] | the ABI, rule by rule |
//! | [`elf`] | the loader, and files that are wrong |
//! | [`seeds`] | property tests that can be repeated |

#![forbid(unsafe_code)]

mod audit;
mod elf;
mod memory_runs_out;
mod program;
mod rig;
mod seeds;
mod sim;
mod spec;
