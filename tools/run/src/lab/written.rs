//! A lab in tables and reports: its number or its name.

use super::Lab;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

impl Serialize for Lab {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Number(number) => to.serialize_u8(*number),
            Self::Name(_) => to.collect_str(self),
        }
    }
}

impl<'de> Deserialize<'de> for Lab {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(NumberOrName)
    }
}

struct NumberOrName;

impl Visitor<'_> for NumberOrName {
    type Value = Lab;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the number or the name of a lab")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Lab, E> {
        number.try_into().map(Lab::Number).map_err(E::custom)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Lab, E> {
        number.try_into().map(Lab::Number).map_err(E::custom)
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Lab, E> {
        let named = name.parse().ok().filter(|lab| matches!(lab, Lab::Name(_)));
        named.ok_or_else(|| E::custom(format!("`{name}` is no lab's name")))
    }
}
