//! What went wrong, and with what.

use alloc::format;
use alloc::string::{String, ToString};
use core::fmt::{self, Display, Formatter};

/// What the user is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    text: String,
    is_deaf: bool,
}

impl Failure {
    /// This.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            is_deaf: false,
        }
    }

    /// Whether it is only that nobody reads the output any more, which is no reason to say anything.
    pub fn is_deaf(&self) -> bool {
        self.is_deaf
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<libos::io::Error> for Failure {
    fn from(error: libos::io::Error) -> Self {
        Self {
            text: error.to_string(),
            is_deaf: error == libos::io::Error::BrokenPipe,
        }
    }
}

impl From<libos::Error> for Failure {
    fn from(error: libos::Error) -> Self {
        Self::new(error.to_string())
    }
}

/// Says with what something went wrong.
pub trait On<T> {
    /// The same of `what`.
    ///
    /// # Errors
    /// As before.
    fn on(self, what: &str) -> Result<T, Failure>;
}

impl<T, E: Display> On<T> for Result<T, E> {
    fn on(self, what: &str) -> Result<T, Failure> {
        self.map_err(|error| Failure::new(format!("{what}: {error}")))
    }
}
