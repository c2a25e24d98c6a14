//! Each rule broken, and the same code in order. Words are as the assembler makes them.

use super::check::{Code, Isa};

const NOP: u32 = 0;
const LW_V0: u32 = 0x8fa2_0004; // lw v0, 4(sp)
const USE_V0: u32 = 0x0040_1821; // addu v1, v0, zero
const MFC0_V0: u32 = 0x4002_6000; // mfc0 v0, $12
const JR_RA: u32 = 0x03e0_0008;
const MFLO: u32 = 0x0000_1012; // mflo v0
const MULT: u32 = 0x0085_0018; // mult a0, a1
const BASE: u32 = 0x8001_0000;

/// What is found in `words` at [`BASE`]: index of the instruction and problem.
fn findings(words: &[u32], isa: Isa) -> Vec<(u32, String)> {
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    let mut code = Code::new(isa);
    code.add(BASE, &bytes);
    let findings = code.check().into_iter();
    findings
        .map(|f| ((f.address - BASE) / 4, f.problem))
        .collect()
}

/// Asserts that instruction `index` of MIPS I code is the one thing that is wrong.
#[track_caller]
fn wrong(words: &[u32], index: u32, problem: &str) {
    assert_eq!(findings(words, Isa::Mips1), [(index, problem.to_owned())]);
}

#[track_caller]
fn fine(words: &[u32]) {
    assert_eq!(findings(words, Isa::Mips1), []);
}

#[test]
fn a_loaded_register_is_not_there_yet() {
    wrong(
        &[LW_V0, USE_V0],
        1,
        "`addu v1, v0, zero` right after `lw v0, 4(sp)`",
    );
    wrong(
        &[MFC0_V0, USE_V0],
        1,
        "`addu v1, v0, zero` right after `mfc0 v0, $12`",
    );
    wrong(
        &[LW_V0, 0x1440_0001, NOP],
        1,
        "`bne v0, zero, .+8` right after `lw v0, 4(sp)`",
    );
    wrong(
        &[LW_V0, 0xafa2_0000],
        1,
        "`sw v0, 0(sp)` right after `lw v0, 4(sp)`",
    );
    wrong(
        &[LW_V0, 0x8c43_0000],
        1,
        "`lw v1, 0(v0)` right after `lw v0, 4(sp)`",
    );
    fine(&[LW_V0, NOP, USE_V0]);
    fine(&[MFC0_V0, NOP, USE_V0]);
    fine(&[LW_V0, 0x0060_2021, USE_V0]); // addu a0, v1, zero between them
    fine(&[LW_V0, LW_V0, NOP]); // writes v0, does not read it
    fine(&[0x8fa0_0004, 0x0000_1821]); // lw zero; addu v1, zero, zero
}

#[test]
fn every_load_delays() {
    for opcode in [0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26] {
        let load = opcode << 26 | 29 << 21 | 2 << 16; // v0, 0(sp)
        assert_eq!(
            findings(&[load, USE_V0], Isa::Mips1).len(),
            1,
            "{opcode:#x}"
        );
    }
}

#[test]
fn a_load_in_a_delay_slot_delays_across_the_branch() {
    const B_OVER: u32 = 0x1000_0002; // b .+12
    const BNEZ_OVER: u32 = 0x14a0_0002; // bnez a1, .+12
    const BAL_OVER: u32 = 0x0411_0002; // bal .+12
    let problem = "`addu v1, v0, zero` right after `lw v0, 4(sp)`";
    for branch in [B_OVER, BNEZ_OVER, BAL_OVER] {
        wrong(&[branch, LW_V0, NOP, USE_V0], 3, problem);
    }
    wrong(&[BNEZ_OVER, LW_V0, USE_V0, NOP], 2, problem);
    fine(&[B_OVER, LW_V0, USE_V0, NOP]);
    fine(&[BAL_OVER, LW_V0, USE_V0, NOP]);
    let [j, jal] = [0x0800_4003, 0x0c00_4003]; // to BASE + 12
    wrong(&[j, LW_V0, NOP, USE_V0], 3, problem);
    wrong(&[jal, LW_V0, NOP, USE_V0], 3, problem);
}

#[test]
fn a_load_in_the_slot_of_a_jump_to_anywhere_is_suspicious() {
    let problem = "`lw v0, 4(sp)` in the delay slot of a jump to who knows where";
    wrong(&[JR_RA, LW_V0], 1, problem);
    wrong(&[0x0320_f809, LW_V0], 1, problem); // jalr t9
}

#[test]
fn the_return_from_a_fault_is_as_the_abi_says() {
    const LW_K0: u32 = 0x8fba_0094; // lw k0, 148(sp)
    const JR_K0: u32 = 0x0340_0008;
    const LW_SP: u32 = 0x8fbd_0074; // lw sp, 116(sp)
    fine(&[LW_K0, JR_K0, LW_SP]);
    fine(&[LW_K0, NOP, JR_K0, LW_SP]);
    wrong(
        &[LW_K0, JR_K0, NOP],
        1,
        "`jr k0` right after `lw k0, 148(sp)`",
    );
}

