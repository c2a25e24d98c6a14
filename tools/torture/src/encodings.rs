//! The instructions that there are, and those that are left out.

use crate::asm::NOP;
use crate::chance::Chance;
use mos_abi::layout::PAGE_SIZE;
use mos_run::machine::Machine;

/// Instructions of one form: a word, and the bits of it that are left to chance.
struct Form {
    word: u32,
    any: u32,
}

const fn form(word: u32, any: u32) -> Form {
    Form { word, any }
}

/// Fields: rs, rt, rd, sa, and 16, 20 or 26 low bits.
const RS: u32 = 31 << 21;
const RT: u32 = 31 << 16;
const RD: u32 = 31 << 11;
const SA: u32 = 31 << 6;
const LOW: u32 = 0xffff;
/// Of rs: mfc, cfc, mtc, ctc.
const MOVE: u32 = 6 << 21;
const CODE: u32 = 0xf_ffff << 6;
const TARGET: u32 = 0x3ff_ffff;

const fn special(funct: u32, any: u32) -> Form {
    form(funct, any)
}

const fn op(op: u32, any: u32) -> Form {
    form(op << 26, any)
}

/// MIPS I (IDT R30xx manual, "Instruction set").
#[rustfmt::skip]
const MIPS1: &[Form] = &[
    // sll, srl, sra, sllv, srlv, srav
    special(0, RT | RD | SA), special(2, RT | RD | SA), special(3, RT | RD | SA),
    special(4, RS | RT | RD), special(6, RS | RT | RD), special(7, RS | RT | RD),
    // jr, jalr, syscall, break
    special(8, RS), special(9, RS | RD), special(12, CODE), special(13, CODE),
    // mfhi, mthi, mflo, mtlo, mult, multu, div, divu
    special(16, RD), special(17, RS), special(18, RD), special(19, RS),
    special(24, RS | RT), special(25, RS | RT), special(26, RS | RT), special(27, RS | RT),
    // add, addu, sub, subu, and, or, xor, nor, slt, sltu
    special(32, RS | RT | RD), special(33, RS | RT | RD), special(34, RS | RT | RD), special(35, RS | RT | RD),
    special(36, RS | RT | RD), special(37, RS | RT | RD), special(38, RS | RT | RD), special(39, RS | RT | RD),
    special(42, RS | RT | RD), special(43, RS | RT | RD),
    // bltz, bgez, bltzal, bgezal, j, jal, beq, bne, blez, bgtz
    form(0x0400_0000, RS | LOW), form(0x0401_0000, RS | LOW), form(0x0410_0000, RS | LOW), form(0x0411_0000, RS | LOW),
    op(2, TARGET), op(3, TARGET), op(4, RS | RT | LOW), op(5, RS | RT | LOW), op(6, RS | LOW), op(7, RS | LOW),
    // addi, addiu, slti, sltiu, andi, ori, xori, lui
    op(8, RS | RT | LOW), op(9, RS | RT | LOW), op(10, RS | RT | LOW), op(11, RS | RT | LOW),
    op(12, RS | RT | LOW), op(13, RS | RT | LOW), op(14, RS | RT | LOW), op(15, RT | LOW),
    // mfc0, mtc0, tlbr, tlbwi, tlbwr, tlbp, rfe
    form(0x4000_0000, RT | RD), form(0x4080_0000, RT | RD), form(0x4200_0001, 0), form(0x4200_0002, 0),
    form(0x4200_0006, 0), form(0x4200_0008, 0), form(0x4200_0010, 0),
    // coprocessors 1 to 3: moves and operations
    form(0x4400_0000, MOVE | RT | RD), form(0x4800_0000, MOVE | RT | RD), form(0x4c00_0000, MOVE | RT | RD),
    form(0x4600_0000, RT | RD | SA | 63), form(0x4a00_0000, RT | RD | SA | 63),
    // lb, lh, lwl, lw, lbu, lhu, lwr, sb, sh, swl, sw, swr
    op(32, RS | RT | LOW), op(33, RS | RT | LOW), op(34, RS | RT | LOW), op(35, RS | RT | LOW),
    op(36, RS | RT | LOW), op(37, RS | RT | LOW), op(38, RS | RT | LOW), op(40, RS | RT | LOW),
    op(41, RS | RT | LOW), op(42, RS | RT | LOW), op(43, RS | RT | LOW), op(46, RS | RT | LOW),
    // lwc1 to lwc3, swc1 to swc3
    op(49, RS | RT | LOW), op(50, RS | RT | LOW), op(51, RS | RT | LOW),
    op(57, RS | RT | LOW), op(58, RS | RT | LOW), op(59, RS | RT | LOW),
];

