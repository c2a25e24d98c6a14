//! What the CPU's time is worth to those who stand by while others call one another.

use mos_abi::Sysno::*;
use mos_abi::package::Program;
use proptest::prelude::*;

use crate::program;
use crate::rig::Rig;
use crate::seeds;

/// What one of the ring does before the next tick.
#[derive(Clone, Copy, Debug)]
enum Act {
    /// It calls the next one, which does likewise, so many times.
    Calls(u32),
    /// It gives way.
    Yields,
}

/// Environments that call one another in a circle, and two that stand by.
struct Circle {
    rig: Rig,
    ring: Vec<u32>,
    bystanders: [u32; 2],
}

impl Circle {
    /// With these priorities; all of the ring wait, but for the first.
    fn new(ring: &[u32], bystanders: [u32; 2]) -> Self {
        let mut rig = Rig::with_frames(512);
        rig.audit_every = 16;
        let elf = program::small();
        let mut start = |priority| {
            rig.start_program(&Program {
                priority,
                ..program::program(&elf)
            })
        };
        let ring: Vec<u32> = ring.iter().copied().map(&mut start).collect();
        let bystanders = bystanders.map(start);
        for &id in &ring[1..] {
            rig.switch_to(id);
            rig.blocks(IpcRecv, &[0]);
        }
        rig.switch_to(ring[0]);
        Self {
            rig,
            ring,
            bystanders,
        }
    }

    /// Where in the ring the environment stands that runs.
    fn caller(&mut self) -> Option<usize> {
        let id = self.rig.id();
        self.ring.iter().position(|&other| other == id)
    }

    /// One of the ring does this, and if it still runs then, so does the whole of its time slice.
    fn act(&mut self, act: Act) {
        match act {
            Act::Yields => _ = self.rig.ok(Yield, &[]),
            Act::Calls(count) => {
                for _ in 0..count {
                    let at = self.caller().expect("a call stays in the ring");
                    let next = self.ring[(at + 1) % self.ring.len()];
                    self.rig.blocks(IpcCall, &[next, 0, 0]);
                    assert_eq!(self.rig.id(), next, "it gets the CPU at once");
                }
                self.rig.tick();
            }
        }
    }
}

/// Between two turns of a bystander the ring has at most one, and nobody's turn is longer than the longest of
/// those who share it.
fn everybody_has_a_turn(ring: &[u32], bystanders: [u32; 2], acts: &[Act]) {
    let mut circle = Circle::new(ring, bystanders);
    let longest = *ring.iter().max().expect("at least two");
    for acts in acts.chunks(longest as usize) {
        let mut acts = acts.iter().copied().chain(std::iter::repeat(Act::Calls(2)));
        let mut slices = 0;
        // What a yield leaves of a slice.
        let mut left = 0;
        while circle.caller().is_some() {
            let act = acts.next().expect("endless");
            circle.act(act);
            left = u32::from(matches!(act, Act::Yields));
            slices += 1;
            assert!(slices <= longest, "{slices} slices in a row");
        }
        for (index, slices) in bystanders.into_iter().enumerate() {
            for _ in 0..slices + std::mem::take(&mut left) {
                assert_eq!(circle.rig.id(), circle.bystanders[index], "its turn");
                circle.rig.tick();
            }
        }
        assert!(circle.caller().is_some(), "then it is the ring's again");
    }
}

#[test]
fn two_that_call_each_other_use_up_one_turn() {
    for priorities in [[1, 1], [2, 1], [1, 2], [2, 2], [3, 9], [9, 3]] {
        everybody_has_a_turn(&priorities, [1, 2], &[Act::Calls(5); 40]);
    }
}

#[test]
fn rings_of_any_size_and_mix_leave_the_others_their_turns() {
    let act = prop_oneof![4 => (0..6_u32).prop_map(Act::Calls), 1 => Just(Act::Yields)];
    let lists = prop::collection::vec((1..5_u32, act), 64);
    for seed in 0..70 {
        seeds::case("rings", seed, &lists, |list| {
            let size = 2 + seed as usize % 7;
            let (priorities, acts): (Vec<u32>, Vec<Act>) = list.iter().copied().unzip();
            if let Some(ring) = priorities.get(..size) {
                everybody_has_a_turn(ring, [1 + seed as u32 % 3, 1], &acts);
            }
        });
    }
}

#[test]
fn who_is_called_has_what_is_left_of_the_slices_and_a_turn_of_its_own_is_whole() {
    let mut circle = Circle::new(&[3, 5], [1, 1]);
    circle.rig.tick();
    circle.act(Act::Calls(1));
    assert_eq!(circle.caller(), Some(1));
    circle.rig.tick();
    assert_eq!(circle.caller(), None, "three slices are over");
    circle.rig.switch_to(circle.ring[1]);
    for _ in 0..5 {
        assert_eq!(circle.caller(), Some(1));
        circle.rig.tick();
    }
    assert_eq!(circle.caller(), None);
}

/// A call that fails takes nothing.
#[test]
fn a_call_that_fails_leaves_the_caller_its_slices() {
    let mut circle = Circle::new(&[3, 1], [1, 1]);
    let [bystander, _] = circle.bystanders;
    for _ in 0..3 {
        assert_eq!(circle.caller(), Some(0));
        let error = mos_abi::Error::IpcNotRecv;
        circle.rig.fails(error, IpcCall, &[bystander, 0, 0]);
        circle.rig.tick();
    }
    assert_eq!(circle.caller(), None);
}
