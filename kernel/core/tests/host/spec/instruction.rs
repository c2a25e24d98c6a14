//! The program counter: behind a call, in delay slots, and at the one CP0 instruction that is skipped.

use mos_abi::Error::Inval;
use mos_abi::Sysno::*;
use mos_abi::Trapframe;
use mos_abi::trapframe::reg;
use mos_core::env::raise::raises;

use crate::program::DATA;
use crate::rig::Rig;
use crate::sim::code;

/// Cause.BD.
const BD: u32 = 1 << 31;

/// The running environment executes `word`, which raises Coprocessor Unusable; returns by how much the
/// program counter moved, or `None` where that ended the environment.
fn execute(word: u32, cause: u32) -> Option<u32> {
    let mut rig = Rig::new();
    let id = rig.id();
    rig.store(DATA, word).expect("writable");
    rig.tf(id).cp0_epc = DATA;
    rig.trap(cause | code::COPROCESSOR << 2, 0);
    rig.exists(id).then(|| rig.pc() - DATA)
}

/// `mtc0 $register, $cp0` with select field `sel`.
fn mtc0(register: u32, cp0: u32, sel: u32) -> u32 {
    0x4080_0000 | register << 16 | cp0 << 11 | sel
}

#[test]
fn a_call_goes_on_behind_its_instruction_and_keeps_the_other_registers() {
    let mut rig = Rig::new();
    let id = rig.id();
    let before = *rig.tf(id);
    assert_eq!(rig.ok(Getenvid, &[]), id);
    let mut expected = before;
    expected.cp0_epc += 4;
    expected.cp0_cause = code::SYSCALL << 2;
    expected.regs[reg::V0] = id;
    expected.regs[reg::A0] = Getenvid as u32;
    assert_eq!(*rig.tf(id), expected);
}

#[test]
fn a_number_that_is_no_call_returns_inval() {
    let mut rig = Rig::new();
    for number in [0, 1, 9526, 9544, 9599, 9615, 0x7fff_ffff, u32::MAX] {
        let back = rig.call_any(number, &[1, 2, 3]);
        assert_eq!(back, crate::rig::Back::Value(Inval.code()), "{number}");
    }
}

/// EPC is the branch then, and to go on behind it would skip what the branch decides.
#[test]
fn a_call_in_a_delay_slot_ends_the_environment() {
    let mut rig = Rig::new();
    let id = rig.id();
    rig.trap(BD | code::SYSCALL << 2, 0);
    assert!(!rig.exists(id));
    assert!(rig.output().contains("system call in a branch delay slot"));
}

#[test]
fn writing_epc_is_skipped_for_the_sake_of_old_programs() {
    for register in 0..32 {
        assert_eq!(execute(mtc0(register, 14, 0), 0), Some(4));
    }
}

#[test]
fn every_other_cp0_instruction_ends_the_environment() {
    let (mfc0, tlbwr, rfe, cfc1) = (0x4000_7000, 0x4200_0006, 0x4200_0010, 0x4440_0000);
    for cp0 in (0..32).filter(|&cp0| cp0 != 14) {
        assert_eq!(execute(mtc0(26, cp0, 0), 0), None, "mtc0 $26, ${cp0}");
    }
    for word in [mtc0(26, 14, 1), mfc0, tlbwr, rfe, cfc1, 0] {
        assert_eq!(execute(word, 0), None, "{word:#x}");
    }
    assert_eq!(execute(mtc0(26, 14, 0), BD), None, "in a delay slot");
}

