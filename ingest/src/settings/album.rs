//! An album: folders or globs, a time, or both.

use std::collections::BTreeMap;

use globset::{GlobSet, GlobSetBuilder};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::{Order, When, text};
use crate::spelling::composed;

/// A named part of a library. An item is in the album if it lies in one of the folders or fits one of the globs, and
/// was taken in the time. What is not set does not matter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Album {
    #[serde(deserialize_with = "text::album")]
    pub title: String,
    /// Places of folders. What is in their folders is meant, too.
    #[serde(default, deserialize_with = "text::folders", skip_serializing_if = "Vec::is_empty")]
    pub folders: Vec<String>,
    /// Patterns for whole places: `*` stays within a folder, `**` does not.
    #[serde(default, deserialize_with = "text::globs", skip_serializing_if = "Vec::is_empty")]
    pub globs: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<When>,
    /// The last moment or the last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<When>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Order>,
}

impl Album {
    /// What is wrong with the settings taken together.
    pub(super) fn check(&self) -> Result<(), &'static str> {
        if self.folders.is_empty() && self.globs.is_empty() && self.from.is_none() && self.to.is_none() {
            return Err("is of nothing: give it folders, globs, or from and to");
        }
        let (from, before) = self.times(&TimeZone::UTC);
        if from.zip(before).is_some_and(|(from, before)| from >= before) {
            return Err("ends before it begins: swap from and to");
        }
        self.patterns().map(|_| ()).ok_or("has globs that are too complex: use fewer or simpler ones")
    }

    /// The indices of the items that are in the album.
    pub(super) fn items(&self, items: &[(&str, &str)], zone: &TimeZone) -> Vec<usize> {
        let any_place = self.folders.is_empty() && self.globs.is_empty();
        // `check` has tried the patterns.
        let globs = self.patterns().unwrap_or_default();
        let folders: Vec<_> = self.folders.iter().map(|folder| composed(folder)).collect();
        let is_here = |place: &str| {
            let place = composed(place);
            any_place || folders.iter().any(|folder| is_below(folder, &place)) || globs.is_match(place.as_ref())
        };
        let (from, before) = self.times(zone);
        let is_then = |date: &str| {
            let Ok(moment) = When::parse(date).map(|when| when.start(zone)) else {
                return from.is_none() && before.is_none();
            };
            from.is_none_or(|from| from <= moment) && before.is_none_or(|before| moment < before)
        };
        let found = items.iter().enumerate().filter(|(_, (place, date))| is_here(place) && is_then(date));
        found.map(|(index, _)| index).collect()
    }

    /// The first moment, and the first one after the last.
    fn times(&self, zone: &TimeZone) -> (Option<Timestamp>, Option<Timestamp>) {
        let from = self.from.map(|when| when.start(zone));
        (from, self.to.and_then(|when| when.end(zone)))
    }

    fn patterns(&self) -> Option<GlobSet> {
        let mut set = GlobSetBuilder::new();
        for pattern in &self.globs {
            set.add(text::glob(&composed(pattern)).ok()?);
        }
        set.build().ok()
    }
}

fn is_below(folder: &str, place: &str) -> bool {
    place.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// The first level of folders, by name.
pub(super) fn by_folder(items: &[(&str, &str)]) -> BTreeMap<String, Vec<usize>> {
    let mut folders = BTreeMap::<_, Vec<_>>::new();
    for (index, (place, _)) in items.iter().enumerate() {
        if let Some((folder, _)) = place.split_once('/') {
            folders.entry(folder.to_owned()).or_default().push(index);
        }
    }
    folders
}
