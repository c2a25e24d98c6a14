//! Every frame has one role, and is counted as often as it is named.

use mos_abi::{Env, NENV, Page, PteFlags, pte};
use mos_core::Kernel;
use mos_core::machine::{Frame, Machine, MemoryMap};

use crate::audit::Space;
use crate::sim::Sim;

/// What a frame is used for. A frame with two roles would let a program write what is not its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// Not found in any role yet.
    Lost,
    /// On the kernel's stack of free frames.
    Free,
    /// The test has taken it.
    Held,
    /// One of the tables all environments share.
    Shared,
    /// A page directory.
    Directory,
    /// A page table.
    Table,
    /// Memory of programs.
    Page,
}

struct Census {
    first: usize,
    roles: Vec<(Role, u32)>,
}

impl Census {
    /// `frame` is named once more, as `role`.
    fn name(&mut self, frame: Frame, role: Role) {
        let at = frame.index().checked_sub(self.first);
        let Some((known, count)) = at.and_then(|at| self.roles.get_mut(at)) else {
            panic!("{frame:?} is named as {role:?} and was never the kernel's to give");
        };
        assert!(
            *known == Role::Lost || (*known == role && matches!(role, Role::Page)),
            "{frame:?} is {known:?} and {role:?}"
        );
        *known = role;
        *count += 1;
    }
}

/// Free and used frames are disjoint and complete; every count is right.
pub fn check<const ASIDS: u32>(kernel: &Kernel<Sim<ASIDS>>, spaces: &[Space], held: &[Frame]) {
    let machine = &kernel.mem.machine;
    let MemoryMap {
        first_free, end, ..
    } = machine.memory_map();
    let mut census = Census {
        first: first_free.index(),
        roles: vec![(Role::Lost, 0); end.index() - first_free.index()],
    };
    let (dirty, zeroed, fresh) = kernel.mem.free_list();
    let zeroed = machine.ram.free.len() - zeroed..;
    for &ppn in &machine.ram.free[zeroed.clone()] {
        let words = machine.ram.words(Frame::new(ppn));
        assert!(
            words.iter().all(|&word| word == 0),
            "frame {ppn} is not zeroed"
        );
    }
    for ppn in machine.ram.free[..dirty]
        .iter()
        .copied()
        .chain(machine.ram.free[zeroed].iter().copied())
        .chain(fresh.ppn()..end.ppn())
    {
        census.name(Frame::new(ppn), Role::Free);
    }
    held.iter()
        .for_each(|&frame| census.name(frame, Role::Held));
    census.name(kernel.mem.zeros(), Role::Shared);
    for table in kernel.mem.view_tables() {
        census.name(table, Role::Shared);
    }
    for space in spaces {
        census.name(space.space.directory, Role::Directory);
        for &(_, table) in &space.tables {
            census.name(table, Role::Table);
        }
        for &(_, entry) in &space.pages {
            census.name(Frame::of_pte(entry), Role::Page);
        }
    }
    let [_, ready] = kernel.mem.view_entries();
    for (ppn, (role, count)) in (first_free.index()..).zip(census.roles) {
        assert_ne!(role, Role::Lost, "frame {ppn} leaked");
        let expected = match role {
            Role::Free | Role::Held => 0,
            _ => count,
        };
        let Page {
            pp_link,
            pp_ref,
            pp_pad,
        } = shown(machine.ram.pages[ppn], ppn < ready);
        assert_eq!(u32::from(pp_ref), expected, "count of {role:?} {ppn}");
        assert_eq!((pp_link, pp_pad), ([0; 2], 0), "page {ppn} at UPAGES");
    }
    let reserved = &machine.ram.pages[..first_free.index()];
    assert!(
        reserved.iter().all(|page| page.pp_ref == 1),
        "counts of the kernel's own frames"
    );
    shared_tables(kernel);
}

/// What programs see of an entry, which is zeros before it is ready.
fn shown(page: Page, ready: bool) -> Page {
    if ready { page } else { Page::FREE }
}

/// The tables that all environments share map what is ready to where it is, and the rest to zeros.
fn shared_tables<const ASIDS: u32>(kernel: &Kernel<Sim<ASIDS>>) {
    let machine = &kernel.mem.machine;
    let map = machine.memory_map();
    let [envs, pages] = kernel.mem.view_tables();
    let [ready_envs, ready_pages] = kernel.mem.view_entries();
    let end = map.end.index();
    let views = [
        (envs, map.envs, size_of::<Env>(), ready_envs, NENV),
        (pages, map.pages, size_of::<Page>(), ready_pages, end),
        (kernel.mem.zeros(), map.first_free, 0, 0, 0),
    ];
    for (table, first, entry, ready, count) in views {
        let (mapped, rest) = machine
            .ram
            .words(table)
            .split_at((entry * count).div_ceil(4096));
        // The entry behind the last that is ready begins in a frame that is shown, or there is none.
        let own = (entry * ready).div_ceil(4096);
        let zeros = pte::pte(kernel.mem.zeros().ppn(), PteFlags::V);
        let frames = (first.ppn()..).map(|ppn| pte::pte(ppn, PteFlags::V));
        let expected = frames.take(own).chain(std::iter::repeat(zeros));
        assert!(
            mapped.iter().copied().eq(expected.take(mapped.len())),
            "view table {table:?}"
        );
        assert!(
            rest.iter().all(|&entry| entry == 0),
            "end of view table {table:?}"
        );
    }
}
