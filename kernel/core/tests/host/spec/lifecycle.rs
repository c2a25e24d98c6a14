//! `env_alloc`, `env_destroy`, `set_env_status`, `set_trapframe`.

use mos_abi::Error::{Inval, IpcNotRecv, Unspecified};
use mos_abi::Sysno::*;
use mos_abi::layout::{UTEXT, UTOP};
use mos_abi::package::Program;
use mos_abi::trapframe::{TF_SIZE, reg};
use mos_abi::{Env, Trapframe};
use mos_core::{Next, Outcome};

use super::{FREE_PAGE, V, VR};
use crate::program::{self, DATA};
use crate::rig::{Back, Rig};

/// Trapframe with a different value in every register.
fn colourful() -> Trapframe {
    let words = std::array::from_fn(|i| 0x1000 + i as u32 * 4);
    Trapframe::from_words(&words)
}

#[test]
fn a_child_has_the_callers_registers_but_v0_and_nothing_of_its_memory() {
    let mut rig = Rig::new();
    let me = rig.id();
    rig.ok(SetPgfaultHandler, &[0, 0x40_0000, UTOP]);
    let sp = rig.tf(me).regs[reg::SP];
    *rig.tf(me) = Trapframe {
        cp0_epc: 0x40_0010,
        ..colourful()
    };
    rig.tf(me).regs[reg::SP] = sp;
    let child = rig.ok(EnvAlloc, &[]);
    let mut expected = *rig.tf(me);
    expected.regs[reg::V0] = 0;
    assert_eq!(expected.cp0_epc, 0x40_0014, "behind the call");
    assert_eq!(*rig.tf(child), expected);
    let mapped = [FREE_PAGE, DATA, 0x40_0000].map(|va| rig.pte(child, va));
    assert_eq!(mapped, [0; 3]);
    let view = Env {
        env_id: child,
        env_parent_id: me,
        env_status: 2,
        env_pri: rig.view(me).env_pri,
        ..Env::FREE
    };
    assert_eq!(*rig.view(child), view, "no handler, no message, never ran");
}

#[test]
fn a_child_has_its_parents_priority() {
    let mut rig = Rig::with_frames(256);
    let elf = program::small();
    let boot = Program {
        priority: 5,
        ..program::program(&elf)
    };
    rig.start_program(&boot);
    let child = rig.ok(EnvAlloc, &[]);
    assert_eq!(rig.view(child).env_pri, 5);
}

#[test]
fn an_environment_that_ends_leaves_nothing() {
    let mut rig = Rig::new();
    let free = rig.kernel.mem.free_frames();
    let child = rig.child();
    for va in [0, FREE_PAGE, 0x1000_0000, 0x7000_0000] {
        rig.ok(MemAlloc, &[child, va, VR]);
    }
    rig.ok(MemMap, &[0, DATA, child, DATA, V]);
    rig.switch_to(child);
    rig.store(0x2000_0000, 1).expect("on demand");
    assert_eq!(rig.call_any(EnvDestroy as u32, &[0]), Back::Gone);
    assert_eq!(rig.kernel.mem.free_frames(), free);
    assert_eq!(rig.kernel.alive(), 1);
}

#[test]
fn a_parent_ends_a_child_wherever_it_stands() {
    type Prepare = fn(&mut Rig, u32);
    let cases: [(&str, Prepare); 4] = [
        ("not started", |_, _| {}),
        ("runnable", |rig, child| {
            _ = rig.ok(SetEnvStatus, &[child, 1])
        }),
        ("receiving", |rig, child| {
            rig.ok(SetEnvStatus, &[child, 1]);
            rig.switch_to(child);
            rig.blocks(IpcRecv, &[0]);
        }),
        ("reading", |rig, child| {
            rig.ok(SetEnvStatus, &[child, 1]);
            rig.switch_to(child);
            rig.blocks(Cgetc, &[]);
        }),
    ];
    for (name, prepare) in cases {
        for by_status in [false, true] {
            let mut rig = Rig::new();
            let me = rig.id();
            let child = rig.ok(EnvAlloc, &[]);
            prepare(&mut rig, child);
            rig.switch_to(me);
            match by_status {
                false => rig.ok(EnvDestroy, &[child]),
                true => rig.ok(SetEnvStatus, &[child, 0]),
            };
            assert!(!rig.exists(child), "{name}");
            assert_eq!(rig.view(child).env_status, 0);
        }
    }
}

#[test]
fn when_the_last_one_ends_the_machine_is_done() {
    for args in [&[SetEnvStatus as u32, 0, 0], &[EnvDestroy as u32, 0, 0]] {
        let mut rig = Rig::new();
        assert_eq!(rig.call_any(args[0], &args[1..]), Back::Gone);
        assert_eq!(rig.next, Next::PowerOff(Outcome::Done));
    }
}

#[test]
fn a_status_is_runnable_not_runnable_or_free() {
    let mut rig = Rig::new();
    let child = rig.ok(EnvAlloc, &[]);
    for status in [3, 4, 0x100, u32::MAX] {
        rig.fails(Inval, SetEnvStatus, &[child, status]);
        rig.fails(Inval, SetEnvStatus, &[0, status]);
    }
    for status in [1, 1, 2, 2, 1] {
        rig.ok(SetEnvStatus, &[child, status]);
        assert_eq!(rig.view(child).env_status, status);
    }
}

