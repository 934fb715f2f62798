//! The report of a run, for people and for programs.

use std::fmt;
use std::sync::Arc;

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
    /// Files that are a new version of an item of the gallery.
    pub replaced: u64,
    /// Files that were in the gallery already.
    pub unchanged: u64,
    /// Files whose items were hidden or removed earlier.
    pub kept_out: u64,
    /// Items of earlier versions that got renditions.
    pub renewed: u64,
    /// Items of earlier versions that got checksums.
    pub summed: u64,
    /// Packs that were laid into the bucket.
    pub packs: u64,
    /// Films of earlier versions that got the newest kind of package.
    pub repackaged: u64,
    /// The keys of items that were taken out because their files are gone.
    pub pruned: Vec<String>,
    /// Media that is left out: an unsupported format, a reserved name, a missing tool.
    pub skipped: Vec<Named>,
    /// Media that could not be read.
    pub failed: Vec<Named>,
    /// What was changed in files that are in the gallery, for example HDR to SDR.
    pub notes: Vec<Named>,
    /// Files that are not media.
    pub ignored: u64,
    /// Files that are left out because of where they lie, or because a `.galleryignore` names them.
    pub left_out: u64,
    /// Whether nothing was written: the counts say what a run would do.
    pub dry_run: bool,
    /// The number of uploaded objects. `bytes` is their size.
    pub objects: u64,
    pub bytes: u64,
    pub seconds: f64,
    /// The run was asked to stop before its end.
    pub interrupted: bool,
}

/// Is told what became of each file, as soon as it is known, by many threads.
#[derive(Clone)]
pub struct Files(Arc<dyn Fn(&FileReport<'_>) + Send + Sync>);

/// What became of a file.
#[derive(Clone, Debug, Serialize)]
pub struct FileReport<'a> {
    /// The path below the library, or the key of an item without a file.
    pub file: &'a str,
    /// `added`, `replaced`, `unchanged`, `kept out`, `skipped`, `failed` or `pruned`.
    pub outcome: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'a str>,
}

impl Files {
    pub fn new(hear: impl Fn(&FileReport<'_>) + Send + Sync + 'static) -> Self {
        Self(Arc::new(hear))
    }

    pub(crate) fn tell(&self, file: &str, outcome: &str, reason: Option<&str>) {
        (self.0)(&FileReport { file, outcome, reason });
    }
}

impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Files")
    }
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
            "{}{}, {}: {} added, {}{} unchanged, {} skipped, {} failed",
            if self.dry_run { "would be done: " } else { "" },
            count(self.photos, "photo"),
            count(self.films, "film"),
            self.added,
            some(self.replaced, "replaced, "),
            self.unchanged,
            self.skipped.len(),
            self.failed.len(),
        )?;
        for (number, words) in [
            (self.renewed, "with new pictures"),
            (self.summed, "with new checksums"),
            (self.repackaged, "repackaged"),
            (self.packs, "packs made"),
            (self.kept_out, "kept out"),
            (self.pruned.len() as u64, "pruned"),
        ] {
            if number > 0 {
                write!(f, ", {number} {words}")?;
            }
        }
        match (self.ignored, self.left_out) {
            (0, 0) => {}
            (ignored, 0) => write!(f, " ({} ignored)", count(ignored, "other file"))?,
            (0, left_out) => write!(f, " ({left_out} left out)")?,
            (ignored, left_out) => write!(f, " ({} ignored, {left_out} left out)", count(ignored, "other file"))?,
        }
        if self.interrupted {
            write!(f, "; interrupted, run again to go on")?;
        }
        Ok(())
    }
}

fn some(number: u64, words: &str) -> String {
    if number > 0 { format!("{number} {words}") } else { String::new() }
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
