//! Hrana's JSON.

use std::borrow::Cow;

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use serde::{Deserialize, Serialize};

use super::MAX_ROWS;
use crate::{Error, Kind, Row, Statement, Value};

/// Servers differ on padding; `sqld` writes none and takes both.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_encode_padding(false).with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The longest text of a server's that goes into an error, in bytes.
const MAX_WORDS: usize = 200;

#[derive(Serialize)]
struct Pipeline<'a> {
    requests: [Call<'a>; 2],
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Call<'a> {
    Execute { stmt: Stmt<'a> },
    Batch { batch: Batch<'a> },
    Close,
}

#[derive(Serialize)]
struct Batch<'a> {
    steps: Vec<Step<'a>>,
}

#[derive(Serialize)]
struct Step<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<Condition>,
    stmt: Stmt<'a>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Condition {
    Ok { step: usize },
    Not { cond: Box<Condition> },
    And { conds: Vec<Condition> },
}

#[derive(Serialize)]
struct Stmt<'a> {
    sql: &'a str,
    args: Vec<Cell<'a>>,
}

/// The spec's `Value`.
#[derive(Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Cell<'a> {
    Null,
    /// As text: not every JSON reader keeps 64 bits.
    Integer {
        value: Cow<'a, str>,
    },
    Float {
        value: f64,
    },
    Text {
        value: Cow<'a, str>,
    },
    Blob {
        base64: Cow<'a, str>,
    },
}

/// What came back.
#[derive(Deserialize)]
pub(super) struct Answer {
    results: Vec<Outcome>,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Outcome {
    Ok { response: Response },
    Error { error: Refusal },
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Response {
    Execute { result: Rows },
    Batch { result: Steps },
    Close,
}

#[derive(Deserialize)]
struct Rows {
    rows: Vec<Vec<Cell<'static>>>,
}

#[derive(Deserialize)]
struct Steps {
    step_results: Vec<Option<Rows>>,
    step_errors: Vec<Option<Refusal>>,
}

#[derive(Deserialize)]
struct Refusal {
    message: String,
    code: Option<String>,
}

/// A pipeline of one statement.
pub(super) fn execute(operation: &'static str, sql: &str, parameters: &[Value]) -> Result<Vec<u8>, Error> {
    let stmt = Stmt { sql, args: cells(operation, parameters)? };
    encode(operation, Call::Execute { stmt })
}

/// A pipeline of one transaction: each step runs if the one before it went well; what was begun and not committed is
/// rolled back.
pub(super) fn batch(operation: &'static str, statements: &[Statement<'_>]) -> Result<Vec<u8>, Error> {
    let plain = |condition, sql| Step { condition, stmt: Stmt { sql, args: Vec::new() } };
    let mut steps = vec![plain(None, "BEGIN")];
    for statement in statements {
        let condition = Some(Condition::Ok { step: steps.len() - 1 });
        let stmt = Stmt { sql: statement.sql, args: cells(operation, &statement.parameters)? };
        steps.push(Step { condition, stmt });
    }
    let commit = steps.len();
    steps.push(plain(Some(Condition::Ok { step: commit - 1 }), "COMMIT"));
    let open = vec![Condition::Ok { step: 0 }, Condition::Not { cond: Box::new(Condition::Ok { step: commit }) }];
    steps.push(plain(Some(Condition::And { conds: open }), "ROLLBACK"));
    encode(operation, Call::Batch { batch: Batch { steps } })
}

fn encode(operation: &'static str, call: Call<'_>) -> Result<Vec<u8>, Error> {
    serde_json::to_vec(&Pipeline { requests: [call, Call::Close] })
        .map_err(|error| Error::because(Kind::Internal, operation, error))
}

fn cells<'a>(operation: &'static str, values: &'a [Value]) -> Result<Vec<Cell<'a>>, Error> {
    let cell = |value: &'a Value| {
        Ok(match value {
            Value::Null => Cell::Null,
            Value::Integer(number) => Cell::Integer { value: number.to_string().into() },
            Value::Real(number) if number.is_finite() => Cell::Float { value: *number },
            Value::Real(_) => {
                return Err(Error::because(Kind::Invalid, operation, "a parameter is not a finite number"));
            }
            Value::Text(text) => Cell::Text { value: text.into() },
            Value::Blob(bytes) => Cell::Blob { base64: BASE64.encode(bytes).into() },
        })
    };
    values.iter().map(cell).collect()
}

