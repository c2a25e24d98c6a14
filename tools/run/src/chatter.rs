//! Takes out of a console's bytes what GXemul itself says there, wherever in a line it says it.

/// How GXemul's own remarks begin; each ends with its line. Not in the list: what it says when it gives
/// up, which a reader needs.
const REMARKS: [&[u8]; 7] = [
    b"[ warning: LOW reference: ",
    b"[ WARNING! MIPS32/64 revision 2 ",
    b"[ WARNING! SPECIAL3 opcode used",
    b"[ WARNING! Trap opcode used",
    b"[ WARNING/NOTE: attempt to execute a 64-bit instruction",
    b"{ WARNING: Attempt to execute ",
    b"Attempt to access ENTRYLO1 with MMU3K?",
];

/// A filter for one console. What may be the start of a remark is held back until it is clear whether it
/// is one, or until [`Filter::release`].
#[derive(Debug, Default)]
pub struct Filter {
    held: Vec<u8>,
    in_remark: bool,
}

impl Filter {
    /// Takes the next bytes and gives what is to be shown now.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut shown = Vec::new();
        for &byte in bytes {
            if self.in_remark {
                self.in_remark = byte != b'\n';
                continue;
            }
            self.held.push(byte);
            if REMARKS.contains(&self.held.as_slice()) {
                self.held.clear();
                self.in_remark = true;
            }
            // Whatever can no longer begin a remark is the guest's.
            while !self.may_be_remark() {
                shown.push(self.held.remove(0));
            }
        }
        shown
    }

    /// Gives what is held back: nothing more came for a while, so the guest has said it.
    pub fn release(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.held)
    }

    /// Whether bytes are held back.
    pub fn is_holding(&self) -> bool {
        !self.held.is_empty()
    }

    fn may_be_remark(&self) -> bool {
        REMARKS.iter().any(|remark| remark.starts_with(&self.held))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LOW: &str = "[ warning: LOW reference: vaddr=0x00000010, exception TLBL, pc=0x0 <f> ]\n";

    /// What is shown in the end, the bytes having come in pieces of `size`.
    fn shown(bytes: &[u8], size: usize) -> Vec<u8> {
        let mut filter = Filter::default();
        let mut shown: Vec<u8> = bytes.chunks(size).flat_map(|c| filter.push(c)).collect();
        shown.extend(filter.release());
        shown
    }

    #[test]
    fn remarks_go_wherever_they_stand() {
        let console = format!("a\n{LOW}b[ wa{LOW}[ {LOW}\n[ warning: mine]\n[");
        for size in 1..40 {
            let shown = String::from_utf8(shown(console.as_bytes(), size)).unwrap();
            assert_eq!(shown, "a\nb[ wa[ \n[ warning: mine]\n[");
        }
    }

    #[test]
    fn what_cannot_be_a_remark_is_shown_at_once() {
        let mut filter = Filter::default();
        assert_eq!(filter.push(b"prompt> "), b"prompt> ");
        assert_eq!(filter.push(b"[ "), b"");
        assert!(filter.is_holding());
        assert_eq!(filter.push(b"x"), b"[ x");
        assert!(!filter.is_holding());
    }

    proptest! {
        #[test]
        fn a_guest_without_remarks_is_shown_whole(text in "[\\[{ wWarnigA!:\\n]{0,60}", size in 1usize..8) {
            prop_assert_eq!(shown(text.as_bytes(), size), text.as_bytes());
        }
    }
}