#[test]
fn an_environment_that_stops_itself_goes_on_when_its_parent_starts_it() {
    let mut rig = Rig::new();
    let me = rig.id();
    let child = rig.child();
    rig.switch_to(child);
    rig.blocks(SetEnvStatus, &[0, 2]);
    rig.switch_to(me);
    rig.ok(SetEnvStatus, &[child, 1]);
    rig.switch_to(child);
    assert_eq!(rig.tf(child).regs[reg::V0], 0, "its own call succeeded");
}

#[test]
fn to_start_one_that_waits_breaks_its_wait_off() {
    for call in [IpcRecv, Cgetc] {
        let mut rig = Rig::new();
        let me = rig.id();
        let child = rig.child();
        rig.switch_to(child);
        rig.blocks(call, &[0]);
        rig.switch_to(me);
        rig.ok(SetEnvStatus, &[child, 1]);
        rig.switch_to(child);
        assert_eq!(rig.tf(child).regs[reg::V0], Unspecified.code() as u32);
        rig.type_in(b"x");
        assert_eq!(
            rig.ok(Cgetc, &[]),
            u32::from(b'x'),
            "nobody else waits for it"
        );
    }
}

/// It has not got what it waited for, and that is not kept for it.
#[test]
fn one_that_is_stopped_while_it_waits_stays_stopped_until_it_is_started() {
    for call in [IpcRecv, Cgetc, IpcCall] {
        let mut rig = Rig::new();
        let me = rig.id();
        let child = rig.child();
        let server = rig.child();
        rig.switch_to(server);
        rig.blocks(IpcRecv, &[0]);
        rig.switch_to(child);
        let to = if call == IpcCall { server } else { 0 };
        rig.blocks(call, &[to, 0, 0]);
        rig.switch_to(me);
        for _ in 0..2 {
            rig.ok(SetEnvStatus, &[child, 2]);
            rig.fails(IpcNotRecv, IpcCanSend, &[child, 1, 0, 0]);
            rig.type_in(b"x");
            assert_eq!(rig.ok(Cgetc, &[]), u32::from(b'x'));
            assert_eq!(rig.view(child).env_status, 2);
        }
        rig.ok(SetEnvStatus, &[child, 1]);
        rig.switch_to(child);
        assert_eq!(rig.tf(child).regs[reg::V0], Unspecified.code() as u32);
    }
}

#[test]
fn set_trapframe_loads_registers_and_forces_the_rest() {
    let mut rig = Rig::new();
    let me = rig.id();
    let child = rig.ok(EnvAlloc, &[]);
    let tf = colourful();
    for (at, word) in (DATA..).step_by(4).zip(tf.to_words()) {
        rig.store(at, word).expect("writable");
    }
    let old = *rig.tf(child);
    rig.ok(SetTrapframe, &[child, DATA]);
    let expected = Trapframe {
        regs: tf.regs,
        hi: tf.hi,
        lo: tf.lo,
        pc: tf.pc,
        cp0_epc: tf.pc,
        ..old
    };
    assert_eq!(*rig.tf(child), expected);
    assert_eq!(
        rig.call_any(SetTrapframe as u32, &[0, DATA]),
        Back::Value(tf.regs[2] as i32)
    );
    let mine = rig.tf(me);
    assert_eq!(
        (mine.regs, mine.cp0_epc),
        (tf.regs, tf.pc),
        "its own: v0 is the frame's"
    );
}

#[test]
fn set_trapframe_refuses_a_frame_it_cannot_read_and_registers_above_utop() {
    let mut rig = Rig::new();
    let unreadable = [
        0,
        DATA + 2,
        DATA + 0x1000 - TF_SIZE + 4,
        FREE_PAGE,
        UTOP - 4,
        UTOP,
        0x8000_0000,
        u32::MAX - 3,
    ];
    for tf in unreadable {
        rig.fails(Inval, SetTrapframe, &[0, tf]);
    }
    let (sp, pc) = (DATA + 4 * reg::SP as u32, DATA + 152);
    for (word, value) in [
        (sp, UTOP),
        (sp, u32::MAX),
        (pc, UTOP),
        (pc, 0x8000_0180),
        (pc, UTEXT + 1),
        (pc, UTEXT + 2),
        (pc, UTEXT + 3),
    ] {
        rig.store(word, value).expect("writable");
        rig.fails(Inval, SetTrapframe, &[0, DATA]);
        rig.store(word, 0).expect("writable");
    }
    let v0 = rig.load(DATA + 4 * reg::V0 as u32).expect("readable");
    assert_eq!(rig.call(SetTrapframe, &[0, DATA]), v0 as i32);
}

#[test]
fn set_trapframe_reads_across_pages() {
    let mut rig = Rig::new();
    let tf = FREE_PAGE + 0x1000 - 80;
    rig.ok(MemAlloc, &[0, FREE_PAGE, VR]);
    rig.fails(Inval, SetTrapframe, &[0, tf]);
    rig.ok(MemAlloc, &[0, FREE_PAGE + 0x1000, VR]);
    rig.ok(SetTrapframe, &[0, tf]);
}
