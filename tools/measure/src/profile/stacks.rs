//! Follows calls and returns, to know not only which function an instruction is in, but who called that.
//!
//! What is called is known from the instruction that calls, and where it returns to as well. Environments
//! have a stack each; which one goes on after a stay in the kernel is told by where it does, so those that
//! were interrupted at the same place are taken for one another. It may go on on another CPU than before.

use super::functions::{Function, Functions};
use super::tree::{KERNEL, NodeId, Tree, USER};
use crate::trace::code::{Code, Kind, is_user};
use std::collections::BTreeMap;

/// The calls that are going on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Stack {
    frames: Vec<Frame>,
    /// The last instruction.
    last: u32,
    /// The branch, jump or call whose delay slot the last instruction is in.
    transfer: Option<(u32, Kind)>,
}

impl Stack {
    /// The branch, jump or call whose delay slot has been executed, just now.
    fn arrives(&self) -> Option<(u32, Kind)> {
        self.transfer.filter(|(at, _)| *at != self.last)
    }

    /// Whether after an exception it is likely to go on at `pc`: with the same instruction again, the branch in
    /// whose delay slot that is, or the next one.
    fn goes_on_at(&self, pc: u32) -> bool {
        match pc.wrapping_sub(self.last).cast_signed() {
            0 | -4 => true,
            4 => self.arrives().is_none(),
            _ => false,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Frame {
    function: Function,
    node: NodeId,
    /// Where it returns to.
    back: u32,
}

/// Where exceptions go, on one machine or the other.
const VECTORS: [u32; 3] = [0x8000_0000, 0x8000_0080, 0x8000_0180];

/// Builds a [`Tree`] from a trace.
#[derive(Debug)]
pub struct Stacks<'a> {
    code: &'a Code,
    functions: &'a Functions,
    tree: Tree,
    /// The CPU that is looked at.
    now: Stack,
    in_user: bool,
    /// Its number, and what the others are doing.
    here: usize,
    others: BTreeMap<usize, (Stack, bool)>,
    /// Those of environments that are not running, the last one interrupted at the end.
    waiting: Vec<Stack>,
}

/// Environments remembered: as many as there can be.
const MOST_WAITING: usize = mos_abi::NENV;

impl<'a> Stacks<'a> {
    /// For a run of `code`.
    pub fn new(code: &'a Code, functions: &'a Functions) -> Self {
        Self {
            code,
            functions,
            tree: Tree::default(),
            now: Stack::default(),
            in_user: false,
            here: 0,
            others: BTreeMap::new(),
            waiting: Vec::new(),
        }
    }

    /// A CPU executes the instruction at `pc`.
    pub fn step(&mut self, cpu: usize, pc: u32) {
        if cpu != self.here {
            let other = self.others.remove(&cpu).unwrap_or_default();
            let (now, in_user) = other;
            let now = std::mem::replace(&mut self.now, now);
            let in_user = std::mem::replace(&mut self.in_user, in_user);
            let here = std::mem::replace(&mut self.here, cpu);
            self.others.insert(here, (now, in_user));
        }
        if is_user(pc) != self.in_user {
            self.cross(pc);
        }
        let function = self.functions.at(pc);
        let arrives = self.now.arrives();
        if VECTORS.contains(&pc) {
            // Nothing returns to what the kernel was doing, which was waiting.
            self.now.frames.clear();
        }
        match arrives {
            Some((at, Kind::Call)) => self.push(function, at.wrapping_add(8)),
            Some(_) => self.unwind(pc, function),
            None => {}
        }
        if !self.is_in(function) {
            let back = self.now.frames.pop().map_or(0, |frame| frame.back);
            // Unless it was a return after all, it fell or jumped into a function that returns for it.
            if !self.is_in(function) {
                self.push(function, back);
            }
        }
        if let Some(frame) = self.now.frames.last() {
            self.tree.nodes[frame.node].own += 1;
        }
        let kind = self.code.at(pc).filter(|kind| kind.has_delay_slot());
        let pending = self.now.transfer.filter(|_| arrives.is_none());
        self.now.transfer = kind.map(|kind| (pc, kind)).or(pending);
        self.now.last = pc;
    }

    /// What was seen.
    pub fn tree(self) -> Tree {
        self.tree
    }

    /// From user mode to kernel mode or back.
    fn cross(&mut self, pc: u32) {
        self.in_user = is_user(pc);
        let before = std::mem::take(&mut self.now);
        if !self.in_user {
            self.waiting.retain(|stack| *stack != before);
            if self.waiting.len() == MOST_WAITING {
                self.waiting.remove(0);
            }
            self.waiting.push(before);
            return;
        }
        // The last one may have been on its way to anywhere.
        let on_the_way = |stack: &&Stack| stack.arrives().is_some();
        let stacks = self.waiting.iter().rev();
        let found = stacks.clone().find(|stack| stack.goes_on_at(pc));
        if let Some(stack) = found.or(stacks.take(1).find(on_the_way)) {
            self.now = stack.clone();
        }
        if self.now.goes_on_at(pc) {
            self.now.transfer = self.now.transfer.filter(|_| pc > self.now.last);
        }
    }

    fn is_in(&self, function: Function) -> bool {
        let top = self.now.frames.last();
        top.is_some_and(|frame| frame.function == function)
    }

    fn push(&mut self, function: Function, back: u32) {
        let root = if self.in_user { USER } else { KERNEL };
        let parent = self.now.frames.last().map_or(root, |frame| frame.node);
        let node = self.tree.callee(parent, function);
        self.now.frames.push(Frame {
            function,
            node,
            back,
        });
    }

    /// If `pc` is where a call returns to, that call is over. If it is where a fault was, so is its handler.
    fn unwind(&mut self, pc: u32, function: Function) {
        let frames = &mut self.now.frames;
        if let Some(index) = frames.iter().rposition(|frame| frame.back == pc) {
            frames.truncate(index);
            return;
        }
        let Some(top) = frames
            .last()
            .filter(|top| top.function != function && self.in_user)
        else {
            return;
        };
        // A handler that is done, or another environment than we thought: all make their system calls in
        // the same place, and only now see which is which.
        let returns = |frame: &Frame| frame.function == top.function && frame.back == pc;
        let found = self.waiting.iter().rev().find_map(|stack| {
            let returning = stack.frames.iter().rposition(returns);
            let faulted = (stack.last == pc).then_some(stack.frames.len());
            Some((stack, faulted.or(returning)?))
        });
        if let Some((stack, depth)) = found {
            self.now = stack.clone();
            self.now.frames.truncate(depth);
            self.now.transfer = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mos_run::machine::Machine;
    use mos_run::sample;

    const MAIN: u32 = 0x40_0000;
    const CALL: u32 = MAIN + 0x10;
    const TRAP: u32 = 0x8000_0180;

    /// What a run spends in each call chain, as `user;main;call 3`.
    fn chains(trace: &[u32]) -> Vec<String> {
        let trace: Vec<(usize, u32)> = trace.iter().map(|pc| (0, *pc)).collect();
        chains_of(&trace)
    }

    /// The same on several CPUs.
    fn chains_of(trace: &[(usize, u32)]) -> Vec<String> {
        // main: nop; jal call; nop; syscall. call: jr ra; nop
        let words: [u32; 6] = [0, 0x0c10_0004, 0, 0x0000_000c, 0x03e0_0008, 0];
        let bytes = words.map(u32::to_le_bytes).concat();
        let program = sample::executable(&[(MAIN, &bytes, 24)], &[("main", MAIN), ("call", CALL)]);
        let kernel = sample::executable(&[(TRAP, &[0; 8], 8)], &[("trap", TRAP)]);
        let code = Code::new(Machine::Malta, &kernel, &program).unwrap();
        let functions = Functions::new(&kernel, &program).unwrap();
        let mut stacks = Stacks::new(&code, &functions);
        trace.iter().for_each(|(cpu, pc)| stacks.step(*cpu, *pc));
        let mut chains = Vec::new();
        list(&stacks.tree(), &functions, USER, "user", &mut chains);
        chains
    }

    fn list(tree: &Tree, names: &Functions, node: NodeId, chain: &str, chains: &mut Vec<String>) {
        if tree.nodes[node].own > 0 {
            chains.push(format!("{chain} {}", tree.nodes[node].own));
        }
        for (function, callee) in &tree.nodes[node].callees {
            let chain = format!("{chain};{}", names.name(*function));
            list(tree, names, *callee, &chain, chains);
        }
    }

    #[test]
    fn a_call_is_over_when_it_returns() {
        let call = [MAIN + 4, MAIN + 8, CALL, CALL + 4];
        let trace = [&[MAIN], &call[..], &[MAIN + 12]].concat();
        assert_eq!(chains(&trace), ["user;main 4", "user;main;call 2"]);
    }

    #[test]
    fn a_cpu_goes_on_with_what_it_was_doing() {
        let one = [MAIN, MAIN + 4, MAIN + 8, CALL, CALL + 4, MAIN + 12];
        let trace: Vec<_> = one.iter().flat_map(|pc| [(0, *pc), (3, *pc)]).collect();
        assert_eq!(chains_of(&trace), ["user;main 8", "user;main;call 4"]);
    }

    #[test]
    fn an_environment_goes_on_where_it_was_on_another_cpu() {
        let before = [MAIN + 4, MAIN + 8, CALL, TRAP];
        let mut trace: Vec<_> = before.iter().map(|pc| (0, *pc)).collect();
        trace.extend([TRAP, CALL, CALL + 4, MAIN + 12].map(|pc| (1, pc)));
        assert_eq!(chains_of(&trace), ["user;main 3", "user;main;call 3"]);
    }

    #[test]
    fn the_kernel_comes_between_and_changes_nothing() {
        // The first instruction of `call` is tried twice, and the one after it as well.
        let call = [
            MAIN + 4,
            MAIN + 8,
            CALL,
            TRAP,
            TRAP + 4,
            CALL,
            CALL + 4,
            TRAP,
        ];
        let rest = [CALL, CALL + 4, MAIN + 12, TRAP];
        let trace = [&[MAIN], &call[..], &rest].concat();
        assert_eq!(chains(&trace), ["user;main 4", "user;main;call 5"]);
    }
}
