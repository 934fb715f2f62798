//! So much of something that is paid for.

use crate::price::{Price, Unit};

/// A number that depends on what instances know and caches hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Range {
    pub least: u64,
    pub most: u64,
}

impl Range {
    pub const fn exactly(count: u64) -> Self {
        Self { least: count, most: count }
    }

    pub(crate) const fn plus(self, count: u64) -> Self {
        Self { least: self.least + count, most: self.most + count }
    }

    pub(crate) const fn and(self, other: Self) -> Self {
        Self { least: self.least + other.least, most: self.most + other.most }
    }

    pub(crate) const fn times(self, count: u64) -> Self {
        Self { least: self.least * count, most: self.most * count }
    }
}

/// So much of something that is paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    pub unit: Unit,
    pub count: Range,
}

impl Line {
    pub const fn new(unit: Unit, count: Range) -> Self {
        Self { unit, count }
    }

    pub fn price(&self) -> &'static Price {
        Price::of(self.unit)
    }

    /// Picodollars at least and at most, if there is a price.
    pub fn pico(&self) -> Option<(u128, u128)> {
        let pico = u128::from(self.price().pico?);
        Some((u128::from(self.count.least) * pico, u128::from(self.count.most) * pico))
    }
}
