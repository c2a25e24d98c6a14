//! The instructions that an operation consists of, in the order in which they are executed.

use super::rows::{ROWS, Row};
use super::run::{self, Results};
use crate::trace::code::{Code, Kind};
use anyhow::{Context, Result};
use mos_abi::bench::{Mark, Op};
use mos_delays::insn::Insn;
use mos_run::elf::Elf;
use mos_run::machine::Machine;
use mos_run::package::Symbol;
use mos_run::tree::Tree;
use mos_run::{files, symbols};
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// Where the listings of what misses its goal are.
const FOLDER: &str = "docs/listings";
/// A listing with more instructions than this only says how many there are in each function.
const LONG: usize = 2000;

/// Writes down, for each operation that costs more than its goal, of what it consists.
///
/// # Errors
/// Something does not run, or a file cannot be written.
pub fn update(tree: &Tree, results: &Results) -> Result<()> {
    let folder = tree.root().join(FOLDER);
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot empty {FOLDER}"))?;
    }
    for (row, figure) in &results.figures {
        let goal = row.goal_on(results.machine);
        if goal.is_some_and(|goal| figure.median.total() > goal) {
            let text = list(tree, results.machine, row)?;
            let path = folder.join(format!("{}.txt", row.key));
            files::write(&path, text.as_bytes())?;
        }
    }
    Ok(())
}

/// The operation with this key in the file of budgets.
///
/// # Errors
/// There is none.
pub fn by_key(key: &str) -> Result<&'static Row> {
    let row = ROWS.iter().find(|row| row.key == key);
    row.with_context(|| format!("LIST: tests/budgets.toml has no operation `{key}`"))
}

/// The listing of the operation `row`.
///
/// # Errors
/// It does not run.
pub fn list(tree: &Tree, machine: Machine, row: &Row) -> Result<String> {
    let kernel = tree.kernel(machine);
    let program = row.source.program();
    let subject = run::subject(tree, machine, &kernel, program)?;
    let (op, case) = row.source.operation();
    let mut recorder = Recorder::new(&subject.code, op, case);
    run::follow(&subject, tree, |pc| recorder.step(pc))?;
    let trace = recorder.median();
    let trace = trace.with_context(|| format!("`{program}` has no marks for `{}`", row.key))?;
    let mut functions = functions(&kernel)?;
    functions.extend(self::functions(&tree.program(program)?)?);
    functions.sort_by_key(|function| function.address);
    Ok(format!(
        "{} on {machine}: {} instructions\n\n{}",
        row.title,
        trace.len(),
        text(&subject.code, &functions, &trace)
    ))
}

fn functions(path: &Path) -> Result<Vec<Symbol>> {
    symbols::functions(&Elf::parse(&files::read(path)?)?)
}

/// Watches a run for one operation under one case.
struct Recorder<'a> {
    code: &'a Code,
    op: Op,
    wanted: u16,
    case: u16,
    begun: Option<Vec<u32>>,
    samples: Vec<Vec<u32>>,
}

impl<'a> Recorder<'a> {
    fn new(code: &'a Code, op: Op, wanted: u16) -> Self {
        Self {
            code,
            op,
            wanted,
            case: 0,
            begun: None,
            samples: Vec::new(),
        }
    }

    /// The instruction at `pc` is executed.
    fn step(&mut self, pc: u32) {
        match self.code.at(pc) {
            Some(Kind::Mark(Mark::Case(case))) => self.case = case,
            Some(Kind::Mark(Mark::Begin(op))) if op == self.op && self.case == self.wanted => {
                self.begun = Some(Vec::new());
            }
            Some(Kind::Mark(Mark::End(op))) if op == self.op => {
                self.samples.extend(self.begun.take());
            }
            Some(Kind::Mark(_) | Kind::Guard { .. }) => {}
            _ => {
                if let Some(begun) = &mut self.begun {
                    begun.push(pc);
                }
            }
        }
    }

    /// The addresses of the sample of middle length.
    fn median(mut self) -> Option<Vec<u32>> {
        self.samples.sort_by_key(Vec::len);
        let middle = self.samples.len() / 2;
        self.samples.into_iter().nth(middle)
    }
}

fn text(code: &Code, functions: &[Symbol], trace: &[u32]) -> String {
    let name = |pc| symbols::containing(functions, pc).map_or("?", |function| &function.name);
    let mut text = String::new();
    for part in trace.chunk_by(|&a, &b| name(a) == name(b)) {
        // A string takes every line.
        _ = writeln!(text, "{:6} {}", part.len(), name(part[0]));
        if trace.len() <= LONG {
            instructions(&mut text, code, part);
        }
    }
    text
}

/// The instructions of one function, those of a loop once.
fn instructions(text: &mut String, code: &Code, part: &[u32]) {
    let mut at = 0;
    while at < part.len() {
        let before = part[..at].iter().rposition(|pc| *pc == part[at]);
        let turn = before.map_or(0, |before| at - before);
        let again = part[at..]
            .chunks_exact(turn.max(1))
            .take_while(|next| turn > 0 && *next == &part[at - turn..at])
            .count();
        if again > 0 {
            _ = writeln!(text, "           ({turn} again, {again} times)");
            at += turn * again;
        } else {
            let word = code.word(part[at]).unwrap_or(0);
            _ = match Insn::decode(word) {
                Some(insn) => writeln!(text, "           {insn}"),
                None => writeln!(text, "           {}", beyond_mips1(word)),
            };
            at += 1;
        }
    }
}

/// What the 4Kc's kernel has besides.
fn beyond_mips1(word: u32) -> String {
    let name = match (word >> 26, word & 63) {
        (0, 10) => "movz",
        (0, 11) => "movn",
        (16, 24) => "eret",
        (28, 2) => "mul",
        (28, 32) => "clz",
        _ => return format!(".word {word:#010x}"),
    };
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use mos_run::sample::{code as file, mark};

    const KERNEL: u32 = 0x8001_0000;
    const PROGRAM: u32 = 0x40_0000;

    #[test]
    fn a_loop_is_listed_once_and_another_case_not_at_all() {
        let op = Op::Switch;
        let marks = [Mark::Case(1), Mark::Begin(op), Mark::End(op)].map(mark);
        let jump_back = 0x1000_ffff;
        let program = file(PROGRAM, &[marks[0], marks[1], marks[2], jump_back, 0]);
        let eret = 0x4200_0018;
        let kernel = file(KERNEL, &[eret]);
        let code = Code::new(Machine::Malta, &kernel, &program).unwrap();
        let [case, begin, end, back, slot] = [0, 4, 8, 12, 16].map(|offset| PROGRAM + offset);
        let mut recorder = Recorder::new(&code, op, 1);
        let trace = [
            begin, slot, end, case, begin, back, slot, back, slot, back, slot, KERNEL, end, slot,
        ];
        trace.iter().for_each(|pc| recorder.step(*pc));

        let sample = recorder.median().expect("one");
        let functions = [(PROGRAM, "main"), (KERNEL, "vector")].map(|(address, name)| Symbol {
            address,
            name: name.to_owned(),
        });
        let expected = "     6 main\n           beq zero, zero, .+0\n           nop\n           \
                        (2 again, 2 times)\n     1 vector\n           eret\n";
        assert_eq!(text(&code, &functions, &sample), expected);
    }
}
