//! An assembler for what is known here: words, labels, and the few instructions that the fixed parts are made of.

/// General registers by the names of o32.
pub mod reg {
    #![allow(missing_docs)]
    pub const ZERO: u32 = 0;
    pub const AT: u32 = 1;
    pub const V0: u32 = 2;
    pub const A0: u32 = 4;
    pub const A1: u32 = 5;
    pub const A2: u32 = 6;
    pub const A3: u32 = 7;
    pub const T0: u32 = 8;
    pub const T1: u32 = 9;
    pub const S0: u32 = 16;
    pub const S1: u32 = 17;
    pub const S2: u32 = 18;
    pub const S3: u32 = 19;
    pub const S7: u32 = 23;
    pub const K0: u32 = 26;
    pub const K1: u32 = 27;
    pub const SP: u32 = 29;
    pub const RA: u32 = 31;
}

/// A word that asks the kernel.
pub const SYSCALL: u32 = 0x0000_000c;
/// A word that does nothing.
pub const NOP: u32 = 0;

/// An instruction with three registers.
pub const fn r_type(funct: u32, rs: u32, rt: u32, rd: u32, sa: u32) -> u32 {
    rs << 21 | rt << 16 | rd << 11 | sa << 6 | funct
}

/// An instruction with two registers and 16 bits.
pub const fn i_type(op: u32, rs: u32, rt: u32, low: u32) -> u32 {
    op << 26 | rs << 21 | rt << 16 | low & 0xffff
}

/// A place in the code, known before it is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label(usize);

#[derive(Clone, Copy, Debug)]
enum Use {
    Branch,
    Jump,
    /// `lui` and the `ori` behind it.
    Address,
    Word,
}

/// Code that is being written.
#[derive(Clone, Debug)]
pub struct Code {
    base: u32,
    words: Vec<u32>,
    labels: Vec<Option<u32>>,
    uses: Vec<(usize, Label, Use)>,
}

impl Code {
    /// No code yet, at address `base`.
    pub fn at(base: u32) -> Self {
        Self {
            base,
            words: Vec::new(),
            labels: Vec::new(),
            uses: Vec::new(),
        }
    }

    /// The address of what comes next.
    pub fn here(&self) -> u32 {
        self.base + 4 * self.words.len() as u32
    }

    /// A word.
    pub fn word(&mut self, word: u32) {
        self.words.push(word);
    }

    /// A label without a place.
    pub fn label(&mut self) -> Label {
        self.labels.push(None);
        Label(self.labels.len() - 1)
    }

    /// Gives `label` its place: here.
    pub fn place(&mut self, label: Label) {
        self.labels[label.0] = Some(self.here());
    }

    /// A label for what comes next.
    pub fn here_label(&mut self) -> Label {
        let label = self.label();
        self.place(label);
        label
    }

    fn with(&mut self, word: u32, label: Label, how: Use) {
        self.uses.push((self.words.len(), label, how));
        self.word(word);
    }

    /// The branch `word` to `label`, without its delay slot.
    pub fn branch(&mut self, word: u32, label: Label) {
        self.with(word, label, Use::Branch);
    }

    /// `beq rs, rt, label`, without its delay slot.
    pub fn beq(&mut self, rs: u32, rt: u32, label: Label) {
        self.branch(i_type(4, rs, rt, 0), label);
    }

    /// `bne rs, rt, label`, likewise.
    pub fn bne(&mut self, rs: u32, rt: u32, label: Label) {
        self.branch(i_type(5, rs, rt, 0), label);
    }

    /// `j label` with a `nop` behind it.
    pub fn j(&mut self, label: Label) {
        self.with(2 << 26, label, Use::Jump);
        self.word(NOP);
    }

    /// `jal label` with a `nop` behind it.
    pub fn jal(&mut self, label: Label) {
        self.with(3 << 26, label, Use::Jump);
        self.word(NOP);
    }

    /// The address of `label`, as a word.
    pub fn address(&mut self, label: Label) {
        self.with(0, label, Use::Word);
    }

    /// Loads the address of `label` into `rt`.
    pub fn la(&mut self, rt: u32, label: Label) {
        self.with(i_type(15, 0, rt, 0), label, Use::Address);
        self.word(i_type(13, rt, rt, 0));
    }

    /// Loads `value` into `rt`.
    pub fn li(&mut self, rt: u32, value: u32) {
        if value >> 16 != 0 {
            self.word(i_type(15, 0, rt, value >> 16));
            self.word(i_type(13, rt, rt, value));
        } else {
            self.word(i_type(13, 0, rt, value));
        }
    }

    /// `addiu rt, rs, low`.
    pub fn addiu(&mut self, rt: u32, rs: u32, low: i16) {
        self.word(i_type(9, rs, rt, low as u32));
    }

    /// Copies `rs` to `rd`.
    pub fn mov(&mut self, rd: u32, rs: u32) {
        self.word(r_type(0x21, rs, 0, rd, 0));
    }

    /// `lw rt, offset(rs)` with a `nop` for the load delay.
    pub fn lw(&mut self, rt: u32, offset: i16, rs: u32) {
        self.word(i_type(35, rs, rt, offset as u32));
        self.word(NOP);
    }

    /// `sw rt, offset(rs)`.
    pub fn sw(&mut self, rt: u32, offset: i16, rs: u32) {
        self.word(i_type(43, rs, rt, offset as u32));
    }

    /// `jr rs` with a `nop` behind it.
    pub fn jr(&mut self, rs: u32) {
        self.word(r_type(8, rs, 0, 0, 0));
        self.word(NOP);
    }

    /// The words, every label being where it was placed.
    pub fn finish(mut self) -> Vec<u32> {
        for &(at, label, how) in &self.uses {
            let target = self.labels[label.0].expect("every label has its place");
            match how {
                Use::Branch => {
                    let behind = self.base + 4 * at as u32 + 4;
                    self.words[at] |= target.wrapping_sub(behind) >> 2 & 0xffff;
                }
                Use::Jump => self.words[at] |= target >> 2 & 0x3ff_ffff,
                Use::Address => {
                    self.words[at] |= target >> 16;
                    self.words[at + 1] |= target & 0xffff;
                }
                Use::Word => self.words[at] = target,
            }
        }
        self.words
    }
}

/// Words as they are in memory.
pub fn bytes(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_found_from_both_sides() {
        let mut code = Code::at(0x40_0000);
        let (back, on) = (code.here_label(), code.label());
        code.beq(1, 2, on);
        code.bne(0, 3, back);
        code.la(4, on);
        code.place(on);
        code.j(back);
        code.address(on);
        let words = [
            0x1022_0003_u32,
            0x1403_fffe,
            0x3c04_0040,
            0x3484_0010,
            0x0810_0000,
            0,
            0x40_0010,
        ];
        assert_eq!(code.finish(), words);
    }
}
