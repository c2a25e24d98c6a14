//! Lab 3: ids, and whom they name.

use mos_abi::{EnvId, Error};
use mos_core::env::Permission;
use mos_core::slot::Slot;
use mos_core::{Kernel, Platform};
use mos_exam::{saw, step};

use crate::check::{Check, Wrong};
use crate::envs::boot;
use crate::need;

/// How many environments there are at first, and how many with all their children.
const FIRST: usize = 3;
const ALL: usize = 7;

/// Some environments, and where each lives.
struct Family([Slot; ALL]);

impl Family {
    /// Which of them `found` is.
    fn number(&self, found: Result<Slot, Error>) -> Result<Option<usize>, Error> {
        found.map(|slot| self.0.iter().position(|&other| other == slot))
    }
}

/// Ids, and whom they name.
pub fn ids<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    step!(
        check,
        "an id names the environment that lives in its slot, and 0 the caller"
    );
    boot(kernel, check, None)?;
    let mut family = Family([Slot::new(0); ALL]);
    for n in 0..ALL {
        let parent = match n {
            ..FIRST => EnvId::SELF,
            _ => kernel.id(family.0[check.lots.from(0, n as u32 - 1) as usize]),
        };
        let slot = kernel.env_alloc(parent, 1);
        family.0[n] = need!(check, "env_alloc", slot, kernel)?;
    }
    // Which environment's id is asked for, and which of its bits are others. What that makes of it may be the id of
    // another, or of nobody.
    let mut asked = [0, 0, 0, 1 << 11, 5 << 10, 1 << 31, 1 << 9, 1 << 10, 1, 2]
        .map(|changed| (check.lots.from(0, ALL as u32 - 1) as usize, changed));
    check.lots.shuffle(&mut asked);
    for (of, changed) in asked {
        let by = check.lots.from(0, ALL as u32 - 1) as usize;
        let id = kernel.id(family.0[of]).0 ^ changed;
        let found = kernel.envid2env(family.0[by], id, Permission::Anyone);
        let found = family.number(found);
        saw!(
            check,
            "who asks for anyone, for whose id, the bits that are changed in it, and who is found",
            (by, of, changed, found),
            kernel
        );
    }
    for id in [0, 0, 1, EnvId::new(0, ALL + 1).0] {
        let by = check.lots.from(0, ALL as u32 - 1) as usize;
        let found = kernel.envid2env(family.0[by], id, Permission::Anyone);
        let found = family.number(found);
        saw!(
            check,
            "who asks for this id, and who is found",
            (by, id, found),
            kernel
        );
    }
    step!(check, "family is oneself and one's children");
    let mut callers: [usize; ALL] = core::array::from_fn(|n| n);
    check.lots.shuffle(&mut callers);
    for by in callers {
        let others = family.0.map(|other| kernel.id(other).0);
        let found = others.map(|id| kernel.envid2env(family.0[by], id, Permission::Family));
        let found = found.map(|found| family.number(found));
        let zero = kernel.envid2env(family.0[by], 0, Permission::Family);
        let zero = family.number(zero);
        saw!(
            check,
            "who asks for family, who is found by the id of each, and by 0",
            (by, found, zero),
            kernel
        );
    }
    Ok(())
}
