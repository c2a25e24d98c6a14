//! Random programs: written from a seed, booted several at a time, with two witnesses among them, on a kernel that
//! audits its own tables.
//!
//! | module | concept |
//! | --- | --- |
//! | [`chance`] | what a seed decides |
//! | [`asm`], [`elf`] | writing programs |
//! | [`encodings`] | the instructions there are, and those that stop an emulator |
//! | [`values`] | addresses, permissions and numbers worth a try |
//! | [`family`] | the fixed part of a program: making children and ending them |
//! | `spawn` | the ways to make one |
//! | [`block`] | the random part: blocks of gestures |
//! | `call` | one of these: a system call |
//! | `talk` | what messages have in registers, and a gesture of them |
// teacher begin
//! | `several` | a gesture: several calls in one trap |
//! | `exceptions` | another: something that the program handles itself |
// teacher end
//! | `storm`, `hoard` | others: calls without end, and without memory |
//! | [`program`] | both together |
//! | [`witness`] | the honest programs |
//! | [`round`] | what is booted at once |
//! | [`play`] | booting it, and the verdict |
//! | [`run`] | round after round |
//! | [`least`] | what is left of one that fails |

#![forbid(unsafe_code)]

pub mod asm;
pub mod block;
mod call;
pub mod chance;
pub mod elf;
pub mod encodings;
// teacher begin
mod exceptions;
// teacher end
pub mod family;
mod hoard;
pub mod least;
pub mod play;
pub mod program;
pub mod round;
pub mod run;
// teacher begin
mod several;
// teacher end
mod spawn;
mod storm;
mod talk;
pub mod values;
pub mod witness;
