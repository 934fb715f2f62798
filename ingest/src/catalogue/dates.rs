//! The dates of rows. They depend on each other: a clock without an offset takes that of its neighbours.

use jiff::tz::TimeZone;
use platform::{Error, Statement};

use super::{Catalogue, places::text};
use crate::taken::{Columns, Settled, Source, Taken, Undecided, settle};

/// The columns of a row that say when its item was taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dated {
    pub date_taken: Option<String>,
    pub source: Option<String>,
    pub offset: Option<String>,
    pub offset_source: Option<String>,
    pub at: Option<String>,
    pub day: Option<String>,
}
