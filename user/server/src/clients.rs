//! The boundary to the program, and to who sends requests.

use mos_abi::files::filefd;
use mos_abi::{EnvId, Error};

/// The words at the start of the page of an open file.
pub type Filefd = [u32; filefd::WORDS];

/// What a server must know of its clients, and does for them.
pub trait Clients {
    /// Whether `who` is `owner`, or a child of his, or one of theirs.
    fn is_kin(&mut self, who: EnvId, owner: EnvId) -> bool;

    /// Whether anybody but the server has the page of the open file with this index.
    fn is_held(&mut self, index: usize) -> bool;

    /// What a word of that page says at this moment, when its users have seen all that they were told. They may have written there
    /// what they like.
    fn said(&mut self, index: usize, word: usize) -> u32;

    /// Puts `words` at the start of that page, or of another one if somebody has it still, and zeros behind:
    /// [`filefd::USERS_WORDS`] of them at least, and no word that anybody has left there but who opens the file now, whose the
    /// page was before if `was_his`.
    ///
    /// # Errors
    /// There is no memory.
    fn publish(&mut self, index: usize, words: &Filefd, was_his: bool) -> Result<(), Error>;

    /// Changes a word of that page.
    fn tell(&mut self, index: usize, word: usize, value: u32);
}
