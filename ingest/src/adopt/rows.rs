//! Rows that another program wrote, out of D1's SQL, a SQLite file, or this gallery's own database.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use jiff::Timestamp;
use platform::Value;
use platform_sqlite::query;
use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags};
use serde_json::{Map, Value as Json};

use crate::catalogue::quoted;
use crate::facts::clean;

/// A row, by the names of its columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row(pub BTreeMap<String, Value>);

/// The rows of a dump, by key, and the columns of its table with their types.
#[derive(Default)]
pub struct Rows {
    pub rows: BTreeMap<String, Row>,
    pub columns: Vec<(String, String)>,
}

/// What the predecessor's tables are, for a dump without tables. D1 keeps the names of its migrations in the second.
const TABLES: &str = "CREATE TABLE media (key TEXT NOT NULL PRIMARY KEY, filename TEXT, type TEXT, size INTEGER, \
    uploaded_at TEXT, date_taken TEXT, camera_make TEXT, camera_model TEXT, lens TEXT, focal_length REAL, \
    aperture REAL, shutter_speed REAL, iso INTEGER, latitude REAL, longitude REAL, altitude REAL, duration REAL, \
    codec TEXT, width INTEGER, height INTEGER, hls_qualities TEXT, thumbnail_small TEXT, thumbnail_medium TEXT, \
    thumbnail_large TEXT, metadata TEXT, processed_at TEXT, created_at TEXT, updated_at TEXT); \
    CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, applied_at TEXT);";

impl Rows {
    /// Reads D1's SQL (`wrangler d1 export`), or a SQLite file. The error is one line about the file.
    pub fn read(path: &Path) -> Result<Self, String> {
        let named = |error: &dyn std::fmt::Display| format!("{} cannot be read: {error}", path.display());
        let mut start = Vec::new();
        let file = File::open(path).map_err(|error| named(&error))?;
        file.take(16).read_to_end(&mut start).map_err(|error| named(&error))?;
        let connection = if start == b"SQLite format 3\0" {
            Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(|error| named(&error))?
        } else {
            let mut sql = std::fs::read_to_string(path).map_err(|error| named(&error))?;
            // SQLite copies the rest of a text for each statement, unless the text ends in NUL.
            sql.push('\0');
            run(&sql).map_err(|error| named(&error))?
        };
        Self::of(&connection).map_err(|error| named(&error))
    }

    fn of(connection: &Connection) -> Result<Self, String> {
        let failed = |error: rusqlite::Error| error.to_string();
        let table = query(connection, "SELECT name, type FROM pragma_table_info('media')", &[]).map_err(failed)?;
        let text = |row: &platform::Row, column| row.text(column).ok().flatten().unwrap_or_default().to_owned();
        let columns: Vec<_> = table.iter().map(|row| (text(row, 0), text(row, 1))).collect();
        if !columns.iter().any(|(name, _)| name == "key") {
            return Err("it has no table media with a column key".to_owned());
        }
        let names: Vec<_> = columns.iter().map(|(name, _)| quoted(name)).collect();
        let all = query(connection, &format!("SELECT {} FROM media", names.join(", ")), &[]).map_err(failed)?;
        let mut rows = BTreeMap::new();
        for row in all {
            let row = Row(columns.iter().map(|(name, _)| name.clone()).zip(row.0).collect());
            if let Some(key) = row.text("key") {
                rows.insert(key.to_owned(), row);
            }
        }
        Ok(Self { rows, columns })
    }
}

/// A database in memory, in which SQL was run that may touch nothing else.
fn run(sql: &str) -> rusqlite::Result<Connection> {
    let fresh = || {
        let connection = Connection::open_in_memory()?;
        connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
        // D1 writes each table with its rows, and one that refers to another may come first.
        connection.pragma_update(None, "foreign_keys", false)?;
        Ok::<_, rusqlite::Error>(connection)
    };
    let connection = fresh()?;
    match connection.execute_batch(sql) {
        Err(error) if error.to_string().contains("no such table: ") => {
            let connection = fresh()?;
            connection.execute_batch(TABLES)?;
            connection.execute_batch(sql).map(|()| connection)
        }
        result => result.map(|()| connection),
    }
}

impl Row {
    pub fn text(&self, column: &str) -> Option<&str> {
        match self.0.get(column)? {
            Value::Text(text) => Some(text.as_str()).filter(|text| !text.trim().is_empty()),
            _ => None,
        }
    }

    /// A text without control characters.
    pub fn clean(&self, column: &str) -> Option<String> {
        self.text(column).and_then(clean)
    }

    #[allow(clippy::cast_precision_loss)] // measurements
    pub fn number(&self, column: &str) -> Option<f64> {
        match self.0.get(column)? {
            Value::Integer(number) => Some(*number as f64),
            Value::Real(number) => Some(*number).filter(|number| number.is_finite()),
            Value::Text(text) => text.trim().parse().ok().filter(|number: &f64| number.is_finite()),
            _ => None,
        }
    }

    #[allow(clippy::cast_possible_truncation)] // checked
    pub fn whole(&self, column: &str) -> Option<i64> {
        self.number(column).filter(|number| (0.0..9e15).contains(number)).map(|number| number.round() as i64)
    }

    /// A moment. Rows of the predecessor may hold the words `CURRENT_TIMESTAMP` instead of one.
    pub fn moment(&self, column: &str) -> Option<Timestamp> {
        moment(self.text(column)?)
    }

    pub fn metadata(&self) -> Map<String, Json> {
        match self.text("metadata").and_then(|text| serde_json::from_str(text).ok()) {
            Some(Json::Object(object)) => object,
            _ => Map::new(),
        }
    }
}

