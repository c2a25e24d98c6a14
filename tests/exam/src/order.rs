//! What the harness tells a check: 48 bytes in the `static` called `ORDER` of the program or kernel.

/// Bytes of an order.
const SIZE: usize = 48;
const SEED: core::ops::Range<usize> = 0..8;
const NAME: core::ops::Range<usize> = 8..32;
const PARAMS: core::ops::Range<usize> = 32..48;

/// The place for an order in a program, which the harness finds by its symbol.
pub type Template = [u8; SIZE];

/// An order before it is filled in: the program was started by a person.
pub const fn template() -> Template {
    // Anything but zeros, for which there would be no place in the file.
    [0xff; SIZE]
}

/// What a check is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order<'a> {
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
        let seed = u64::from_le_bytes(bytes.get(SEED)?.try_into().ok()?);
        let mut params = [0; 4];
        let (words, _) = bytes.get(PARAMS)?.as_chunks::<4>();
        for (param, word) in params.iter_mut().zip(words) {
            *param = u32::from_le_bytes(*word);
        }
        let order = Self { seed, name, params };
        (!name.is_empty()).then_some(order)
    }

    /// The bytes to be put in the template's place. `None`: the name is too long.
    pub fn bytes(&self) -> Option<Template> {
        let mut order = [0; SIZE];
        let name = self.name.as_bytes();
        order
            .get_mut(NAME)?
            .get_mut(..name.len())?
            .copy_from_slice(name);
        order
            .get_mut(SEED)?
            .copy_from_slice(&self.seed.to_le_bytes());
        let (words, _) = order.get_mut(PARAMS)?.as_chunks_mut::<4>();
        for (word, param) in words.iter_mut().zip(self.params) {
            *word = param.to_le_bytes();
        }
        Some(order)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORDER: Order<'_> = Order {
        seed: 0x0123_4567_89ab_cdef,
        name: "a name of 24 characters.",
        params: [1, 2, 3, u32::MAX],
    };

    #[test]
    fn an_order_reads_back_as_it_was_put() {
        let bytes = ORDER.bytes().unwrap();
        assert_eq!(Order::read(&bytes), Some(ORDER));
    }

    #[test]
    fn without_an_order_there_is_none() {
        assert_eq!(Order::read(&template()), None);
        let nameless = Order { name: "", ..ORDER };
        assert_eq!(Order::read(&nameless.bytes().unwrap()), None);
        let longer = Order {
            name: "longer than 24 characters",
            ..ORDER
        };
        assert_eq!(longer.bytes(), None);
    }
}
