//! Disks as the host makes them and looks at them, without the file system that is to be built: whole images in memory, one
//! after the other, and nothing is ever changed in place.
//!
//! | module | concept |
//! | --- | --- |
//! | [`image`] | the format: where words are |
//! | [`write`](mod@write) | an image that grows |
//! | [`look`](mod@look) | what is on one, and what is wrong with it |

#![forbid(unsafe_code)]

pub mod image;
pub mod look;
pub mod write;

pub use image::Image;
pub use look::{Look, Node, look};
pub use write::Writer;