/// What MIPS32 has besides (MIPS32 Architecture for Programmers, volume II).
#[rustfmt::skip]
const MIPS32: &[Form] = &[
    // movf and movt, movz, movn, sync, tge, tgeu, tlt, tltu, teq, tne
    special(1, RS | 1 << 16 | RD), special(10, RS | RT | RD), special(11, RS | RT | RD), special(15, SA),
    special(48, RS | RT | 0x3ff << 6), special(49, RS | RT), special(50, RS | RT), special(51, RS | RT),
    special(52, RS | RT), special(54, RS | RT),
    // bltzl, bgezl, bltzall, bgezall, tgei, teqi
    form(0x0402_0000, RS | LOW), form(0x0403_0000, RS | LOW), form(0x0412_0000, RS | LOW),
    form(0x0413_0000, RS | LOW), form(0x0408_0000, RS | LOW), form(0x040c_0000, RS | LOW),
    // beql, bnel, blezl, bgtzl
    op(20, RS | RT | LOW), op(21, RS | RT | LOW), op(22, RS | LOW), op(23, RS | LOW),
    // madd, maddu, mul, msub, msubu, clz, clo, sdbbp
    form(0x7000_0000, RS | RT), form(0x7000_0001, RS | RT), form(0x7000_0002, RS | RT | RD),
    form(0x7000_0004, RS | RT), form(0x7000_0005, RS | RT), form(0x7000_0020, RS | RT | RD),
    form(0x7000_0021, RS | RT | RD), form(0x7000_003f, CODE),
    // ll, sc, pref, cache, ldc1, sdc1
    op(48, RS | RT | LOW), op(56, RS | RT | LOW), op(51, RS | RT | LOW), op(47, RS | RT | LOW),
    op(53, RS | RT | LOW), op(61, RS | RT | LOW),
    // mfc0 and mtc0 with sel, eret, deret, wait, ssnop, ehb
    form(0x4000_0000, RT | RD | 7), form(0x4080_0000, RT | RD | 7), form(0x4200_0018, 0),
    form(0x4200_001f, 0), form(0x4200_0020, 0x7ffff << 6), form(0x0000_0040, 0), form(0x0000_00c0, 0),
];

/// A word that no program here contains, since it is the emulator that fails there and no kernel could help.
struct LeftOut {
    machine: Machine,
    mask: u32,
    value: u32,
    /// What the emulator does with it.
    #[expect(dead_code, reason = "for the reader")]
    because: &'static str,
}

#[rustfmt::skip]
const LEFT_OUT: &[LeftOut] = &[
    gxemul(0xffe0_0000, 0x4000_0000, "mfc0 and mtc0 are done in user mode too"),
    gxemul(0xffe0_0000, 0x4080_0000, "mtc0, likewise"),
    gxemul(0xfc00_0000, 0xcc00_0000, "lwc3 is taken for pref, which stops GXemul as unimplemented"),
    gxemul(0xdc00_0000, 0xc800_0000, "lwc2 and swc2, whatever Status.CU2 says"),
    gxemul(0xfc00_0000, 0xec00_0000, "swc3"),
    gxemul(0xfc00_003f, 0x0000_0001, "movf and movt stop GXemul as unimplemented"),
];

const fn gxemul(mask: u32, value: u32, because: &'static str) -> LeftOut {
    LeftOut {
        machine: Machine::Gxemul,
        mask,
        value,
        because,
    }
}

