//! What becomes of one program on one CPU when another one has the kernel.

use mos_abi::{EnvId, Sysno};
use mos_core::slot::Slot;
use mos_monitor::{Monitor, Why};

use super::act::Act;
use super::machine::Cpus;
use crate::program::DATA;

/// Two CPUs: a parent on the first, and its child on the second. Returns both slots.
fn parent_and_child() -> (Cpus, Slot, Slot) {
    let mut cpus = Cpus::new(2, 0);
    let parent = cpus.on(0).expect("it has booted");
    cpus.trap(1, None);
    assert_eq!(cpus.on(1), None, "there is nobody for it");
    let child = call(&mut cpus, Sysno::EnvAlloc, [0; 5]);
    call(&mut cpus, Sysno::MemShare, [child, 0, DATA + 4096, 0, 0]);
    call(&mut cpus, Sysno::SetEnvStatus, [child, 1, 0, 0, 0]);
    assert_eq!(cpus.woken, 1, "the second CPU is told");
    cpus.trap(1, None);
    let child = Slot::new(EnvId(child).index());
    assert_eq!([cpus.on(0), cpus.on(1)], [Some(parent), Some(child)]);
    (cpus, parent, child)
}

/// The program on the first CPU makes a call.
pub fn call(cpus: &mut Cpus, call: Sysno, args: [u32; 5]) -> u32 {
    let slot = cpus.on(0).expect("it runs");
    cpus.begin(0, slot, Act::Call(call, args));
    cpus.trap(0, Some((crate::sim::code::SYSCALL, 0)));
    cpus.rig.kernel.tf(slot).regs[mos_abi::trapframe::reg::V0]
}

#[test]
fn who_is_changed_is_taken_off_and_next_again() {
    for change in [Sysno::MemUnmap, Sysno::SetPgfaultHandler] {
        let (mut cpus, _, child) = parent_and_child();
        let id = cpus.rig.kernel.id(child).0;
        cpus.begin(1, child, Act::Load(DATA));
        assert_eq!(call(&mut cpus, change, [id, DATA, 0, 0, 0]), 0);
        assert_eq!((cpus.taken_off, cpus.on(1)), (1, None));
        cpus.trap(1, None);
        assert_eq!(cpus.on(1), Some(child), "the CPU finds it again");
        cpus.look();
    }
}

#[test]
fn everybody_is_told_who_runs_where() {
    let (mut cpus, parent, child) = parent_and_child();
    let [me, other] = [parent, child].map(|slot| cpus.rig.kernel.id(slot).0);
    for (id, number) in [(0, 0), (me, 0), (other, 1)] {
        assert_eq!(call(&mut cpus, Sysno::GetCpu, [id, 0, 0, 0, 0]), number);
        assert_eq!(cpus.on(1), Some(child), "nobody is taken off for that");
    }
    call(&mut cpus, Sysno::SetEnvStatus, [other, 2, 0, 0, 0]);
    let told = call(&mut cpus, Sysno::GetCpu, [other, 0, 0, 0, 0]);
    assert_eq!(told as i32, mos_abi::Error::NotFound.code());
    let nobody = call(&mut cpus, Sysno::GetCpu, [other + 1, 0, 0, 0, 0]);
    assert_eq!(nobody as i32, mos_abi::Error::BadEnv.code());
}

#[test]
fn who_is_named_to_be_sent_something_runs_on() {
    let (mut cpus, _, child) = parent_and_child();
    let id = cpus.rig.kernel.id(child).0;
    let refused = call(&mut cpus, Sysno::IpcCanSend, [id, 1, 0, 0, 0]);
    assert_eq!(refused as i32, mos_abi::Error::IpcNotRecv.code());
    assert_eq!((cpus.taken_off, cpus.on(1)), (0, Some(child)));
}

#[test]
fn a_call_that_was_not_begun_yet_is_made_when_its_caller_runs_again() {
    let (mut cpus, _, child) = parent_and_child();
    let id = cpus.rig.kernel.id(child).0;
    cpus.begin(1, child, Act::Call(Sysno::EnvAlloc, [0; 5]));
    let pc = cpus.rig.kernel.tf(child).cp0_epc;
    call(&mut cpus, Sysno::SetEnvStatus, [id, 2, 0, 0, 0]);
    let alive = cpus.rig.kernel.alive();
    cpus.trap(1, Some((crate::sim::code::SYSCALL, 0)));
    assert_eq!(cpus.on(1), None, "it is stopped");
    assert_eq!(cpus.rig.kernel.tf(child).cp0_epc, pc);
    assert_eq!(cpus.rig.kernel.alive(), alive, "nobody is made");
}

#[test]
fn the_ids_of_a_cpu_begin_anew_and_nobody_has_one_of_before() {
    let (mut cpus, parent, _) = parent_and_child();
    cpus.rig.kernel.use_up_ids(1);
    for _ in 0..40 {
        cpus.trap(1, None);
        cpus.trap(0, None);
        cpus.look();
    }
    assert_eq!(cpus.on(0), Some(parent));
}

/// What the monitor says to `line` on the first CPU.
fn says(cpus: &mut Cpus, line: &str) -> String {
    cpus.in_kernel(0, |rig| {
        rig.machine().input.extend(line.bytes());
        rig.machine().take_output();
        Monitor::new().enter(&mut rig.kernel, Why::Key);
        rig.output()
    })
}

#[test]
fn the_monitor_shows_each_cpu_and_what_others_hold_goes() {
    let (mut cpus, parent, child) = parent_and_child();
    let [me, other] = [parent, child].map(|slot| cpus.rig.kernel.id(slot));
    cpus.begin(1, child, Act::Load(DATA));
    let said = says(&mut cpus, "envs\r");
    for (id, number) in [(me, 0), (other, 1)] {
        let of = said
            .lines()
            .find(|said| said.starts_with(&format!("  {id} ")));
        assert!(
            of.is_some_and(|of| of.ends_with(&format!("has CPU {number}"))),
            "{said}"
        );
    }
    let said = says(&mut cpus, "queues\r");
    assert!(
        said.contains(&format!("  CPU 1: {other}, 0 time slices left")),
        "{said}"
    );
    assert!(says(&mut cpus, "kerninfo\r").contains("  CPU 0 of 2; lock kind: "));
    cpus.begin(1, child, Act::Load(DATA));
    let shown = format!("  {DATA:08x}  frame");
    let tlb = |said: &str| {
        said.split_once("  CPU 1:")
            .map(|(_, of)| of.contains(&shown))
    };
    assert_eq!(tlb(&says(&mut cpus, "tlb\r")), Some(true));
    assert_eq!(
        says(&mut cpus, &format!("setperm {other} {DATA:x} 0\r"))
            .lines()
            .count(),
        4
    );
    cpus.look();
    assert_eq!(tlb(&says(&mut cpus, "tlb\r")), Some(false));
}
