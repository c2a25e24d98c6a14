//! The table of commands.

use core::ops::Range;

use mos_core::Kernel;

use crate::words::{Words, Wrong};
// teacher begin
use crate::cpus;
// teacher end
use crate::{Target, Why, dump, envs, space};

/// What comes after a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// The next one.
    Ask,
    /// The environments go on.
    Continue,
    /// The one that has the CPU goes on, for one instruction.
    Step,
    /// The machine is switched off.
    Halt,
}

/// A command.
struct Command<M: Target> {
    name: &'static str,
    /// The words behind it.
    takes: &'static str,
    /// What it does.
    does: &'static str,
    run: fn(&mut Kernel<M>, Why, Words<'_>) -> Result<Then, Wrong>,
}

/// All commands.
fn table<M: Target>() -> [Command<M>; 15] {
    let command = |name, takes, does, run| Command {
        name,
        takes,
        does,
        run,
    };
    [
        command("help", "", "this list", |kernel, _, _| {
            help(kernel);
            Ok(Then::Ask)
        }),
        command(
            "kerninfo",
            "",
            "where the kernel is, and what is free",
            |kernel, _, _| {
                kerninfo(kernel);
                Ok(Then::Ask)
            },
        ),
        command("backtrace", "[ENV]", "who called whom", envs::backtrace),
        command("envs", "", "the environments", envs::list),
        command("queues", "", "who stands in which queue", envs::queues),
        command(
            "regs",
            "[ENV]",
            "registers, as they were saved last",
            envs::registers,
        ),
        command(
            "showmappings",
            "ENV START [END]",
            "how pages are mapped",
            space::show_mappings,
        ),
        command(
            "setperm",
            "ENV VA FLAGS",
            "maps a page with V|R|COW|LIBRARY|D; 0: unmaps it",
            space::set_perm,
        ),
        command(
            "pgdir",
            "[ENV]",
            "page tables and what is mapped by each",
            space::directory,
        ),
        command("tlb", "", "what the TLB holds", space::tlb),
        command(
            "x",
            "ENV VA [COUNT]",
            "words of a program or of the kernel",
            dump::program,
        ),
        command(
            "xp",
            "PA [COUNT]",
            "words of physical memory",
            dump::physical,
        ),
        command(
            "step",
            "",
            "one instruction of who has the CPU",
            |_, _, _| Ok(Then::Step),
        ),
        command("continue", "", "leaves the monitor", |_, _, _| {
            Ok(Then::Continue)
        }),
        command("halt", "", "switches the machine off", |_, _, _| {
            Ok(Then::Halt)
        }),
    ]
}

/// Does what `line` says. The error says what is wrong with it.
pub fn carry_out<M: Target>(kernel: &mut Kernel<M>, why: Why, line: &str) -> Result<Then, Wrong> {
    let mut words = Words::of(line);
    let Some(name) = words.next() else {
        return Ok(Then::Ask);
    };
    let table = table();
    let mut found = table
        .iter()
        .filter(|command| command.name.starts_with(name));
    let exact = table.iter().find(|command| command.name == name);
    match (exact, found.next(), found.next()) {
        (Some(command), ..) | (None, Some(command), None) => (command.run)(kernel, why, words),
        (None, None, _) => Err("there is no such command: `help` lists them"),
        (None, Some(_), Some(_)) => Err("several commands begin like this: `help` lists them"),
    }
}

fn help<M: Target>(kernel: &mut Kernel<M>) {
    for Command {
        name, takes, does, ..
    } in table::<M>()
    {
        kernel.say(format_args!("  {name:12} {takes:16} {does}"));
    }
    kernel.say(format_args!(
        "Numbers are hexadecimal; ENV is an id, or - for who has the CPU. The start of a name is enough."
    ));
}

fn kerninfo<M: Target>(kernel: &mut Kernel<M>) {
    for (name, Range { start, end }) in kernel.mem.machine.parts() {
        let len = end.saturating_sub(start);
        kernel.say(format_args!(
            "  {name:8} {start:08x} to {end:08x}, {len} bytes"
        ));
    }
    let (free, end) = (
        kernel.mem.free_frames(),
        kernel.mem.machine.memory_map().end.ppn(),
    );
    let alive = kernel.alive();
    kernel.say(format_args!(
        "  {free} of {end} pages free, {alive} environments"
    ));
    // teacher begin
    cpus::tell_lock(kernel);
    // teacher end
}
