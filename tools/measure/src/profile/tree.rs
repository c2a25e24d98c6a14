//! All call chains of a run, with the instructions executed at the end of each.

use super::functions::Function;
use std::collections::BTreeMap;

/// A function, called by another, and so on: an index in [`Tree::nodes`].
pub type NodeId = usize;

/// The chain that begins all others in user mode.
pub const USER: NodeId = 0;
/// The same in kernel mode.
pub const KERNEL: NodeId = 1;

/// The call chains.
#[derive(Clone, Debug)]
pub struct Tree {
    /// They begin with [`USER`] and [`KERNEL`].
    pub nodes: Vec<Node>,
}

/// The end of a call chain.
#[derive(Clone, Debug, Default)]
pub struct Node {
    /// Instructions executed there.
    pub own: u64,
    /// The functions called from there.
    pub callees: BTreeMap<Function, NodeId>,
}

impl Default for Tree {
    fn default() -> Self {
        let nodes = vec![Node::default(); 2];
        Self { nodes }
    }
}

impl Tree {
    /// The chain `caller` with `function` at its end.
    pub fn callee(&mut self, caller: NodeId, function: Function) -> NodeId {
        let next = self.nodes.len();
        let callee = *self.nodes[caller].callees.entry(function).or_insert(next);
        if callee == next {
            self.nodes.push(Node::default());
        }
        callee
    }

    /// Instructions executed in the chain `node` and those that begin with it.
    pub fn total(&self, node: NodeId) -> u64 {
        let node = &self.nodes[node];
        let callees = node.callees.values();
        node.own + callees.map(|&callee| self.total(callee)).sum::<u64>()
    }
}
