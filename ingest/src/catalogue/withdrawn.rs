//! Items that are not shown: hidden ones, and removed or pruned ones whose objects go later.
//!
//! A withdrawn item's row leaves the table that services read, so that no query of theirs can forget to look.

use gallery::media::{COLUMNS, UPSERT};
use platform::{Error, Kind, Row, Statement, Value};
use serde_json::Value as Json;

use super::{
    Catalogue, deletions,
    deletions::Deletion,
    places::text,
    stored::{IS_ADOPTED, Stored},
};

/// Where two columns stand in [`COLUMNS`].
const UPDATED_AT: usize = 27;
const DIGEST: usize = 28;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Hidden,
    Removed,
    /// Its files are gone. It comes in again if one of them comes back.
    Pruned,
}

impl State {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hidden => "hidden",
            Self::Removed => "removed",
            Self::Pruned => "pruned",
        }
    }

    fn parse(name: Option<&str>) -> Self {
        match name {
            Some("hidden") => Self::Hidden,
            Some("pruned") => Self::Pruned,
            _ => Self::Removed,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawn {
    pub key: String,
    pub digest: Option<String>,
    pub state: State,
    /// Whether the objects of a removed item are gone.
    pub is_purged: bool,
    pub stored: Stored,
}

impl Catalogue {
    pub fn withdrawn(&self) -> Result<Vec<Withdrawn>, Error> {
        let rows = self.pages(&format!(
            "SELECT key, digest, state, purged_at IS NOT NULL, json_extract(row, '$.version'), \
             json_extract(row, '$.type'), json_extract(json_extract(row, '$.renditions'), '$.version'), {IS_ADOPTED} \
             FROM withdrawn WHERE key > ?1 ORDER BY key LIMIT ?2"
        ))?;
        let read = |row: &Row| {
            Ok(Withdrawn {
                key: text(row, 0)?,
                digest: row.text(1)?.map(str::to_owned),
                state: State::parse(row.text(2)?),
                is_purged: row.integer(3)? == Some(1),
                stored: Stored::of(row, [5, 4, 6, 7])?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// Takes an item out of the listing. Of a withdrawn item only the state changes. Returns whether there is such an
    /// item.
    pub fn withdraw(&self, key: &str, state: State, objects: &[Deletion], now: &str) -> Result<bool, Error> {
        let select = format!("SELECT {} FROM media WHERE key = ?1", COLUMNS.join(", "));
        let there = self.0.batch(&[
            Statement::new(&select, [key.into()]),
            Statement::new("SELECT key FROM withdrawn WHERE key = ?1", [key.into()]),
        ])?;
        let mut statements: Vec<_> = objects.iter().map(deletions::put).collect();
        let (shown, withdrawn) = (there.first().and_then(|rows| rows.first()), there.get(1));
        if let Some(row) = shown {
            let digest = row.text(DIGEST)?.map_or(Value::Null, Value::from);
            statements.push(Statement::new(
                "INSERT OR REPLACE INTO withdrawn (key, digest, state, since, row) VALUES (?1, ?2, ?3, ?4, ?5)",
                [key.into(), digest, state.name().into(), now.into(), to_json(row).into()],
            ));
            statements.push(Statement::new("DELETE FROM media WHERE key = ?1", [key.into()]));
        } else if withdrawn.is_some_and(|rows| !rows.is_empty()) {
            let sql = "UPDATE withdrawn SET state = ?2, since = ?3 WHERE key = ?1";
            statements.push(Statement::new(sql, [key.into(), state.name().into(), now.into()]));
        } else {
            return Ok(false);
        }
        self.0.batch(&statements).map(|_| true)
    }

    /// Puts a withdrawn item back into the listing, whose caches see the change by `now`.
    pub fn put_back(&self, item: &Withdrawn, now: &str) -> Result<(), Error> {
        let rows = self.0.query("SELECT row FROM withdrawn WHERE key = ?1", [item.key.as_str().into()])?;
        let Some(row) = rows.first() else { return Ok(()) };
        let mut values = from_json(row.text(0)?.unwrap_or_default())?;
        values[UPDATED_AT] = now.into();
        self.0
            .batch(&[
                Statement::new(UPSERT, values),
                Statement::new("DELETE FROM withdrawn WHERE key = ?1", [item.key.as_str().into()]),
                deletions::cancel(&item.key, &item.stored),
            ])
            .map(drop)
    }

    /// Forgets a removed item, so that its file may come in again. What is still to be deleted stays planned.
    pub fn forget(&self, key: &str) -> Result<(), Error> {
        self.0
            .batch(&[
                Statement::new("DELETE FROM withdrawn WHERE key = ?1", [key.into()]),
                Statement::new("DELETE FROM media WHERE key = ?1", [key.into()]),
                Statement::new("DELETE FROM places WHERE key = ?1", [key.into()]),
            ])
            .map(drop)
    }
}

/// A row as a JSON object. No column holds bytes.
fn to_json(row: &Row) -> String {
    let json = |value: &Value| match value {
        Value::Integer(number) => (*number).into(),
        Value::Real(number) => (*number).into(),
        Value::Text(text) => text.as_str().into(),
        _ => Json::Null,
    };
    let object: serde_json::Map<_, _> =
        COLUMNS.iter().zip(&row.0).map(|(column, value)| ((*column).to_owned(), json(value))).collect();
    Json::Object(object).to_string()
}

/// The values of [`COLUMNS`].
fn from_json(text: &str) -> Result<Vec<Value>, Error> {
    let row: serde_json::Map<String, Json> =
        serde_json::from_str(text).map_err(|error| Error::because(Kind::Invalid, "catalogue.withdrawn", error))?;
    let value = |column: &&str| match row.get(*column) {
        Some(Json::String(text)) => Value::Text(text.clone()),
        Some(Json::Number(number)) => {
            number.as_i64().map_or_else(|| Value::Real(number.as_f64().unwrap_or_default()), Value::Integer)
        }
        _ => Value::Null,
    };
    Ok(COLUMNS.iter().map(value).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_comes_back_as_it_was() {
        assert_eq!((COLUMNS[UPDATED_AT], COLUMNS[DIGEST]), ("updated_at", "digest"));
        let mut values = vec![Value::Null; COLUMNS.len()];
        values[0] = "100 % \u{e9} \"(1)\".jpg".into();
        values[3] = Value::Integer(i64::MAX);
        values[9] = Value::Real(0.1 + 0.2);
        values[13] = Value::Real(-0.0);
        values[16] = Value::Real(12.0);
        assert_eq!(from_json(&to_json(&Row(values.clone()))).unwrap(), values);
        assert!(from_json("[1]").is_err());
    }
}