/// Whether `word` may be part of a program for `machine`.
pub fn is_fair(machine: Machine, word: u32) -> bool {
    !LEFT_OUT
        .iter()
        .any(|out| out.machine == machine && word & out.mask == out.value)
}

/// A word, nearly always an instruction of `machine`.
pub fn instruction(machine: Machine, chance: &mut Chance) -> u32 {
    loop {
        let word = match (machine, chance.below(16)) {
            (Machine::Malta, 0) => chance.word(),
            (Machine::Malta, 1..=4) => of(MIPS32, chance),
            _ => of(MIPS1, chance),
        };
        // Most of what is another coprocessor's or the kernel's would only end the program.
        let ends = matches!(word >> 26, 16..=19 | 49..=51 | 57..=59);
        // Registers point to data as a rule, which are no instructions that GXemul is sure to know.
        let jumps = machine == Machine::Gxemul && word & 0xfc00_003e == 8;
        let rare = ends || jumps;
        if is_fair(machine, word) && (!rare || chance.one_in(6)) {
            return word;
        }
    }
}

/// Whether what is behind `word` is in its delay slot.
pub fn is_branch(word: u32) -> bool {
    match word >> 26 {
        0 => matches!(word & 63, 8 | 9),
        1..=7 | 20..=23 => true,
        16..=19 => word >> 21 & 31 == 8,
        _ => false,
    }
}

/// Takes out what GXemul does wrong where two instructions are fair, but not one behind the other: a branch in the
/// delay slot of another. If there is nothing where the second one goes, or what is behind it raises an exception, GXemul
/// goes on where the first one goes, in kernel mode, without an instruction of the kernel in between.
pub fn separate_branches(words: &mut [u32]) {
    for at in 1..words.len() {
        if is_branch(words[at - 1]) && is_branch(words[at]) && !survives(words, at - 1) {
            words[at - 1] = 0;
        }
    }
}

/// Whether the branch at `at` and the one in its delay slot both go somewhere on the page that they are on, and there is
/// nothing behind them.
fn survives(words: &[u32], at: usize) -> bool {
    let page = |at: usize| at / (PAGE_SIZE as usize / 4);
    let stays = |at: usize| {
        let near = matches!(words[at] >> 26, 1 | 4..=7);
        let to = (at + 1).checked_add_signed(isize::from(words[at] as i16));
        near && to.is_some_and(|to| page(to) == page(at))
    };
    let nothing = words.get(at + 2) == Some(&NOP);
    nothing && page(at + 2) == page(at) && stays(at) && stays(at + 1)
}

fn of(forms: &[Form], chance: &mut Chance) -> u32 {
    let form = &forms[chance.below(forms.len() as u32) as usize];
    form.word | chance.word() & form.any
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_outside_what_makes_the_instruction() {
        for form in MIPS1.iter().chain(MIPS32) {
            assert_eq!(form.word & form.any, 0, "{:08x}", form.word);
        }
    }

    #[test]
    fn a_branch_behind_another_stays_where_gxemul_survives_it() {
        let [near, far, jump] = [0x1000_0003, 0x1000_1003, 0x0800_0000];
        let separated = |mut words: [u32; 4]| {
            separate_branches(&mut words);
            words
        };
        assert_eq!(separated([near, near, NOP, 1]), [near, near, NOP, 1]);
        assert_eq!(separated([near, near, 1, 1]), [0, near, 1, 1]);
        assert_eq!(separated([far, near, NOP, 1]), [0, near, NOP, 1]);
        assert_eq!(separated([near, jump, NOP, 1]), [0, jump, NOP, 1]);
        assert_eq!(separated([near, near, near, NOP]), [0, near, near, NOP]);
    }

    #[test]
    fn what_stops_an_emulator_never_comes() {
        let mut chance = Chance::new(3);
        for _ in 0..100_000 {
            let word = instruction(Machine::Gxemul, &mut chance);
            assert_ne!(word >> 26, 0x33, "pref");
            assert_ne!(word & 0xffe0_0000, 0x4080_0000, "mtc0");
        }
        assert!(!is_fair(Machine::Gxemul, 0x0100_5001));
        assert!(is_fair(Machine::Malta, 0x0100_5001));
    }
}