/// The way back to such a program may be the end of the machine, so there is none, whatever it was that came.
#[test]
fn a_program_counter_that_is_no_address_of_an_instruction_ends_the_environment() {
    type Comes = fn(&mut Rig);
    let exceptions: [Comes; 6] = [
        |rig| rig.trap(code::TLB_LOAD << 2, DATA),
        |rig| rig.trap(code::TLB_MOD << 2, DATA),
        |rig| rig.trap(code::SYSCALL << 2, 0),
        |rig| rig.trap(code::COPROCESSOR << 2, 0),
        |rig| rig.tick(),
        |rig| rig.type_in(b"a"),
    ];
    for (at, comes) in exceptions.iter().enumerate() {
        for past in [1, 2, 3] {
            let mut rig = Rig::new();
            let (id, pc) = (rig.id(), DATA + past);
            rig.start(&crate::program::small());
            rig.tf(id).cp0_epc = pc;
            comes(&mut rig);
            assert!(!rig.exists(id), "exception {at}, {pc:#x}");
            let line = format!("killed: load from a bad address, pc {pc:08x}, address {pc:08x}\n");
            assert!(rig.output().ends_with(&line));
        }
    }
}

#[test]
fn what_the_machine_knows_better_than_epc_is_where_the_program_was() {
    let mut rig = Rig::new();
    let id = rig.id();
    rig.tf(id).cp0_epc = 0xbfc0_0500;
    rig.machine().program_counter = Some(DATA);
    rig.trap(code::RESERVED << 2, 0);
    assert!(
        rig.output()
            .ends_with("reserved instruction, pc 00401000\n")
    );
}

#[test]
fn a_program_that_strayed_is_ended_and_the_next_one_goes_on() {
    let mut rig = Rig::new();
    let id = rig.id();
    let other = rig.start(&crate::program::small());
    assert!(rig.kernel.strayed());
    rig.settle();
    assert_eq!((rig.exists(id), rig.id()), (false, other));
    assert!(rig.output().contains("branch in a branch delay slot\n"));
    assert!(rig.kernel.strayed());
    rig.settle();
    assert!(!rig.kernel.strayed(), "nobody runs: it is the kernel's own");
}

/// What tells the kernel's own exceptions from those of a program that strayed: where it is, and what the instruction there
/// does with the registers.
#[test]
fn an_instruction_raises_what_it_can_and_about_the_address_it_uses() {
    let (syscall, r#break, add, addi, addu) = (0x0c, 0x0d, 0x0085_2020, 0x2084_0001, 0x0085_2021);
    let (lw, lh, lwl) = (0x8c82_fffc, 0x8482_fffc, 0x8882_fffc);
    let (sw, sb, swr) = (0xac82_fffc, 0xa082_fffc, 0xb882_fffc);
    let (from_k1, to_k1) = (0x8f62_0004, 0xaf62_0004);
    let access = [code::TLB_LOAD, code::ADDRESS_LOAD];
    let change = [code::TLB_MOD, code::TLB_STORE, code::ADDRESS_STORE];
    let all = 0..32;
    let (here, elsewhere) = (DATA - 4, DATA);
    for (words, codes) in [
        (&[lw, lh, lwl, from_k1][..], &access[..]),
        (&[sw, sb, swr, to_k1], &change),
        (&[syscall], &[code::SYSCALL]),
        (&[r#break], &[code::BREAK]),
        (&[add, addi], &[code::OVERFLOW]),
        (&[addu, 0, u32::MAX], &[]),
    ] {
        for (&word, code) in words
            .iter()
            .flat_map(|word| all.clone().map(move |c| (word, c)))
        {
            for va in [here, here | 3, elsewhere] {
                let mut tf = Trapframe {
                    cp0_cause: BD | code << 2,
                    cp0_badvaddr: va,
                    ..Trapframe::ZERO
                };
                tf.regs[reg::A0] = DATA;
                let about = access.contains(&code) || change.contains(&code);
                let anywhere = !about || word == from_k1 || word == to_k1;
                let can = codes.contains(&code) && (anywhere || va != elsewhere);
                assert_eq!(raises(word, &tf), can, "{word:#x}, {code}, {va:#x}");
            }
        }
    }
}

#[test]
fn a_program_counter_that_cannot_be_read_is_just_a_fault() {
    for pc in [0, 2, 0x7f3f_e000, 0x8000_0000, u32::MAX] {
        let mut rig = Rig::new();
        let id = rig.id();
        rig.tf(id).cp0_epc = pc;
        rig.trap(code::COPROCESSOR << 2, 0);
        assert!(!rig.exists(id), "{pc:#x}");
    }
}
