//! Where a program goes on after an instruction (MIPS32 Architecture, volume II: the instruction set).

/// What an instruction does to the way of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The next instruction follows.
    On,
    /// It is a branch or a jump, and goes to this address after its delay slot.
    To(u32),
    /// It is a branch that is not taken: what follows its delay slot is next.
    Past,
}

/// Whether instruction `word` is a branch that the floating-point unit decides: `bc1f`, `bc1t`, and the same "likely".
pub const fn asks_unit(word: u32) -> bool {
    word >> 21 == 17 << 5 | 8
}

/// Condition number `n` in FCSR: the first one stands apart from the others, which are of later CPUs.
const fn condition(fcsr: u32, n: u32) -> bool {
    let bit = if n == 0 { 23 } else { 24 + n };
    fcsr >> bit & 1 != 0
}

/// The way of instruction `word` at `pc`, with the general registers, and FCSR, as they are before it.
pub fn way(word: u32, pc: u32, regs: &[u32; 32], fcsr: u32) -> Way {
    let register = |shift: u32| regs[(word >> shift & 31) as usize];
    let (rs, rt) = (register(21), register(16));
    let signed = rs as i32;
    let slot = pc.wrapping_add(4);
    let relative = slot.wrapping_add(((word as u16 as i16) as u32) << 2);
    let branch = |taken| {
        if taken { Way::To(relative) } else { Way::Past }
    };
    if asks_unit(word) {
        return branch(condition(fcsr, word >> 18 & 7) == (word >> 16 & 1 != 0));
    }
    match word >> 26 {
        // jr and jalr.
        0 if matches!(word & 0x3f, 8 | 9) => Way::To(rs),
        // bltz and bgez; bit 1 is "likely", bit 4 "and link".
        1 if word >> 16 & 0x0c == 0 => branch((signed < 0) == (word >> 16 & 1 == 0)),
        // j and jal.
        2 | 3 => Way::To(slot & 0xf000_0000 | (word & 0x03ff_ffff) << 2),
        // beq, bne, blez, bgtz, and the same 16 further on, "likely".
        4 | 20 => branch(rs == rt),
        5 | 21 => branch(rs != rt),
        6 | 22 => branch(signed <= 0),
        7 | 23 => branch(signed > 0),
        _ => Way::On,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// t0 (8) is -1, t1 (9) is 1, ra (31) an address.
    fn regs() -> [u32; 32] {
        let mut regs = [0; 32];
        (regs[8], regs[9], regs[31]) = (u32::MAX, 1, 0x40_1000);
        regs
    }

    #[test]
    fn each_branch_goes_where_the_manual_says() {
        let pc = 0x40_0100;
        // Four instructions on from the delay slot, and one back.
        let (on, back) = (Way::To(0x40_0114), Way::To(0x40_0100));
        for (name, word, way_it_goes) in [
            ("addu t0, t1, t1", 0x0129_4021, Way::On),
            ("lw ra, 4(sp)", 0x8fbf_0004, Way::On),
            ("syscall", 0x0000_000c, Way::On),
            ("teqi t0, 4", 0x050c_0004, Way::On),
            ("jr ra", 0x03e0_0008, Way::To(0x40_1000)),
            ("jalr ra", 0x03e0_f809, Way::To(0x40_1000)),
            ("j 0x400200", 0x0810_0080, Way::To(0x40_0200)),
            ("jal 0x400200", 0x0c10_0080, Way::To(0x40_0200)),
            ("beq t0, t0, .+20", 0x1108_0004, on),
            ("beq t0, t1, .+20", 0x1109_0004, Way::Past),
            ("bne t0, t1, .", 0x1509_ffff, back),
            ("bne t0, t0, .", 0x1508_ffff, Way::Past),
            ("blez t0, .+20", 0x1900_0004, on),
            ("blez zero, .+20", 0x1800_0004, on),
            ("blez t1, .+20", 0x1920_0004, Way::Past),
            ("bgtz t1, .+20", 0x1d20_0004, on),
            ("bgtz zero, .+20", 0x1c00_0004, Way::Past),
            ("bltz t0, .+20", 0x0500_0004, on),
            ("bltz zero, .+20", 0x0400_0004, Way::Past),
            ("bgez zero, .+20", 0x0401_0004, on),
            ("bgez t0, .+20", 0x0501_0004, Way::Past),
            ("bltzal t0, .+20", 0x0510_0004, on),
            ("bgezal t1, .+20", 0x0531_0004, on),
            ("bgezl t1, .+20", 0x0523_0004, on),
            ("beql t0, t0, .+20", 0x5108_0004, on),
            ("bnel t0, t0, .+20", 0x5508_0004, Way::Past),
            ("blezl t0, .+20", 0x5900_0004, on),
            ("bgtzl t0, .+20", 0x5d00_0004, Way::Past),
        ] {
            assert_eq!(way(word, pc, &regs(), 0), way_it_goes, "{name}");
        }
    }

    #[test]
    fn the_unit_decides_its_own_branches() {
        let on = Way::To(0x40_0114);
        for (name, word, fcsr, way_it_goes) in [
            ("bc1t .+20", 0x4501_0004, 1 << 23, on),
            ("bc1t .+20", 0x4501_0004, !(1 << 23), Way::Past),
            ("bc1f .+20", 0x4500_0004, 0, on),
            ("bc1f .+20", 0x4500_0004, 1 << 23, Way::Past),
            ("bc1tl .+20", 0x4503_0004, 1 << 23, on),
            ("bc1t $fcc1, .+20", 0x4505_0004, 1 << 25, on),
            ("bc1f $fcc7, .+20", 0x451c_0004, 1 << 31, Way::Past),
            ("mtc1 zero, f0", 0x4480_0000, 1 << 23, Way::On),
        ] {
            assert_eq!(way(word, 0x40_0100, &regs(), fcsr), way_it_goes, "{name}");
        }
    }
}
