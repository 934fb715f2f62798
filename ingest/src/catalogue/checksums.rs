//! Items of earlier versions and of other programs, which lack checksums.

use gallery::checksums::Checksums;
use gallery::rendition::Renditions;
use platform::{Error, Kind, Row, Value};

use super::{Catalogue, places::text};

/// A row without checksums, or with a rendition that has none.
const LACKS: &str = "(checksums IS NULL OR EXISTS \
                     (SELECT 1 FROM json_each(renditions, '$.all') WHERE json_extract(value, '$.crc') IS NULL))";

/// The conditions are that the row is still the one that was read.
const FILL: &str =
    "UPDATE media SET checksums = ?2 WHERE key = ?1 AND checksums IS NULL AND size = ?3 AND patches IS ?4";
const FILL_RENDITIONS: &str = "UPDATE media SET renditions = ?2 WHERE key = ?1 AND renditions = ?3";

/// An item that lacks checksums.
#[derive(Clone, Debug)]
pub struct Unsummed {
    pub key: String,
    /// The size of the original, in bytes.
    pub size: u64,
    /// Whether only renditions lack checksums.
    pub has_checksums: bool,
    /// What to blank in the original, encoded.
    pub patches: Option<Vec<u8>>,
    /// As the row has them.
    json: Option<String>,
    pub renditions: Option<Renditions>,
}

impl Catalogue {
    /// The keys of items that lack checksums, in their order.
    pub fn without_checksums(&self) -> Result<Vec<String>, Error> {
        let sql = format!("SELECT key FROM media WHERE key > ?1 AND {LACKS} ORDER BY key LIMIT ?2");
        self.pages(&sql)?.iter().map(|row| text(row, 0)).collect()
    }

    /// An item, if it is there and still lacks checksums.
    pub fn unsummed(&self, key: &str) -> Result<Option<Unsummed>, Error> {
        let sql =
            format!("SELECT size, checksums IS NOT NULL, patches, renditions FROM media WHERE key = ?1 AND {LACKS}");
        let read = |mut row: Row| {
            let json = row.text(3)?.map(str::to_owned);
            let invalid = |error| Error::because(Kind::Invalid, "catalogue.renditions", error);
            Ok(Unsummed {
                key: key.to_owned(),
                size: row.integer(0)?.and_then(|size| u64::try_from(size).ok()).unwrap_or_default(),
                has_checksums: row.integer(1)? == Some(1),
                patches: row.take_blob(2)?,
                renditions: json.as_deref().map(serde_json::from_str).transpose().map_err(invalid)?,
                json,
            })
        };
        self.0.query(&sql, [key.into()])?.into_iter().next().map(read).transpose()
    }

    /// Writes the checksums of an original, unless the item has become another one since it was read.
    pub fn fill_checksums(&self, item: &Unsummed, checksums: Checksums) -> Result<(), Error> {
        let parameters = [
            item.key.as_str().into(),
            checksums.to_string().into(),
            i64::try_from(item.size).unwrap_or(i64::MAX).into(),
            item.patches.clone().map_or(Value::Null, Value::from),
        ];
        self.0.query(FILL, parameters).map(drop)
    }

    /// Writes what a row says of its renditions, with their checksums, unless it says something else by now.
    pub fn fill_sums_of_renditions(&self, item: &Unsummed, renditions: &Renditions) -> Result<(), Error> {
        let json = serde_json::to_string(renditions).unwrap_or_default();
        let before = item.json.as_deref().map_or(Value::Null, Value::from);
        self.0.query(FILL_RENDITIONS, [item.key.as_str().into(), json.into(), before]).map(drop)
    }
}