#[test]
fn partial_loads_of_one_register_merge() {
    const LWL: u32 = 0x8885_0003; // lwl a1, 3(a0)
    const LWR: u32 = 0x9885_0000; // lwr a1, 0(a0)
    fine(&[LWL, LWR, NOP, 0x00a0_1021]);
    wrong(
        &[LWL, LWR, 0x00a0_1021],
        2,
        "`addu v0, a1, zero` right after `lwr a1, 0(a0)`",
    );
    // The base register gets no such help, nor does a register from coprocessor 0.
    wrong(
        &[LWL, 0x98a6_0000],
        1,
        "`lwr a2, 0(a1)` right after `lwl a1, 3(a0)`",
    );
    wrong(
        &[0x4005_6000, LWR],
        1,
        "`lwr a1, 0(a0)` right after `mfc0 a1, $12`",
    );
}

#[test]
fn hi_and_lo_must_rest_after_a_read() {
    wrong(&[MFLO, MULT], 1, "`mult a0, a1` 1 after `mflo v0`");
    wrong(&[MFLO, NOP, MULT], 2, "`mult a0, a1` 2 after `mflo v0`");
    wrong(
        &[0x1000_0002, MFLO, NOP, NOP, MULT],
        4,
        "`mult a0, a1` 2 after `mflo v0`",
    );
    fine(&[MFLO, NOP, NOP, MULT]);
    fine(&[MULT, MFLO, NOP]);
}

#[test]
fn a_branch_in_a_delay_slot_is_undefined() {
    wrong(
        &[JR_RA, 0x1000_ffff, NOP],
        1,
        "a control transfer in a delay slot",
    );
    let likely = [0x5040_0001, JR_RA, NOP]; // beqzl v0
    assert_eq!(findings(&likely, Isa::Mips32).len(), 1);
}

#[test]
fn later_instructions_are_no_mips_i() {
    let later = [
        (0x0043_100a, "movz"),
        (0x0043_100b, "movn"),
        (0x5040_0001, "beqzl"),
        (0x0000_000f, "sync"),
        (0x0040_0034, "teq"),
        (0x7044_1002, "mul"),
        (0x7044_2020, "clz"),
        (0xc082_0000, "ll"),
        (0xe082_0000, "sc"),
        (0xcc80_0000, "pref"),
        (0xbc80_0000, "cache"),
        (0x4200_0018, "eret"),
        (0x4200_0020, "wait"),
        (0x4002_8001, "mfc0 v0, $16, 1"),
        (0x7000_007f, "sdbbp 1"),
    ];
    for (word, name) in later {
        let found = findings(&[word, NOP], Isa::Mips1);
        assert_eq!(
            found,
            [(0, format!("{word:08x} is no MIPS I instruction"))],
            "{name}"
        );
        assert_eq!(findings(&[word, NOP], Isa::Mips32), [], "{name}");
    }
    for (word, name) in [
        (0x7c03_e83b, "rdhwr"),
        (0x7c02_1420, "seb"),
        (0x0022_1042, "rotr"),
        (0x4160_6020, "ei"),
        (0x4600_0000, "add.s"),
        (0xffff_ffff, "nothing"),
    ] {
        assert_eq!(findings(&[word], Isa::Mips1).len(), 1, "{name}");
        assert_eq!(findings(&[word], Isa::Mips32).len(), 1, "{name}");
    }
}

#[test]
fn a_unit_has_delays_too_where_there_is_one() {
    let with_unit = |words: &[u32], isa| {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        let mut code = Code::new(isa).with_unit();
        code.add(BASE, &bytes);
        code.check()
            .into_iter()
            .map(|f| f.problem)
            .collect::<Vec<_>>()
    };
    let (mfc1, lwc1, ldc1, bc1t, add) = (
        0x4402_0000,
        0xc7a2_0004,
        0xd7a2_0008,
        0x4501_0001,
        0x4622_0000,
    );
    for isa in [Isa::Mips1, Isa::Mips32] {
        assert_eq!(
            with_unit(&[lwc1, USE_V0, add, mfc1, NOP, USE_V0, bc1t, add], isa),
            [""; 0]
        );
    }
    assert_eq!(
        with_unit(&[mfc1, USE_V0], Isa::Mips1),
        ["`addu v1, v0, zero` right after `mfc1 v0, $0`"]
    );
    assert_eq!(with_unit(&[LW_V0, 0xc442_0000], Isa::Mips1).len(), 1);
    assert_eq!(
        with_unit(&[bc1t, JR_RA, NOP], Isa::Mips1),
        ["a control transfer in a delay slot"]
    );
    assert_eq!(with_unit(&[ldc1], Isa::Mips1).len(), 1);
    assert_eq!(with_unit(&[ldc1], Isa::Mips32), [""; 0]);
}

#[test]
fn the_4kc_waits_for_its_loads() {
    assert_eq!(findings(&[LW_V0, USE_V0, MFLO, MULT], Isa::Mips32), []);
}

#[test]
fn what_the_linker_fills_gaps_with_is_no_code() {
    fine(&[JR_RA, NOP, 0x0417_0001, 0x0417_0001]);
}
