//! Relatives of an environment, to try permissions on.

use mos_abi::Sysno::{EnvAlloc, EnvDestroy};

use crate::rig::Rig;

/// Ids as `me`, the running environment, sees them.
pub struct Family {
    pub me: u32,
    pub child: u32,
    /// Those that `me` may not touch, by what they are.
    pub others: Vec<(&'static str, u32)>,
}

/// A family in which `me` runs.
pub fn family() -> (Rig, Family) {
    let mut rig = Rig::new();
    let parent = rig.id();
    let sibling = rig.child();
    let me = rig.child();
    rig.switch_to(me);
    let child = rig.child();
    rig.switch_to(child);
    let grandchild = rig.child();
    rig.switch_to(me);
    let dead = rig.ok(EnvAlloc, &[]);
    rig.ok(EnvDestroy, &[dead]);
    let others = vec![
        ("parent", parent),
        ("sibling", sibling),
        ("grandchild", grandchild),
        ("dead child", dead),
        ("child in another generation", child ^ 1 << 11),
        ("child without bit 10", child & !(1 << 10)),
        ("child with bit 31", child | 1 << 31),
        ("never used slot", 0x400 | 1000),
        ("slot number alone", child & 0x3ff),
        ("minus one", u32::MAX),
        ("huge", 0x7fff_ffff),
    ];
    (rig, Family { me, child, others })
}