/// Reads the server's answer.
pub(super) fn answer(operation: &'static str, body: &[u8]) -> Result<Answer, Error> {
    // serde_json's words name a place and a type, and may quote a value: they stay out of the log.
    serde_json::from_slice(body).map_err(|_| garbled(operation))
}

fn garbled(operation: &'static str) -> Error {
    Error::because(Kind::Invalid, operation, "the database's answer is not Hrana's")
}

impl Answer {
    fn first(self, operation: &'static str) -> Result<Response, Error> {
        match self.results.into_iter().next() {
            Some(Outcome::Ok { response }) => Ok(response),
            Some(Outcome::Error { error }) => Err(error.into_error(operation)),
            None => Err(garbled(operation)),
        }
    }

    /// The rows of [`execute`].
    pub fn rows(self, operation: &'static str) -> Result<Vec<Row>, Error> {
        match self.first(operation)? {
            Response::Execute { result } => rows(operation, result),
            Response::Batch { .. } | Response::Close => Err(garbled(operation)),
        }
    }

    /// The rows of each of a [`batch`]'s statements. Without a word of a commit there was none.
    pub fn batch(self, operation: &'static str, statements: usize) -> Result<Vec<Vec<Row>>, Error> {
        let Response::Batch { result: Steps { step_results, step_errors } } = self.first(operation)? else {
            return Err(garbled(operation));
        };
        if let Some(error) = step_errors.into_iter().flatten().next() {
            return Err(error.into_error(operation));
        }
        // BEGIN, the statements, COMMIT; ROLLBACK was skipped.
        let mut done: Vec<Rows> = step_results.into_iter().map_while(|result| result).collect();
        if done.len() != statements + 2 {
            return Err(garbled(operation));
        }
        done.drain(1..=statements).map(|result| rows(operation, result)).collect()
    }
}

fn rows(operation: &'static str, result: Rows) -> Result<Vec<Row>, Error> {
    if result.rows.len() > MAX_ROWS {
        return Err(Error::because(Kind::TooLarge, operation, "the result has too many rows"));
    }
    let value = |cell| {
        Ok(match cell {
            Cell::Null => Value::Null,
            Cell::Integer { value } => Value::Integer(value.parse().map_err(|_| garbled(operation))?),
            Cell::Float { value } => Value::Real(value),
            Cell::Text { value } => Value::Text(value.into_owned()),
            Cell::Blob { base64 } => Value::Blob(BASE64.decode(&*base64).map_err(|_| garbled(operation))?),
        })
    };
    result.rows.into_iter().map(|cells| Ok(Row(cells.into_iter().map(value).collect::<Result<_, Error>>()?))).collect()
}

impl Refusal {
    /// The codes are `sqld`'s; those of SQLite may carry an extended part, as in `SQLITE_BUSY_SNAPSHOT`.
    fn into_error(self, operation: &'static str) -> Error {
        let code = self.code.unwrap_or_default();
        let is = |families: &[&str]| families.iter().any(|family| code.starts_with(family));
        let kind = if is(&["SQLITE_TOOBIG", "RESPONSE_TOO_LARGE"]) {
            Kind::TooLarge
        } else if is(&["TRANSACTION_TIMEOUT"]) {
            Kind::Timeout
        } else if is(&["SQLITE_AUTH", "SQLITE_PERM", "SQLITE_READONLY", "AUTH_", "BLOCKED"]) {
            Kind::Denied
        } else if is(&[
            "SQLITE_BUSY",
            "SQLITE_LOCKED",
            "SQLITE_IOERR",
            "SQLITE_CANTOPEN",
            "SQLITE_FULL",
            "SQLITE_NOMEM",
            "SQLITE_INTERRUPT",
            "TRANSACTION_BUSY",
            "STREAM_EXPIRED",
            "PROXY_ERROR",
        ]) {
            Kind::Unavailable
        } else {
            Kind::Invalid
        };
        // May quote the statement, which holds no values: parameters are bound.
        let words: String = self.message.chars().filter(|c| !c.is_control()).collect();
        Error::because(kind, operation, words[..words.floor_char_boundary(MAX_WORDS)].to_owned())
    }
}
