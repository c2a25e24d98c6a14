//! Which words are MIPS32 Release 1 instructions, beyond those of MIPS I. The 4Kc has no others.

/// Whether `word` is an integer instruction that MIPS32 R1 adds to MIPS I.
pub fn adds(word: u32) -> bool {
    let [rs, rt, sa] = [21, 16, 6].map(|shift| (word >> shift) & 31);
    let function = word & 63;
    match word >> 26 {
        // movz movn, sync, tge tgeu tlt tltu teq tne; hints of jr and jalr
        0 => match function {
            10 | 11 => sa == 0,
            15 => rs == 0 && rt == 0,
            48..=52 | 54 => true,
            8 | 9 => rt == 0,
            _ => false,
        },
        // bltzl bgezl, tgei tgeiu tlti tltiu teqi tnei, bltzall bgezall
        1 => matches!(rt, 2 | 3 | 8..=12 | 14 | 18 | 19),
        // mfc0 and mtc0 with a select field; eret, deret, wait
        16 => match rs {
            0 | 4 => word & 0x7f8 == 0,
            16.. => matches!(function, 24 | 31 | 32),
            _ => false,
        },
        // beql bnel blezl bgtzl
        20 | 21 => true,
        22 | 23 => rt == 0,
        // madd maddu mul msub msubu clz clo sdbbp
        28 => matches!(function, 0 | 1 | 2 | 4 | 5 | 32 | 33 | 63),
        // cache, ll, pref, sc
        47 | 48 | 51 | 56 => true,
        _ => false,
    }
}

/// Whether `word`, an instruction that [`adds`] names, has a delay slot.
pub fn has_delay_slot(word: u32) -> bool {
    let [rt, function] = [(word >> 16) & 31, word & 63];
    match word >> 26 {
        0 => matches!(function, 8 | 9),
        1 => matches!(rt, 2 | 3 | 18 | 19),
        20..=23 => true,
        _ => false,
    }
}
