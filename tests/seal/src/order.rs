//! What the harness tells a check: 72 bytes inside the program, found by a mark that it overwrites.

use crate::Key;

/// Bytes of an order.
const SIZE: usize = 72;
const MARK: core::ops::Range<usize> = 0..16;
const KEY: core::ops::Range<usize> = 16..24;
const SEED: core::ops::Range<usize> = 24..32;
const NAME: core::ops::Range<usize> = 32..56;
const PARAMS: core::ops::Range<usize> = 56..72;

/// The place for an order in a program.
pub type Template = [u8; SIZE];

/// An order before it is filled in. To be put in one `static` of the program, and nowhere else.
pub const fn template() -> Template {
    let mut bytes = [0; SIZE];
    let mark = mark();
    let mut at = 0;
    while at < mark.len() {
        bytes[at] = mark[at];
        at += 1;
    }
    bytes
}

const fn mark() -> [u8; 16] {
    *b"MOS check order\n"
}

/// What a check is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order<'a> {
    /// The run's secret.
    pub key: Key,
    /// What it draws by lot depends on this.
    pub seed: u64,
    /// The check's name, of at most 24 bytes; empty where no check was ordered.
    pub name: &'a str,
    /// Its parameters: numbers whose meaning is the check's own.
    pub params: [u32; 4],
}

impl<'a> Order<'a> {
    /// Reads an order; `None` where there is none.
    pub fn read(bytes: &'a Template) -> Option<Self> {
        let name = bytes.get(NAME)?;
        let len = name.iter().position(|&byte| byte == 0);
        let name = core::str::from_utf8(name.get(..len.unwrap_or(name.len()))?).ok()?;
        let key = u64::from_le_bytes(bytes.get(KEY)?.try_into().ok()?);
        let seed = u64::from_le_bytes(bytes.get(SEED)?.try_into().ok()?);
        let mut params = [0; 4];
        let (words, _) = bytes.get(PARAMS)?.as_chunks::<4>();
        for (param, word) in params.iter_mut().zip(words) {
            *param = u32::from_le_bytes(*word);
        }
        let order = Self {
            key: Key(key),
            seed,
            name,
            params,
        };
        (!name.is_empty()).then_some(order)
    }

    /// Fills in the order at each place for one in `file`; returns how many there are. `None`: the name
    /// is too long. Nothing is left that tells where the key is.
    pub fn put(&self, file: &mut [u8]) -> Option<usize> {
        let mut order = [0; SIZE];
        let name = self.name.as_bytes();
        order
            .get_mut(NAME)?
            .get_mut(..name.len())?
            .copy_from_slice(name);
        order
            .get_mut(KEY)?
            .copy_from_slice(&self.key.0.to_le_bytes());
        order
            .get_mut(SEED)?
            .copy_from_slice(&self.seed.to_le_bytes());
        let (words, _) = order.get_mut(PARAMS)?.as_chunks_mut::<4>();
        for (word, param) in words.iter_mut().zip(self.params) {
            *word = param.to_le_bytes();
        }
        // In place of the mark, something that looks like a key too.
        order
            .get_mut(MARK)?
            .copy_from_slice(self.key.seal("", "").digits().as_bytes());
        let mut count = 0;
        let mut at = 0;
        while let Some(place) = file.get_mut(at..).and_then(|rest| rest.get_mut(..SIZE)) {
            if place.starts_with(&mark()) {
                place.copy_from_slice(&order);
                count += 1;
                at += SIZE;
            } else {
                at += 1;
            }
        }
        Some(count)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::vec::Vec;

    #[test]
    fn an_order_reads_back_as_it_was_put_wherever_it_stands() {
        let order = Order {
            key: Key(0x0123_4567_89ab_cdef),
            seed: 77,
            name: "a name of 24 characters.",
            params: [1, 2, 3, u32::MAX],
        };
        for before in 0..5 {
            let mut file: Vec<u8> = std::vec![7; before];
            file.extend(template());
            file.extend([9; 3]);
            assert_eq!(order.put(&mut file), Some(1));
            let bytes: Template = file[before..][..SIZE].try_into().unwrap();
            assert_eq!(Order::read(&bytes), Some(order));
            assert_eq!(
                (&file[..before], &file[before + SIZE..]),
                (&[7; 5][..before], &[9; 3][..])
            );
            assert!(
                !file.windows(16).any(|bytes| bytes == mark()),
                "the mark is gone"
            );
        }
    }

    #[test]
    fn without_an_order_there_is_none() {
        assert_eq!(Order::read(&template()), None);
        let order = Order {
            key: Key(1),
            seed: 2,
            name: "longer than 24 characters",
            params: [0; 4],
        };
        assert_eq!(order.put(&mut template()), None);
        let order = Order { name: "", ..order };
        assert_eq!(order.put(&mut [0; 200]), Some(0));
    }
}
