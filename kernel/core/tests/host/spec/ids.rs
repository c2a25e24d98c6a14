//! Environment ids, and whom a caller may name.

use mos_abi::Error::BadEnv;
use mos_abi::Sysno::{self, *};
use mos_abi::{EnvId, NENV};

use super::family::family;
use super::{FREE_PAGE, V, VR};
use crate::program::DATA;
use crate::rig::{Back, Rig};

/// Every call with an id that must be the caller's or a child's, with arguments that are right.
fn calls_for_family(id: u32) -> [(Sysno, Vec<u32>); 8] {
    [
        (SetPgfaultHandler, vec![id, 0x40_0000, 0x7f40_0000]),
        (MemAlloc, vec![id, FREE_PAGE, VR]),
        (MemMap, vec![id, FREE_PAGE, 0, FREE_PAGE, V]),
        (MemMap, vec![0, FREE_PAGE, id, FREE_PAGE, V]),
        (SetTrapframe, vec![id, FREE_PAGE]),
        (MemUnmap, vec![id, FREE_PAGE]),
        (SetEnvStatus, vec![id, 1]),
        (EnvDestroy, vec![id]),
    ]
}

#[test]
fn a_caller_may_name_itself_and_its_children() {
    let (rig, family) = family();
    for id in [0, family.me, family.child] {
        for (call, args) in calls_for_family(id) {
            let mut rig = rig.clone();
            // For those that need a page: on both sides.
            rig.ok(MemAlloc, &[0, FREE_PAGE, VR]);
            rig.ok(MemAlloc, &[id, FREE_PAGE, VR]);
            let back = rig.call_any(call as u32, &args);
            if call == EnvDestroy && id != family.child {
                assert_eq!(back, Back::Gone);
            } else {
                // Of set_trapframe too: the frame it loads is all zero.
                assert_eq!(back, Back::Value(0), "{call:?} of {id:x}");
            }
        }
    }
}

#[test]
fn a_caller_may_name_nobody_else() {
    let (mut rig, family) = family();
    rig.ok(MemAlloc, &[0, FREE_PAGE, VR]);
    for (who, id) in family.others {
        for (call, args) in calls_for_family(id) {
            assert_eq!(rig.call(call, &args), BadEnv.code(), "{call:?} of {who}");
        }
    }
}

#[test]
fn a_message_may_go_to_anyone_who_is_there() {
    let (mut rig, family) = family();
    for (who, id) in family.others {
        let expected = match who {
            "parent" | "sibling" | "grandchild" => mos_abi::Error::IpcNotRecv,
            _ => BadEnv,
        };
        assert_eq!(
            rig.call(IpcCanSend, &[id, 0, 0, 0]),
            expected.code(),
            "{who}"
        );
    }
}

#[test]
fn an_id_dies_with_its_environment_even_when_the_slot_lives_on() {
    let mut rig = Rig::with_frames(64 + 3 * NENV as u32);
    rig.start(&crate::program::small());
    let old = rig.ok(EnvAlloc, &[]);
    rig.ok(EnvDestroy, &[old]);
    let reborn = loop {
        let id = rig.ok(EnvAlloc, &[]);
        if EnvId(id).index() == EnvId(old).index() {
            break id;
        }
    };
    assert_eq!(EnvId(reborn).generation(), EnvId(old).generation() + 1);
    rig.fails(BadEnv, MemUnmap, &[old, FREE_PAGE]);
    rig.fails(BadEnv, EnvDestroy, &[old]);
    rig.fails(BadEnv, IpcCanSend, &[old, 0, 0, 0]);
    rig.ok(EnvDestroy, &[reborn]);
}

#[test]
fn a_child_of_a_dead_parent_is_nobodys_child() {
    let mut rig = Rig::new();
    let root = rig.id();
    let parent = rig.child();
    rig.switch_to(parent);
    let orphan = rig.ok(EnvAlloc, &[]);
    rig.call_any(EnvDestroy as u32, &[0]);
    rig.switch_to(root);
    rig.fails(BadEnv, EnvDestroy, &[orphan]);
    assert_eq!(rig.view(orphan).env_parent_id, parent);
}

#[test]
fn the_environments_that_boot_made_are_nobodys_children() {
    let mut rig = Rig::new();
    let other = rig.start(&crate::program::small());
    assert_eq!(rig.view(other).env_parent_id, 0);
    rig.fails(BadEnv, MemUnmap, &[other, DATA]);
}

#[test]
fn getenvid_is_the_id_at_uenvs() {
    let mut rig = Rig::new();
    let id = rig.ok(Getenvid, &[]);
    assert_eq!(id, rig.id());
    assert_ne!(id & 1 << 10, 0);
    assert_eq!(rig.view(id).env_id, id);
}