/// `2025-09-24T18:48:56.033Z`, or `2025-09-24 18:48:56`, which SQLite writes and which is UTC.
pub fn moment(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    text.parse().ok().or_else(|| {
        let wall: jiff::civil::DateTime = text.parse().ok()?;
        jiff::tz::Offset::UTC.to_timestamp(wall).ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(content: &[u8]) -> Result<Rows, String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), content).unwrap();
        Rows::read(file.path())
    }

    #[test]
    fn sql_of_d1() {
        let sql = b"PRAGMA defer_foreign_keys=TRUE;\nCREATE TABLE IF NOT EXISTS \"media\" (\"key\" TEXT PRIMARY KEY, \
            \"size\" INTEGER, \"iso\" REAL, \"note\" TEXT);\nCREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT);\n\
            INSERT INTO \"media\" VALUES('a''s; (1).jpg',7,100,'x');\nINSERT INTO \"media\" VALUES('b',NULL,'80','');\n\
            DELETE FROM sqlite_sequence;\nINSERT INTO \"sqlite_sequence\" VALUES('t',1);\n";
        let rows = read(sql).unwrap();
        assert_eq!(rows.columns.last(), Some(&("note".to_owned(), "TEXT".to_owned())));
        let (a, b) = (&rows.rows["a's; (1).jpg"], &rows.rows["b"]);
        assert_eq!((a.whole("size"), a.whole("iso"), a.text("note")), (Some(7), Some(100), Some("x")));
        assert_eq!((b.whole("size"), b.whole("iso"), b.text("note")), (None, Some(80), None));
        let data_alone = b"INSERT INTO \"media\" (key, filename) VALUES('c.jpg','c.jpg');";
        assert_eq!(read(data_alone).unwrap().rows["c.jpg"].text("filename"), Some("c.jpg"));
    }

    /// `wrangler d1 export --no-schema` has rows of D1's own tables too.
    #[test]
    fn sql_of_d1_without_tables() {
        let sql = b"PRAGMA defer_foreign_keys=TRUE;\nINSERT INTO \"d1_migrations\" (\"id\",\"name\",\"applied_at\") \
            VALUES(1,'0001_init.sql','2025-01-01 00:00:00');\nINSERT INTO \"media\" (\"key\",\"size\") VALUES('c.jpg',3);\n\
            DELETE FROM sqlite_sequence;\nINSERT INTO \"sqlite_sequence\" (\"name\",\"seq\") VALUES('d1_migrations',1);\n";
        assert_eq!(read(sql).unwrap().rows["c.jpg"].whole("size"), Some(3));
    }

    #[test]
    fn sql_of_d1_in_which_a_table_refers_to_a_later_one() {
        let sql = b"PRAGMA defer_foreign_keys=TRUE;\nCREATE TABLE favourites (k TEXT REFERENCES media(key));\n\
            INSERT INTO \"favourites\" (\"k\") VALUES('a.jpg');\n\
            CREATE TABLE IF NOT EXISTS \"media\" (\"key\" TEXT PRIMARY KEY, \"size\" INTEGER);\n\
            INSERT INTO \"media\" (\"key\",\"size\") VALUES('a.jpg',5);\n";
        assert_eq!(read(sql).unwrap().rows["a.jpg"].whole("size"), Some(5));
    }

    #[test]
    fn a_long_dump_takes_as_long_as_its_rows() {
        let dump = |rows: u32| {
            let note = "x".repeat(400);
            let row = |number| format!("INSERT INTO media (key, metadata) VALUES ('{number:08}.jpg', '{note}');\n");
            (0..rows).map(row).collect::<String>().into_bytes()
        };
        let time = |dump: &[u8], rows: usize| {
            let began = std::time::Instant::now();
            assert_eq!(read(dump).unwrap().rows.len(), rows);
            began.elapsed()
        };
        let (few, many) = (dump(2_000), dump(20_000));
        let least = (0..5).map(|_| time(&few, 2_000)).min().unwrap();
        // Ten times as long, or a hundred times if each statement costs a copy of the rest.
        let is_soon = || time(&many, 20_000) < least * 25;
        assert!(is_soon() || is_soon() || is_soon(), "{least:?} for a tenth of it");
    }

    #[test]
    fn a_sqlite_file() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let connection = Connection::open(file.path()).unwrap();
        connection.execute_batch("CREATE TABLE media (key TEXT, size); INSERT INTO media VALUES ('a', 5)").unwrap();
        drop(connection);
        assert_eq!(Rows::read(file.path()).unwrap().rows["a"].whole("size"), Some(5));
    }

    #[test]
    fn what_is_no_dump_is_said_in_one_line() {
        let folder = tempfile::tempdir().unwrap();
        let other = folder.path().join("other.db");
        let attach = format!("ATTACH '{}' AS x; CREATE TABLE x.t (a)", other.display());
        for content in [&b"not SQL"[..], b"", b"CREATE TABLE media (id)", b"\xff\xfe", attach.as_bytes()] {
            let error = read(content).err().unwrap();
            assert!(error.contains("cannot be read: "), "{error}");
        }
        assert!(!other.exists(), "a dump reaches nothing else");
    }

    #[test]
    fn moments() {
        for (text, wanted) in [
            ("2025-09-24T18:48:56.033Z", Some("2025-09-24T18:48:56.033Z")),
            ("2025-09-24 18:48:56", Some("2025-09-24T18:48:56Z")),
            ("CURRENT_TIMESTAMP", None),
        ] {
            assert_eq!(moment(text).map(|moment| moment.to_string()).as_deref(), wanted, "{text}");
        }
    }
}
