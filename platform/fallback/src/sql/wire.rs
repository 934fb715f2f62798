//! Hrana's JSON.

use std::fmt;

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use platform::{Error, Kind, Row, Statement, Value, sql::MAX_ROWS};
use serde::{Deserialize, Deserializer, Serialize, de::Visitor};

/// Servers differ on padding. `sqld` writes no padding, and accepts text with and without it.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_encode_padding(false).with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The longest text from a server that is put into an error, in bytes.
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
    args: Vec<Argument<'a>>,
}

/// The spec's `Value`, as it is sent.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Argument<'a> {
    Null,
    /// The number as text, because not every JSON reader keeps 64 bits.
    Integer {
        value: String,
    },
    Float {
        value: f64,
    },
    Text {
        value: &'a str,
    },
    Blob {
        base64: String,
    },
}

/// The server's answer. An outcome is recognised by the fields that are there, and not by its `type`: a tagged enum
/// is read twice, and is five times the code.
#[derive(Deserialize)]
pub(super) struct Answer {
    results: Vec<Outcome>,
}

#[derive(Deserialize)]
struct Outcome {
    response: Option<Response>,
    error: Option<Refusal>,
}

#[derive(Deserialize)]
struct Response {
    result: Option<Done>,
}

/// The result of a statement, or of a batch.
#[derive(Deserialize)]
struct Done {
    rows: Option<Vec<Vec<Cell>>>,
    step_results: Option<Vec<Option<Done>>>,
    step_errors: Option<Vec<Option<Refusal>>>,
}

/// The spec's `Value`, as it is received.
#[derive(Deserialize)]
struct Cell {
    r#type: Type,
    value: Option<Scalar>,
    base64: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Type {
    Null,
    Integer,
    Float,
    Text,
    Blob,
}

enum Scalar {
    Text(String),
    Number(f64),
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl Visitor<'_> for Either {
            type Value = Scalar;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text or a number")
            }

            fn visit_str<E>(self, text: &str) -> Result<Scalar, E> {
                Ok(Scalar::Text(text.to_owned()))
            }

            fn visit_f64<E>(self, number: f64) -> Result<Scalar, E> {
                Ok(Scalar::Number(number))
            }

            // A float without a fraction may be written without its point. Within +-2^53 the conversion is exact.
            #[allow(clippy::cast_precision_loss)]
            fn visit_i64<E>(self, number: i64) -> Result<Scalar, E> {
                Ok(Scalar::Number(number as f64))
            }

            #[allow(clippy::cast_precision_loss)]
            fn visit_u64<E>(self, number: u64) -> Result<Scalar, E> {
                Ok(Scalar::Number(number as f64))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

#[derive(Deserialize)]
struct Refusal {
    message: String,
    code: Option<String>,
}

/// A pipeline of one statement.
pub(super) fn execute(operation: &'static str, sql: &str, parameters: &[Value]) -> Result<Vec<u8>, Error> {
    let stmt = Stmt { sql, args: arguments(operation, parameters)? };
    encode(operation, Call::Execute { stmt })
}

/// A pipeline of one transaction. Each step runs if the step before it succeeded. A transaction that was begun and
/// not committed is rolled back.
pub(super) fn batch(operation: &'static str, statements: &[Statement<'_>]) -> Result<Vec<u8>, Error> {
    let plain = |condition, sql| Step { condition, stmt: Stmt { sql, args: Vec::new() } };
    let mut steps = vec![plain(None, "BEGIN")];
    for statement in statements {
        let condition = Some(Condition::Ok { step: steps.len() - 1 });
        let stmt = Stmt { sql: statement.sql, args: arguments(operation, &statement.parameters)? };
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

fn arguments<'a>(operation: &'static str, values: &'a [Value]) -> Result<Vec<Argument<'a>>, Error> {
    let argument = |value: &'a Value| {
        Ok(match value {
            Value::Null => Argument::Null,
            Value::Integer(number) => Argument::Integer { value: number.to_string() },
            Value::Real(number) if number.is_finite() => Argument::Float { value: *number },
            Value::Real(_) => {
                return Err(Error::because(Kind::Invalid, operation, "a parameter is not a finite number"));
            }
            Value::Text(text) => Argument::Text { value: text },
            Value::Blob(bytes) => Argument::Blob { base64: BASE64.encode(bytes) },
        })
    };
    values.iter().map(argument).collect()
}

/// Reads the server's answer.
pub(super) fn answer(operation: &'static str, body: &[u8]) -> Result<Answer, Error> {
    // serde_json's message names a place and a type, and may quote a value. It therefore stays out of the log.
    serde_json::from_slice(body).map_err(|_| garbled(operation))
}

fn garbled(operation: &'static str) -> Error {
    Error::because(Kind::Invalid, operation, "the database's answer is not Hrana's")
}

impl Answer {
    fn first(self, operation: &'static str) -> Result<Done, Error> {
        let first = self.results.into_iter().next();
        match first {
            Some(Outcome { error: Some(error), .. }) => Err(error.into_error(operation)),
            Some(Outcome { response: Some(Response { result: Some(done) }), .. }) => Ok(done),
            _ => Err(garbled(operation)),
        }
    }

    /// The rows of [`execute`].
    pub fn rows(self, operation: &'static str) -> Result<Vec<Row>, Error> {
        rows(operation, self.first(operation)?)
    }

    /// The rows of each statement of a [`batch`]. Without the result of a commit, nothing was committed.
    pub fn batch(self, operation: &'static str, statements: usize) -> Result<Vec<Vec<Row>>, Error> {
        let Done { step_results: Some(results), step_errors: Some(errors), .. } = self.first(operation)? else {
            return Err(garbled(operation));
        };
        if let Some(error) = errors.into_iter().flatten().next() {
            return Err(error.into_error(operation));
        }
        // The results of BEGIN, of the statements and of COMMIT. ROLLBACK was skipped.
        let mut done: Vec<Done> = results.into_iter().map_while(|result| result).collect();
        if done.len() != statements + 2 {
            return Err(garbled(operation));
        }
        done.drain(1..=statements).map(|result| rows(operation, result)).collect()
    }
}

fn rows(operation: &'static str, done: Done) -> Result<Vec<Row>, Error> {
    let rows = done.rows.ok_or_else(|| garbled(operation))?;
    if rows.len() > MAX_ROWS {
        return Err(Error::because(Kind::TooLarge, operation, "the result has too many rows"));
    }
    let value = |cell| value(cell).ok_or_else(|| garbled(operation));
    rows.into_iter().map(|cells| Ok(Row(cells.into_iter().map(value).collect::<Result<_, Error>>()?))).collect()
}

fn value(cell: Cell) -> Option<Value> {
    Some(match (cell.r#type, cell.value) {
        (Type::Null, _) => Value::Null,
        (Type::Integer, Some(Scalar::Text(digits))) => Value::Integer(digits.parse().ok()?),
        (Type::Float, Some(Scalar::Number(number))) => Value::Real(number),
        (Type::Text, Some(Scalar::Text(text))) => Value::Text(text),
        (Type::Blob, _) => Value::Blob(BASE64.decode(cell.base64?).ok()?),
        _ => return None,
    })
}

impl Refusal {
    /// The codes are those of `sqld`. A code of SQLite may have an extended part, as in `SQLITE_BUSY_SNAPSHOT`.
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
        // The message may quote the statement. The statement holds no values, because parameters are bound.
        let words: String = self.message.chars().filter(|c| !c.is_control()).collect();
        Error::because(kind, operation, words[..words.floor_char_boundary(MAX_WORDS)].to_owned())
    }
}
