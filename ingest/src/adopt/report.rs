//! What adopting a bucket has done, for people and for programs.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::report::printable;

/// The outcome of a run. Lists hold keys.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Adoption {
    /// Items whose old rows lacked nothing.
    pub whole: u64,
    /// Items whose old rows lacked something, or had it wrong.
    pub mended: u64,
    /// How often each thing was filled in.
    pub filled: BTreeMap<&'static str, u64>,
    /// Items that had no row.
    pub found: u64,
    /// Items that were in the gallery already, and have not changed.
    pub unchanged: u64,
    /// Items that got thumbnails or playlists since the last run.
    pub refreshed: u64,
    /// Items that were hidden or removed here.
    pub kept_out: u64,
    /// Rows whose originals are not in the bucket. They are not shown.
    pub missing: Vec<String>,
    /// Rows whose objects are no photos or films that can be read. They are not shown.
    pub unfit: Vec<String>,
    /// Items that were taken over before, and whose originals are not in the bucket any more. They are still shown.
    pub gone: Vec<String>,
    /// Originals in folders that are the gallery's. They are not taken over.
    pub misplaced: Vec<String>,
    /// Items of which no picture can be shown yet.
    pub bare: Vec<String>,
    /// Originals that could not be read, and why.
    pub unread: Vec<(String, String)>,
    /// What the making of pictures left out, and why.
    pub unmade: Vec<(String, String)>,
    /// What else is to be said about items.
    pub notes: Vec<(String, String)>,
    /// Objects that are not media.
    pub others: u64,
    /// Whether nothing was written: the counts say what a run would do.
    pub dry_run: bool,
    /// The run was asked to stop before its end.
    pub interrupted: bool,
    pub seconds: f64,
}

impl Adoption {
    pub(super) fn adopted(
        &mut self,
        key: &str,
        had_row: bool,
        filled: &[&'static str],
        is_bare: bool,
        note: Option<String>,
    ) {
        match (had_row, filled.is_empty()) {
            (false, _) => self.found += 1,
            (true, true) => self.whole += 1,
            (true, false) => {
                self.mended += 1;
                for what in filled {
                    *self.filled.entry(what).or_default() += 1;
                }
            }
        }
        self.bare.extend(is_bare.then(|| key.to_owned()));
        self.notes.extend(note.map(|note| (key.to_owned(), note)));
    }

    /// Threads report in any order.
    pub(super) fn sorted(mut self) -> Self {
        self.missing.sort();
        self.unfit.sort();
        self.gone.sort();
        self.misplaced.sort();
        self.bare.sort();
        self.unread.sort();
        self.notes.sort();
        self
    }

    /// 0: all is well. 2: something is missing or misplaced, cannot be read, or has no picture. 130: interrupted.
    pub fn exit_code(&self) -> u8 {
        let keys = [&self.missing, &self.unfit, &self.gone, &self.misplaced, &self.bare];
        let is_well = keys.iter().all(|keys| keys.is_empty());
        match (self.interrupted, is_well && self.unread.is_empty() && self.unmade.is_empty()) {
            (true, _) => 130,
            (false, true) => 0,
            (false, false) => 2,
        }
    }
}

impl fmt::Display for Adoption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = |key: &str| printable(key);
        for name in &self.missing {
            writeln!(f, "missing: {}: its original is not in the bucket, so it is not shown", key(name))?;
        }
        for name in &self.unfit {
            let words = "what the bucket has is no photo or film that can be read, so it is not shown";
            writeln!(f, "missing: {}: {words}", key(name))?;
        }
        for name in &self.gone {
            writeln!(f, "gone: {}: its original is not in the bucket any more; `remove` takes it out", key(name))?;
        }
        for name in &self.misplaced {
            let words = "its folder is for what the gallery makes, so it is left out: move it to another";
            writeln!(f, "misplaced: {}: {words}", key(name))?;
        }
        for (name, reason) in &self.unread {
            writeln!(f, "not read: {}: {}", key(name), printable(reason))?;
        }
        for (name, reason) in &self.unmade {
            writeln!(f, "no pictures: {}: {}", key(name), printable(reason))?;
        }
        for (name, note) in &self.notes {
            writeln!(f, "note: {}: {}", key(name), printable(note))?;
        }
        for name in &self.bare {
            writeln!(f, "bare: {}: nothing shows what is in it; --renditions makes a picture", key(name))?;
        }
        let (would, be) = if self.dry_run { ("would be ", " (nothing was written: --yes does it)") } else { ("", "") };
        writeln!(
            f,
            "{would}taken over: {} whole, {} mended, {} without a row{be}",
            self.whole, self.mended, self.found
        )?;
        for (what, count) in &self.filled {
            writeln!(f, "  mended {what}: {count}")?;
        }
        let rest = [
            ("here already", self.unchanged),
            ("with new thumbnails or playlists", self.refreshed),
            ("hidden or removed here", self.kept_out),
            ("missing", (self.missing.len() + self.unfit.len()) as u64),
            ("gone", self.gone.len() as u64),
            ("misplaced", self.misplaced.len() as u64),
            ("no media", self.others),
        ];
        let rest: Vec<_> =
            rest.iter().filter(|(_, count)| *count > 0).map(|(what, count)| format!("{count} {what}")).collect();
        if !rest.is_empty() {
            writeln!(f, "{}", rest.join(", "))?;
        }
        write!(f, "{:.1} s{}", self.seconds, if self.interrupted { ", interrupted: run again to go on" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_got_no_pictures_is_named_and_not_well() {
        let unmade = vec![("the library".to_owned(), "no room".to_owned())];
        let report = Adoption { unmade, ..Adoption::default() };
        assert_eq!(report.exit_code(), 2);
        assert!(report.to_string().starts_with("no pictures: the library: no room\n"), "{report}");
        assert_eq!(Adoption::default().exit_code(), 0);
    }
}
