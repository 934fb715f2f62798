//! The [tables](crate::table) against the gallery, and the rules that a gallery must follow beyond RFC 9110.

use crate::{
    Outcome, Target,
    served::{Served, check},
    table::{Row, TABLES},
};

/// `Cache-Control` of originals by a URL without the item's version.
pub(crate) const ORIGINALS: &str = "private, no-cache";
/// `Cache-Control` of what a URL with the item's version means.
pub(crate) const IMMUTABLE: &str = "private, max-age=31536000, immutable";

/// Every row, by GET and by HEAD, of a photo.
pub(crate) fn hold(target: &Target, rows: &[Row]) -> Outcome {
    let photo = target.photo()?;
    let served = Served::new(|| target.get(&photo.file()), &photo.bytes)?;
    outcome(&wrong(&served, rows, ORIGINALS))
}

/// Every row of every table.
pub(crate) fn all_hold(served: &Served<'_>, cache_control: &str) -> Outcome {
    outcome(&TABLES.iter().flat_map(|(_, rows)| wrong(served, rows, cache_control)).collect::<Vec<_>>())
}

fn outcome(wrong: &[String]) -> Outcome {
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

/// A line for each row that does not hold.
fn wrong(served: &Served<'_>, rows: &[Row], cache_control: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for row in rows {
        for method in ["GET", "HEAD"] {
            let checked = check(served, row, method).and_then(|answer| {
                answer.has("cache-control", if answer.status < 400 { cache_control } else { "no-store" })?;
                if answer.status < 400 {
                    answer.need("last-modified")?;
                    answer.need("etag")?;
                }
                answer.has("x-content-type-options", "nosniff")
            });
            if let Err(what) = checked {
                wrong.push(format!("{method}, {} {:?}: {what}", row.what, row.headers));
            }
        }
    }
    wrong
}
