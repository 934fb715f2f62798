//! The rows that a worker looked up by a text, such as an item by its key. They are kept as long as the database is
//! unchanged.
//!
//! SQLite takes a lock and builds the row for each query. For a thumbnail, this was a third of the work.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    time::{Duration, Instant},
};

use platform::{Row, Value};
use rusqlite::Connection;

/// How long a worker goes on before it looks whether another connection has changed the database.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// The most bytes that a worker keeps, and the most of one look-up.
const MAX_BYTES: usize = 4 * 1024 * 1024;
const MAX_BYTES_OF_ONE: usize = 32 * 1024;
/// What a value takes besides its bytes.
const OVERHEAD: usize = 64;

/// The rows of one connection.
#[derive(Default)]
pub(crate) struct Recent {
    /// When this worker last looked, and which version of the database it found.
    looked: Cell<Option<(Instant, i64)>>,
    rows: RefCell<HashMap<String, Vec<Row>>>,
    bytes: Cell<usize>,
}

impl Recent {
    /// The kept rows of a query, or those that `query` finds. Only a look-up by one text is kept.
    pub fn find(
        &self,
        connection: &Connection,
        sql: &str,
        parameters: &[Value],
        query: impl FnOnce() -> rusqlite::Result<Vec<Row>>,
    ) -> rusqlite::Result<Vec<Row>> {
        if !sql.starts_with("SELECT ") {
            // SQLite does not tell a connection of its own changes.
            self.forget();
            return query();
        }
        let [Value::Text(key)] = parameters else { return query() };
        self.look(connection)?;
        let name = [sql, key].join("\n");
        if let Some(rows) = self.rows.borrow().get(&name) {
            return Ok(rows.clone());
        }
        let rows = query()?;
        self.keep(name, &rows);
        Ok(rows)
    }

    pub fn forget(&self) {
        self.rows.borrow_mut().clear();
        self.bytes.set(0);
    }

    /// Forgets everything if another connection has changed the database since this worker last looked.
    fn look(&self, connection: &Connection) -> rusqlite::Result<()> {
        let looked = self.looked.get();
        if looked.is_some_and(|(at, _)| at.elapsed() < LOOK_EVERY) {
            return Ok(());
        }
        let version = connection.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?;
        if looked.is_none_or(|(_, known)| known != version) {
            self.forget();
        }
        self.looked.set(Some((Instant::now(), version)));
        Ok(())
    }

    fn keep(&self, name: String, rows: &[Row]) {
        let length = |value: &Value| match value {
            Value::Text(text) => text.len(),
            Value::Blob(bytes) => bytes.len(),
            _ => 0,
        };
        let values = rows.iter().flat_map(|row| &row.0);
        let bytes = OVERHEAD + name.len() + values.map(|value| OVERHEAD + length(value)).sum::<usize>();
        if bytes > MAX_BYTES_OF_ONE {
            return;
        }
        if self.bytes.get() + bytes > MAX_BYTES {
            self.forget();
        }
        self.bytes.set(self.bytes.get() + bytes);
        self.rows.borrow_mut().insert(name, rows.to_vec());
    }
}
