//! Dates in files that came after their photos and films: Takeout in several ZIPs, or XMP that a person has written
//! since. What is in the gallery is not read again, but its date may be a guess.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::Stop;
use crate::catalogue::{self, Catalogue};
use crate::failure::Failure;
use crate::taken;
use crate::walk::Candidate;

/// Dates the items of a library whose dates are guesses, where a file beside them says more.
pub fn read(
    catalogue: &Catalogue,
    library: &str,
    files: &[Candidate],
    zone: &TimeZone,
    stop: &Stop,
) -> Result<(), Failure> {
    let guessed = catalogue.guessed_dates(library)?;
    let files: HashMap<&str, &Candidate> = files.iter().map(|file| (file.place.as_str(), file)).collect();
    let now = Timestamp::now();
    let mut folders = HashMap::new();
    let mut dated = BTreeMap::new();
    for (place, key) in guessed {
        if stop.is_requested() {
            break;
        }
        let Some(file) = files.get(place.as_str()) else { continue };
        let Some(folder) = file.path.parent() else { continue };
        if !dated.contains_key(&key)
            && *folders.entry(folder).or_insert_with(|| has_sidecars(folder))
            && let Some(taken) = taken::of_sidecar(&taken::File { now, ..file.dated() })
        {
            dated.insert(key, catalogue::alone(&taken, zone));
        }
    }
    Ok(catalogue.put_dates(&dated)?)
}

/// Whether it is worth the while to look for the sidecars of single files, under all names that they may have.
fn has_sidecars(folder: &Path) -> bool {
    let is_one = |name: &Path| {
        let extension = name.extension().unwrap_or_default();
        ["json", "xmp"].iter().any(|known| extension.eq_ignore_ascii_case(known))
    };
    folder.read_dir().is_ok_and(|mut names| names.any(|name| name.is_ok_and(|name| is_one(name.file_name().as_ref()))))
}
