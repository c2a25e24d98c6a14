//! The rule by which the CPU is given away: that of MOS, unless the kernel is built for another.

#[cfg(feature = "lottery")]
pub use mos_core::env::rule::Lottery as Chosen;
#[cfg(not(feature = "other-rule"))]
pub use mos_core::env::rule::Mos as Chosen;
#[cfg(feature = "priority")]
pub use mos_core::env::rule::Priority as Chosen;
#[cfg(feature = "stride")]
pub use mos_core::env::rule::Stride as Chosen;

/// What the kernel says of it.
#[cfg(feature = "lottery")]
pub const NAME: &str = "lottery";
/// What the kernel says of it.
#[cfg(feature = "priority")]
pub const NAME: &str = "fixed priorities";
/// What the kernel says of it.
#[cfg(feature = "stride")]
pub const NAME: &str = "stride";

/// `seed=`: which lots are drawn. Returns whether that is what `word` says.
#[cfg(feature = "lottery")]
pub fn set(lots: &mut Chosen, word: &str) -> bool {
    let seed = word
        .strip_prefix("seed=")
        .and_then(|seed| seed.parse().ok());
    if let Some(seed) = seed {
        *lots = Chosen::of_seed(seed);
    }
    seed.is_some()
}
