//! Rows for the predecessor's database, as SQL for `wrangler d1 execute --file`.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use gallery::media::COLUMNS;
use platform::{Error, Row, Value};

use crate::catalogue::Catalogue;
use crate::failure::Failure;

/// The columns that the predecessor has: the first of ours.
const THEIRS: usize = 28;
/// Where two of our columns stand.
const TYPE: usize = 2;
const TAKEN_AT: usize = 33;
/// Which of them it keeps as a number, and we as text.
const SHUTTER_SPEED: &str = "shutter_speed";
/// It looks for thumbnails by the key alone.
const UNUSED: [&str; 3] = ["thumbnail_small", "thumbnail_medium", "thumbnail_large"];

/// Writes the rows of all items that this gallery has put into the old layout. The file may be executed again. Items
/// that were taken out here are taken out there.
pub fn write(catalogue: &Catalogue, path: &Path) -> Result<(), Failure> {
    let (rows, gone) = catalogue.shared()?;
    let mut sql = String::new();
    let names = COLUMNS[..THEIRS].join(", ");
    let update: Vec<_> = COLUMNS[1..THEIRS].iter().map(|name| format!("{name} = excluded.{name}")).collect();
    // A row that is there as it was written before stays: people may have changed it since then.
    let update = format!("DO UPDATE SET {} WHERE media.updated_at <> excluded.updated_at", update.join(", "));
    for row in &rows {
        let _ = writeln!(sql, "INSERT INTO media ({names}) VALUES ({}) ON CONFLICT (key) {update};", values(row)?);
    }
    for key in gone {
        let _ = writeln!(sql, "DELETE FROM media WHERE key = {};", quoted(&key));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let put = || {
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(sql.as_bytes())?;
        file.persist(path).map_err(|error| error.error)
    };
    put().map(drop).map_err(|error| Failure::Skipped(format!("{} cannot be written: {error}", path.display())))
}

fn values(row: &Row) -> Result<String, Error> {
    let is_film = row.text(TYPE)? == Some("video");
    let at = row.text(TAKEN_AT)?;
    let values = COLUMNS[..THEIRS].iter().zip(&row.0).map(|(name, value)| match value {
        _ if UNUSED.contains(name) => "NULL".to_owned(),
        // There a film has a moment, and a photo the clock of its camera with the form of one.
        Value::Text(_) if *name == "date_taken" && is_film && at.is_some() => quoted(at.unwrap_or_default()),
        Value::Text(wall) if *name == "date_taken" && !is_film => quoted(&as_a_moment(wall)),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Text(text) if *name == SHUTTER_SPEED => seconds(text).map_or("NULL".to_owned(), |it| it.to_string()),
        Value::Text(text) => quoted(text),
        _ => "NULL".to_owned(),
    });
    Ok(values.collect::<Vec<_>>().join(", "))
}

/// `2025-09-20T14:03:22.000Z`.
fn as_a_moment(wall: &str) -> String {
    match wall.parse::<jiff::civil::DateTime>() {
        Ok(wall) => format!("{wall:.3}Z"),
        Err(_) => wall.to_owned(),
    }
}

/// `1/250` and `2.5` as a number.
fn seconds(text: &str) -> Option<f64> {
    match text.split_once('/') {
        Some((one, of)) => Some(one.parse::<f64>().ok()? / of.parse::<f64>().ok().filter(|of| *of > 0.0)?),
        None => text.parse().ok(),
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''").replace('\0', ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_numbers_there() {
        assert_eq!([COLUMNS[THEIRS - 1], COLUMNS[TYPE], COLUMNS[TAKEN_AT]], ["updated_at", "type", "taken_at"]);
        assert_eq!(as_a_moment("2025-09-23T08:00:00"), "2025-09-23T08:00:00.000Z");
        assert_eq!(
            [seconds("1/250"), seconds("2.5"), seconds("1/0"), seconds("x")],
            [Some(0.004), Some(2.5), None, None]
        );
    }
}
