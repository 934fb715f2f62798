//! The dates of rows. They depend on each other: a clock without an offset takes that of its neighbours.

use jiff::tz::TimeZone;
use platform::{Error, Row, Statement, Value};

use super::{Catalogue, places, value};
use crate::taken::{Columns, Settled, Taken, Undecided, settle};

/// The columns of a new row, until its neighbours are known.
pub fn alone(taken: &Taken, zone: &TimeZone) -> Columns {
    let settled = settle(&[Undecided { library: "", taken: *taken }], zone);
    settled.into_iter().next().map_or_else(|| taken.to_columns(), |settled| with(taken.to_columns(), settled))
}

/// The columns as they are after all items were settled.
fn with(columns: Columns, settled: Settled) -> Columns {
    Columns {
        // The rows of 0.1.0 keep their text.
        date_taken: if columns.taken_source.is_some() { Some(settled.date_taken) } else { columns.date_taken },
        taken_source: columns.taken_source,
        taken_offset: settled.offset,
        offset_source: settled.offset_source.map(|by| by.name().to_owned()),
        taken_at: Some(settled.at),
        day: Some(settled.day),
    }
}

impl Catalogue {
    /// Settles the dates of a library's items, and of items that are in no library. Those that came from another
    /// program are settled by themselves, as the library without a name. Rows whose dates change are written.
    pub fn settle_dates(&self, library: &str, zone: &TimeZone) -> Result<(), Error> {
        let rows = self.pages(
            "SELECT key, date_taken, taken_source, taken_offset, offset_source, taken_at, day, filename, \
             (SELECT library FROM places WHERE places.key = media.key ORDER BY library, path LIMIT 1), \
             key IN (SELECT key FROM adopted WHERE made_here = 0) FROM media WHERE key > ?1 ORDER BY key LIMIT ?2",
        )?;
        let mut known = Vec::with_capacity(rows.len());
        for row in &rows {
            let of = if row.integer(9)? == Some(1) { Some(row.text(8)?.unwrap_or_default()) } else { row.text(8)? };
            if of.is_none_or(|of| of == library) {
                let columns = columns(row)?;
                let taken = Taken::from_columns(&columns, row.text(7)?.unwrap_or_default());
                known.extend(taken.map(|taken| (row.text(0).ok().flatten().unwrap_or_default(), columns, taken)));
            }
        }
        let items: Vec<_> = known.iter().map(|(_, _, taken)| Undecided { library, taken: *taken }).collect();
        let settled = settle(&items, zone);
        let now = jiff::Timestamp::now().to_string();
        let changed = known.iter().zip(settled).filter_map(|((key, before, _), settled)| {
            let after = with(before.clone(), settled);
            (after != *before).then(|| put(key, &after, &now))
        });
        self.write_all(&changed.collect::<Vec<_>>())
    }

    /// The files of a library's items whose dates are those of their names, or guesses: path and key.
    pub fn guessed_dates(&self, library: &str) -> Result<Vec<(String, String)>, Error> {
        let sql = "SELECT places.path, places.key FROM places JOIN media ON media.key = places.key \
                   WHERE places.path > ?1 AND places.library = ?3 AND media.taken_source IN ('name', 'file', 'ingest') \
                   ORDER BY places.path LIMIT ?2";
        let rows = self.pages_with(sql, &[library.into()])?;
        rows.iter().map(|row| Ok((places::text(row, 0)?, places::text(row, 1)?))).collect()
    }

    /// Gives items other dates.
    pub fn put_dates<'d>(&self, dated: impl IntoIterator<Item = (&'d String, &'d Columns)>) -> Result<(), Error> {
        let now = jiff::Timestamp::now().to_string();
        let statements: Vec<_> = dated.into_iter().map(|(key, columns)| put(key, columns, &now)).collect();
        self.write_all(&statements)
    }
}

fn put(key: &str, to: &Columns, now: &str) -> Statement<'static> {
    let sql = "UPDATE media SET date_taken = ?2, taken_source = ?3, taken_offset = ?4, offset_source = ?5, \
               taken_at = ?6, day = ?7, updated_at = ?8 WHERE key = ?1";
    let columns = [&to.date_taken, &to.taken_source, &to.taken_offset, &to.offset_source, &to.taken_at, &to.day];
    let values = [Value::from(key)].into_iter().chain(columns.map(|column| value(column.as_ref())));
    Statement::new(sql, values.chain([now.into()]).collect::<Vec<_>>())
}

fn columns(row: &Row) -> Result<Columns, Error> {
    let optional = |column| Ok::<_, Error>(row.text(column)?.map(str::to_owned));
    Ok(Columns {
        date_taken: optional(1)?,
        taken_source: optional(2)?,
        taken_offset: optional(3)?,
        offset_source: optional(4)?,
        taken_at: optional(5)?,
        day: optional(6)?,
    })
}
