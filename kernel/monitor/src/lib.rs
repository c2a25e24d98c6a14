//! The kernel monitor (JOS `kern/monitor.c`): a prompt on the console at which a person looks at the kernel and its
//! environments, while these stand still.
//!
//! | module | concept |
//! | --- | --- |
//! | `edit` | a line, as it is typed |
//! | `words` | what its words mean |
//! | `commands` | the table of commands |
//! | `envs` | environments, queues, registers |
//! | `space` | mappings, page tables, the TLB |
// teacher begin
//! | `cpus` | what there is to say of several CPUs |
// teacher end
//! | `dump` | memory |
//! | [`branch`] | where a program goes on after an instruction |
//! | [`step`] | a program stopped after one instruction |
//!
//! It is generic over the machine, so that it runs on the host under test. A kernel has it only if it is built with the
//! feature `monitor`.

#![no_std]
#![forbid(unsafe_code)]

pub mod branch;
mod commands;
// teacher begin
mod cpus;
// teacher end
mod dump;
mod edit;
mod envs;
// teacher begin
mod lines;
// teacher end
mod space;
pub mod step;
mod words;

use core::ops::Range;

use mos_abi::package::Symbol;
use mos_audit::{Audited, Entry};
use mos_core::env::fault::Exception;
use mos_core::machine::{Frame, FrameWords};
use mos_core::slot::Slot;
use mos_core::{Kernel, Outcome};

use commands::Then;
use edit::{Editor, Keys};
use step::Step;

/// What a person types to get here while programs run: Ctrl-].
pub const KEY: u8 = 0x1d;

/// How many parts of the kernel there are.
pub const PARTS: usize = 6;

/// A machine that can be looked at while it stands still.
pub trait Target: Audited {
    /// Waits for a byte from the console. `None`: none will ever come.
    fn key(&mut self) -> Option<u8>;
    /// The word of memory at physical address `pa`, a multiple of 4. `None`: there is no memory.
    fn physical(&mut self, pa: u32) -> Option<u32>;
    /// Tells of each entry of the TLB.
    fn tlb(&mut self, tell: impl FnMut(Entry));
    /// The function of the kernel that contains `address`.
    fn symbol(&self, address: u32) -> Option<Symbol<'static>>;
    /// Tells the address in each function of the kernel from the innermost on: `pc`, then where each would return to.
    fn callers(&self, place: Place, tell: impl FnMut(u32));
    /// The parts of the kernel in memory, each with its name.
    fn parts(&self) -> [(&'static str, Range<u32>); PARTS];
    // teacher begin
    /// How many CPUs there are, and of which kind the lock is that they have.
    fn cpus(&self) -> (usize, &'static str);
    /// All CPUs but this one stand still until the kernel is left, and their TLBs hold nothing.
    fn hold_others(&mut self);
    /// Tells of each entry that the TLB of CPU `number`, another one, held before.
    fn tlb_of(&mut self, number: usize, tell: impl FnMut(Entry));
    // teacher end
}

/// Where the kernel was.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The instruction.
    pub pc: u32,
    /// Its stack pointer.
    pub sp: u32,
    /// Its return address, which it may have saved already.
    pub ra: u32,
}

/// Why the monitor was entered.
#[derive(Clone, Copy, Debug)]
pub enum Why {
    /// Somebody typed [`KEY`].
    Key,
    /// Nobody will ever run again.
    End(Outcome),
    /// The kernel has panicked there.
    Panic(Place),
    /// The running environment came to a `break` of its own.
    Breakpoint,
    /// The step that was asked for is done.
    Stepped,
}

/// What becomes of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leave {
    /// The environments go on.
    Continue,
    /// It is switched off.
    Halt,
}

/// The monitor, and what it remembers from one time to the next.
pub struct Monitor {
    editor: Editor,
    step: Option<Step>,
    /// Whether it came up by itself. Then what was typed before, and no program has read, is for it.
    takes_unread: bool,
}

impl Default for Monitor {
    fn default() -> Self {
        Self::new()
    }
}

impl Monitor {
    /// One that was never entered.
    pub const fn new() -> Self {
        Self {
            editor: Editor::new(),
            step: None,
            takes_unread: false,
        }
    }

