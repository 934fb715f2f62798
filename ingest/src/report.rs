//! The report of a run, for people and for programs.

use std::fmt;

use serde::Serialize;

/// A file, and what is to be said about it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Named {
    /// The path below the library.
    pub name: String,
    pub reason: String,
}

/// The outcome of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Report {
    /// Photos and films that were found and recognised by their content.
    pub photos: u64,
    pub films: u64,
    /// New or changed files that are now in the gallery.
    pub added: u64,
    /// Files that were in the gallery already.
    pub unchanged: u64,
    /// Media that is left out: an unsupported format, a reserved name, a missing tool.
    pub skipped: Vec<Named>,
    /// Media that could not be read.
    pub failed: Vec<Named>,
    /// What was changed in files that are in the gallery, for example HDR to SDR.
    pub notes: Vec<Named>,
    /// Files that are not media.
    pub ignored: u64,
    /// The number of uploaded objects. `bytes` is their size.
    pub objects: u64,
    pub bytes: u64,
    pub seconds: f64,
    /// The run was asked to stop before its end.
    pub interrupted: bool,
}

impl Report {
    /// 0: all files are in the gallery. 2: some files are named as skipped or failed. 130: interrupted.
    pub fn exit_code(&self) -> u8 {
        if self.interrupted {
            130
        } else if self.skipped.is_empty() && self.failed.is_empty() {
            0
        } else {
            2
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (kind, list) in [("note", &self.notes), ("skipped", &self.skipped), ("failed", &self.failed)] {
            for Named { name, reason } in list {
                writeln!(f, "{kind}: {}: {reason}", printable(name))?;
            }
        }
        write!(
            f,
            "{}, {}: {} added, {} unchanged, {} skipped, {} failed",
            count(self.photos, "photo"),
            count(self.films, "film"),
            self.added,
            self.unchanged,
            self.skipped.len(),
            self.failed.len(),
        )?;
        if self.ignored > 0 {
            write!(f, " ({} ignored)", count(self.ignored, "other file"))?;
        }
        if self.interrupted {
            write!(f, "; interrupted, run again to go on")?;
        }
        Ok(())
    }
}

fn count(number: u64, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// A name may hold control characters, which a terminal must not obey.
pub fn printable(name: &str) -> String {
    name.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_counts_and_names() {
        let mut report = Report { photos: 3, films: 1, added: 2, ..Report::default() };
        assert_eq!(report.to_string(), "3 photos, 1 film: 2 added, 0 unchanged, 0 skipped, 0 failed");
        assert_eq!(report.exit_code(), 0);
        report.failed.push(Named { name: "a\x1b[2J.jpg".into(), reason: "the file is empty".into() });
        report.ignored = 1;
        assert_eq!(
            report.to_string(),
            "failed: a\u{fffd}[2J.jpg: the file is empty\n\
             3 photos, 1 film: 2 added, 0 unchanged, 0 skipped, 1 failed (1 other file ignored)"
        );
        assert_eq!(report.exit_code(), 2);
        report.interrupted = true;
        assert_eq!(report.exit_code(), 130);
    }
}
