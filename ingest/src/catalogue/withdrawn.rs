//! Items that are not shown: hidden ones, and removed or pruned ones whose objects go later.
//!
//! A withdrawn item's row leaves the table that services read, so that no query of theirs can forget to look.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use gallery::media::{COLUMNS, UPSERT};
use platform::{Error, Kind, Row, Statement, Value};
use serde_json::Value as Json;

use super::{
    COLUMNS_BESIDE, Catalogue,
    adopted::quoted,
    deletions,
    deletions::Deletion,
    patches,
    places::text,
    stored::{SHARING, Stored},
};

/// What is known of the original. The object stays while the item is withdrawn.
const KNOWN: [&str; 2] = ["patches", "checksums"];
/// The member of a JSON object that holds bytes.
const BYTES: &str = "base64";

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
             json_extract(row, '$.type'), json_extract(json_extract(row, '$.renditions'), '$.version'), {SHARING} \
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
        let others = self.other_columns()?;
        let quoted: Vec<_> = others.iter().map(|name| quoted(name)).collect();
        let names: Vec<_> = COLUMNS.into_iter().chain(KNOWN).chain(quoted.iter().map(String::as_str)).collect();
        let select = format!("SELECT {} FROM media WHERE key = ?1", names.join(", "));
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
                [key.into(), digest, state.name().into(), now.into(), to_json(row, &others).into()],
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
        let json = row.text(0)?.unwrap_or_default();
        let mut values = from_json(json, &COLUMNS)?;
        values[UPDATED_AT] = now.into();
        let others = self.other_columns()?;
        let names: Vec<_> = others.iter().map(String::as_str).collect();
        let updates: Vec<_> =
            others.iter().map(|name| format!("UPDATE media SET {} = ?2 WHERE key = ?1", quoted(name))).collect();
        let kept = updates.iter().zip(from_json(json, &names)?);
        let mut statements: Vec<_> = vec![
            Statement::new(UPSERT, values),
            Statement::new("DELETE FROM withdrawn WHERE key = ?1", [item.key.as_str().into()]),
            deletions::cancel(&item.key, &item.stored),
        ];
        let known = [item.key.as_str().into()].into_iter().chain(from_json(json, &KNOWN)?);
        statements.push(Statement::new(patches::PUT, known.collect::<Vec<_>>()));
        statements.extend(kept.map(|(sql, value)| Statement::new(sql, [item.key.as_str().into(), value])));
        self.0.batch(&statements).map(drop)
    }

    /// The columns that only other programs know.
    fn other_columns(&self) -> Result<Vec<String>, Error> {
        let mut names = self.0.texts("SELECT name FROM pragma_table_info('media')")?;
        names.retain(|name| !COLUMNS.contains(&name.as_str()) && !COLUMNS_BESIDE.contains(&name.as_str()));
        Ok(names)
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

/// A row as a JSON object: [`COLUMNS`], [`KNOWN`] and others.
fn to_json(row: &Row, others: &[String]) -> String {
    let json = |value: &Value| match value {
        Value::Integer(number) => (*number).into(),
        Value::Real(number) => (*number).into(),
        Value::Text(text) => text.as_str().into(),
        Value::Blob(bytes) => serde_json::json!({ BYTES: STANDARD_NO_PAD.encode(bytes) }),
        Value::Null => Json::Null,
    };
    let object: serde_json::Map<_, _> = COLUMNS
        .into_iter()
        .chain(KNOWN)
        .chain(others.iter().map(String::as_str))
        .map(str::to_owned)
        .zip(row.0.iter().map(json))
        .collect();
    Json::Object(object).to_string()
}

/// The values of columns.
fn from_json(text: &str, columns: &[&str]) -> Result<Vec<Value>, Error> {
    let row: serde_json::Map<String, Json> =
        serde_json::from_str(text).map_err(|error| Error::because(Kind::Invalid, "catalogue.withdrawn", error))?;
    let value = |column: &&str| match row.get(*column) {
        Some(Json::String(text)) => Value::Text(text.clone()),
        Some(Json::Number(number)) => {
            number.as_i64().map_or_else(|| Value::Real(number.as_f64().unwrap_or_default()), Value::Integer)
        }
        Some(Json::Object(object)) => {
            let bytes = object.get(BYTES).and_then(Json::as_str).and_then(|text| STANDARD_NO_PAD.decode(text).ok());
            bytes.map_or(Value::Null, Value::from)
        }
        _ => Value::Null,
    };
    Ok(columns.iter().map(value).collect())
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
        values.extend([vec![0, 255, 1].into(), "cbf43926 00000000 00000007".into(), "7b".into()]);
        let others = ["table seat".to_owned()];
        let columns: Vec<_> = COLUMNS.into_iter().chain(KNOWN).chain(["table seat"]).collect();
        assert_eq!(from_json(&to_json(&Row(values.clone()), &others), &columns).unwrap(), values);
        assert!(from_json("[1]", &COLUMNS).is_err());
        // As earlier versions kept rows.
        assert_eq!(from_json("{}", &KNOWN).unwrap(), [Value::Null, Value::Null]);
    }
}
