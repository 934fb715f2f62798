//! A day or a moment, as a person writes it.

use std::fmt;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

const EXAMPLES: &str = "write 2024-06-15, or 2024-06-15T12:00:00 with or without +02:00";

/// `2024-06-15`, `2024-06-15T12:00:00` or `2024-06-15T12:00:00+02:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// A whole day in the library's time zone.
    Day(Date),
    /// A moment in the library's time zone.
    Clock(DateTime),
    /// A moment.
    Moment(Timestamp),
}

impl When {
    pub fn parse(text: &str) -> Result<Self, String> {
        let when = if text.len() == "2024-06-15".len() {
            text.parse().map(Self::Day)
        } else {
            text.parse().map(Self::Moment).or_else(|_| text.parse().map(Self::Clock))
        };
        when.map_err(|_| format!("{text:?} is no date: {EXAMPLES}"))
    }

    /// The first moment, or the nearest one within the range of times.
    pub(super) fn start(self, zone: &TimeZone) -> Timestamp {
        let time = match self {
            Self::Day(day) => day.to_datetime(Time::midnight()),
            Self::Clock(time) => time,
            Self::Moment(moment) => return moment,
        };
        let limit = if time.year() > 0 { Timestamp::MAX } else { Timestamp::MIN };
        time.to_zoned(zone.clone()).map_or(limit, |zoned| zoned.timestamp())
    }

    /// The first moment after it, if there is one.
    pub(super) fn end(self, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            Self::Day(day) => Some(Self::Day(day.tomorrow().ok()?).start(zone)),
            when => when.start(zone).checked_add(1.nanosecond()).ok(),
        }
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => day.fmt(f),
            Self::Clock(time) => time.fmt(f),
            Self::Moment(moment) => moment.fmt(f),
        }
    }
}

impl Serialize for When {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for When {
    /// TOML has dates of its own. A person may put them in quotes.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = match toml::Value::deserialize(deserializer)? {
            toml::Value::Datetime(date) => date.to_string(),
            toml::Value::String(text) => text,
            other => return Err(D::Error::custom(format!("a date is wanted, no {}: {EXAMPLES}", other.type_str()))),
        };
        Self::parse(&text).map_err(D::Error::custom)
    }
}
