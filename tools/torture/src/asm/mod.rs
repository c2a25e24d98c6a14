//! An assembler for what is known here: words, labels, and the few instructions that the fixed parts are made of.

mod insn;
pub mod reg;

pub use insn::{NOP, SYSCALL, i_type, r_type};

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
