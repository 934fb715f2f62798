//! SQL in the SQLite dialect.

use crate::{Error, Kind};

/// A value bound to a statement or found in a row: `SQLite`'s five storage classes
/// (<https://www.sqlite.org/datatype3.html>).
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Integer(i64),
    Real(f64),
    Text(String),
    Blob(Vec<u8>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Blob(bytes)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

/// A statement and its parameters, `?1` first.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement<'a> {
    pub sql: &'a str,
    pub parameters: Vec<Value>,
}

impl<'a> Statement<'a> {
    pub fn new(sql: &'a str, parameters: impl Into<Vec<Value>>) -> Self {
        Self { sql, parameters: parameters.into() }
    }
}

/// One row of a result, in the order of the statement's columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Row(pub Vec<Value>);

/// The error for a column that is missing, or has a type that the reader cannot use.
fn mismatch(column: usize, wanted: &str) -> Error {
    Error::because(Kind::Invalid, "sql.row", format!("column {column} is not {wanted}"))
}

impl Row {
    /// Text, or `None` for NULL.
    pub fn text(&self, column: usize) -> Result<Option<&str>, Error> {
        match self.0.get(column) {
            Some(Value::Null) => Ok(None),
            Some(Value::Text(text)) => Ok(Some(text)),
            _ => Err(mismatch(column, "text")),
        }
    }

    /// As [`text`](Self::text), without a copy. The column is NULL from then on.
    pub fn take_text(&mut self, column: usize) -> Result<Option<String>, Error> {
        match self.0.get_mut(column).map(|value| std::mem::replace(value, Value::Null)) {
            Some(Value::Null) => Ok(None),
            Some(Value::Text(text)) => Ok(Some(text)),
            _ => Err(mismatch(column, "text")),
        }
    }

    /// A blob without a copy, or `None` for NULL. The column is NULL from then on.
    pub fn take_blob(&mut self, column: usize) -> Result<Option<Vec<u8>>, Error> {
        match self.0.get_mut(column).map(|value| std::mem::replace(value, Value::Null)) {
            Some(Value::Null) => Ok(None),
            Some(Value::Blob(bytes)) => Ok(Some(bytes)),
            _ => Err(mismatch(column, "a blob")),
        }
    }

    /// A whole number, or `None` for NULL. A REAL without a fraction is accepted.
    pub fn integer(&self, column: usize) -> Result<Option<i64>, Error> {
        match self.0.get(column) {
            Some(Value::Null) => Ok(None),
            Some(Value::Integer(number)) => Ok(Some(*number)),
            // Within +-2^53 a f64 holds every whole number exactly.
            #[allow(clippy::cast_possible_truncation)]
            Some(Value::Real(number)) if number.fract() == 0.0 && number.abs() < 9.0e15 => Ok(Some(*number as i64)),
            _ => Err(mismatch(column, "a whole number")),
        }
    }

    /// A number, or `None` for NULL.
    pub fn real(&self, column: usize) -> Result<Option<f64>, Error> {
        match self.0.get(column) {
            Some(Value::Null) => Ok(None),
            Some(Value::Real(number)) => Ok(Some(*number)),
            #[allow(clippy::cast_precision_loss)]
            Some(Value::Integer(number)) => Ok(Some(*number as f64)),
            _ => Err(mismatch(column, "a number")),
        }
    }
}

/// The most rows of one statement if SQL is not in the same process. More rows give `TooLarge`.
pub const MAX_ROWS: usize = 10_000;

/// One database.
pub trait Sql {
    /// Runs one statement and returns all its rows.
    ///
    /// - Parameters are bound, never put into the text.
    /// - A statement without rows gives an empty list.
    /// - Text, numbers, blobs and NULL are returned as they were stored.
    /// - A statement that the database does not understand gives `Invalid`. A locked or absent database gives
    ///   `Unavailable` or `Timeout`. More bytes than the host allows give `TooLarge`.
    async fn query(&self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, Error>;

    /// Runs several statements in one transaction. If SQL is remote, this takes one round trip.
    ///
    /// - The results have the order of the statements.
    /// - If a statement fails, no statement has an effect.
    async fn batch(&self, statements: &[Statement<'_>]) -> Result<Vec<Vec<Row>>, Error>;

    /// Whether a statement travels over a network. One that only reads is then worth a second try.
    fn is_remote(&self) -> bool {
        false
    }
}