    /// Whether a step has begun that is not over. What is typed meanwhile is for the monitor.
    pub fn is_stepping(&self) -> bool {
        self.step.is_some()
    }

    /// Somebody has made a copy of frame `from`: without the breakpoint of a step.
    pub fn copied(&self, from: Frame, to: &mut FrameWords) {
        if let Some(step) = &self.step {
            step.copied(from, to);
        }
    }

    /// Lets a person look around until that is over.
    pub fn enter<M: Target>(&mut self, kernel: &mut Kernel<M>, why: Why) -> Leave {
        // teacher begin
        // After a panic they do already.
        if !matches!(why, Why::Panic(_)) {
            kernel.mem.machine.hold_others();
        }
        // teacher end
        if !matches!(why, Why::Panic(_))
            && let Some(step) = self.step.take()
        {
            step.end(kernel);
        }
        self.takes_unread = match why {
            Why::Key => false,
            Why::Stepped => self.takes_unread,
            Why::End(_) | Why::Panic(_) | Why::Breakpoint => true,
        };
        kernel.say(format_args!(
            "[mos] monitor: {}; `help` lists the commands",
            match why {
                Why::Key => "somebody typed Ctrl-]",
                Why::End(Outcome::Done | Outcome::Incomplete) => "all environments have ended",
                Why::End(Outcome::Deadlock) => "nothing can run any more",
                Why::End(Outcome::TimeLimit) => "the time limit is reached",
                Why::Panic(_) => "the kernel has panicked",
                Why::Breakpoint => "break instruction",
                Why::Stepped => "one instruction on",
            }
        ));
        if let Some(slot) = kernel.cpu().current {
            envs::place(kernel, slot);
        }
        loop {
            let unread = self.takes_unread;
            let Some(line) = self.editor.read(&mut Keys { kernel, unread }) else {
                return Leave::Halt;
            };
            let then = commands::carry_out(kernel, why, &line).unwrap_or_else(|wrong| {
                kernel.say(format_args!("{wrong}"));
                Then::Ask
            });
            let current = kernel.cpu().current;
            match (then, why, current) {
                (Then::Ask, ..) => {}
                (Then::Halt, ..) => return Leave::Halt,
                (_, Why::Panic(_) | Why::End(_), _) => {
                    kernel.say(format_args!("nothing can go on"));
                }
                (Then::Continue, _, current) => {
                    skip_break(kernel, current.filter(|_| matches!(why, Why::Breakpoint)));
                    return Leave::Continue;
                }
                (Then::Step, _, None) => kernel.say(format_args!("no environment has the CPU")),
                (Then::Step, _, Some(slot)) => {
                    if matches!(why, Why::Breakpoint) {
                        skip_break(kernel, current);
                    }
                    match Step::begin(kernel, slot) {
                        Ok(step) => {
                            self.step = Some(step);
                            return Leave::Continue;
                        }
                        Err(wrong) => kernel.say(format_args!("{wrong}")),
                    }
                }
            }
        }
    }

    /// The running environment has raised an exception: enters the monitor if that was a breakpoint. `None`: it was none, or is
    /// the program's own business.
    pub fn exception<M: Target>(&mut self, kernel: &mut Kernel<M>) -> Option<Leave> {
        let slot = kernel.cpu().current?;
        if Exception::of(kernel.tf(slot).cp0_cause) != Exception::Breakpoint {
            return None;
        }
        let why = match self.step.as_ref().map(|step| step.met(kernel, slot)) {
            Some(step::Met::Done) => Why::Stepped,
            Some(step::Met::Bystander) => return Some(Leave::Continue),
            // teacher begin
            _ if kernel.handles(slot) => return None,
            // teacher end
            Some(step::Met::Other) | None => Why::Breakpoint,
        };
        Some(self.enter(kernel, why))
    }
}

/// Who has come to a `break` goes on behind it.
fn skip_break<M: Target>(kernel: &mut Kernel<M>, slot: Option<Slot>) {
    if let Some(slot) = slot {
        let next = step::after(kernel, slot);
        kernel.tf(slot).cp0_epc = next;
    }
}
