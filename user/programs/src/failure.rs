//! What went wrong, and with what.

use alloc::format;
use alloc::string::{String, ToString};
use core::fmt::{self, Display, Formatter};

/// What the user is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure(String);

impl Failure {
    /// This.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<libos::io::Error> for Failure {
    fn from(error: libos::io::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<libos::Error> for Failure {
    fn from(error: libos::Error) -> Self {
        Self(error.to_string())
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
        self.map_err(|error| Failure(format!("{what}: {error}")))
    }
}
