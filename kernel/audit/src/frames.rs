//! Every frame has one role, and is counted as often as it is named.

use mos_abi::layout::PAGE_SIZE;
use mos_abi::{Env, NENV, Page, PteFlags, pte};
use mos_core::machine::{Frame, MemoryMap, Tables};
use mos_core::{Kernel, Platform};

use crate::walk::{Found, walk};
use crate::{Audited, Books};

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

/// What is known of a frame.
#[derive(Clone, Copy, Debug)]
pub struct Tally {
    role: Role,
    /// How often it is named.
    count: u16,
}

impl Tally {
    /// Nothing.
    pub const NONE: Self = Self {
        role: Role::Lost,
        count: 0,
    };
}

struct Census<'a> {
    first: usize,
    tallies: &'a mut [Tally],
}

impl Census<'_> {
    /// `frame` is named once more, as `role`.
    fn name(&mut self, frame: Frame, role: Role) {
        let at = frame.index().checked_sub(self.first);
        let Some(tally) = at.and_then(|at| self.tallies.get_mut(at)) else {
            panic!("{frame:?} is named as {role:?} and was never the kernel's to give");
        };
        let known = tally.role;
        assert!(
            known == Role::Lost || (known == role && matches!(role, Role::Page)),
            "{frame:?} is {known:?} and {role:?}"
        );
        tally.role = role;
        tally.count = tally.count.checked_add(1).expect("as a frame's own count");
    }
}

/// Free and used frames are disjoint and complete; every count is right.
pub fn check<M: Audited>(kernel: &mut Kernel<M>, books: Books<'_>, mut found: impl FnMut(Found)) {
    let MemoryMap {
        first_free, end, ..
    } = kernel.mem.machine.memory_map();
    let tallies = &mut books.tallies[..end.index() - first_free.index()];
    tallies.fill(Tally::NONE);
    let mut census = Census {
        first: first_free.index(),
        tallies,
    };
    free(kernel, &mut census);
    for &frame in books.held {
        census.name(frame, Role::Held);
    }
    census.name(kernel.mem.zeros(), Role::Shared);
    for table in kernel.mem.view_tables() {
        census.name(table, Role::Shared);
    }
    walk(kernel, |what| {
        match what {
            Found::Space(_, space) => census.name(space.directory, Role::Directory),
            Found::Table(_, table) => census.name(table, Role::Table),
            Found::Page(_, entry) => census.name(Frame::of_pte(entry), Role::Page),
        }
        found(what);
    });
    let [_, ready] = kernel.mem.view_entries();
    let Tables { pages, .. } = kernel.mem.machine.tables();
    for (ppn, &Tally { role, count }) in (first_free.index()..).zip(&*census.tallies) {
        assert_ne!(role, Role::Lost, "frame {ppn} leaked");
        let expected = match role {
            Role::Free | Role::Held => 0,
            _ => count,
        };
        let Page {
            pp_link,
            pp_ref,
            pp_pad,
        } = shown(pages[ppn], ppn < ready);
        assert_eq!(pp_ref, expected, "count of {role:?} {ppn}");
        assert_eq!((pp_link, pp_pad), ([0; 2], 0), "page {ppn} at UPAGES");
    }
    let reserved = &pages[..first_free.index()];
    assert!(
        reserved.iter().all(|page| page.pp_ref == 1),
        "counts of the kernel's own frames"
    );
    shared_tables(kernel);
}

/// The frames that the kernel would hand out.
fn free<M: Audited>(kernel: &mut Kernel<M>, census: &mut Census<'_>) {
    let end = kernel.mem.machine.memory_map().end;
    let (dirty, zeroed, fresh) = kernel.mem.free_list();
    let numbers = kernel.mem.machine.tables().free.len();
    for at in numbers - zeroed..numbers {
        let frame = free_frame(kernel, at);
        let words = kernel.mem.machine.look(frame);
        let zeros = words.iter().all(|&word| word == 0);
        assert!(zeros, "{frame:?} is not zeroed");
        census.name(frame, Role::Free);
    }
    for at in 0..dirty {
        census.name(free_frame(kernel, at), Role::Free);
    }
    for ppn in fresh.ppn()..end.ppn() {
        census.name(Frame::new(ppn), Role::Free);
    }
}

/// Number `at` of the array of free frames.
fn free_frame<M: Platform>(kernel: &mut Kernel<M>, at: usize) -> Frame {
    Frame::new(kernel.mem.machine.tables().free[at])
}

/// What programs see of an entry, which is zeros before it is ready.
fn shown(page: Page, ready: bool) -> Page {
    if ready { page } else { Page::FREE }
}

/// The tables that all environments share map what is ready to where it is, and the rest to zeros.
fn shared_tables<M: Audited>(kernel: &mut Kernel<M>) {
    let map = kernel.mem.machine.memory_map();
    let [envs, pages] = kernel.mem.view_tables();
    let [ready_envs, ready_pages] = kernel.mem.view_entries();
    let frames = |entry: usize, count: usize| (entry * count).div_ceil(PAGE_SIZE as usize);
    let end = map.end.index();
    let zeros = kernel.mem.zeros();
    let views = [
        (envs, map.envs, size_of::<Env>(), ready_envs, NENV),
        (pages, map.pages, size_of::<Page>(), ready_pages, end),
        (zeros, map.first_free, 0, 0, 0),
    ];
    for (table, first, entry, ready, count) in views {
        let words = kernel.mem.machine.look(table);
        let (mapped, rest) = words.split_at(frames(entry, count));
        // The entry behind the last that is ready begins in a frame that is shown, or there is none.
        let own = frames(entry, ready);
        let numbers = (first.ppn()..).map(|ppn| pte::pte(ppn, PteFlags::V));
        let zeros = pte::pte(zeros.ppn(), PteFlags::V);
        let expected = numbers.take(own).chain(core::iter::repeat(zeros));
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
