//! Why a route has no response.

use http::{HeaderValue, StatusCode, header};
use platform::{Error, Kind, Problem, ProblemType, Record};

use crate::catalogue::NO_INDEX;

/// The problem that a client is told, or an error for the log. A route returns either with `?`.
///
/// It is boxed because it is rare, and every result on the way would carry room for it.
#[derive(Debug)]
pub struct Failure(Box<Cause>);

#[derive(Debug)]
enum Cause {
    /// The problem that the client is told.
    Problem(Problem),
    /// A part of the gallery failed. The log gets the cause, and the client gets other words.
    Error(Error),
}

impl Failure {
    /// The failure as an error, where no client can be told: the answer is under way.
    pub fn into_error(self) -> Error {
        match *self.0 {
            Cause::Problem(problem) => Error::because(Kind::Invalid, "answer.body", problem.detail),
            Cause::Error(error) => error,
        }
    }

    /// Whether nobody is logged in, as opposed to that it cannot be told.
    pub fn is_no_session(&self) -> bool {
        matches!(&*self.0, Cause::Problem(problem) if problem.status == StatusCode::UNAUTHORIZED)
    }

    /// The problem for the client. An error is first noted in the record. This is the only place that notes it.
    pub fn into_problem(self, record: &Record) -> Problem {
        match *self.0 {
            Cause::Problem(problem) => problem,
            Cause::Error(error) => {
                record.note(&error);
                if is_of_an_older_version(&error) { older_catalogue() } else { Problem::from(&error) }
            }
        }
    }
}

/// Whether no ingest of this version has been here. Every database of the SQLite dialect says it in these words.
fn is_of_an_older_version(error: &Error) -> bool {
    let words = error.to_string();
    ["no such column", "no such table: catalogue_parts", NO_INDEX].iter().any(|known| words.contains(known))
}

/// The answer until the catalogue has what this version needs.
fn older_catalogue() -> Problem {
    let words = "The catalogue is not yet one of this version. Run edge-gallery ingest or serve of this version.";
    Problem::of(ProblemType::OlderCatalogue, words).with(header::RETRY_AFTER, HeaderValue::from_static("60"))
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self(Box::new(Cause::Problem(problem)))
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(Box::new(Cause::Error(error)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_of_an_earlier_version_is_told_from_other_errors() {
        let problem = |words: &'static str| {
            let record = Record::default();
            Failure::from(Error::because(Kind::Invalid, "sql.query", words)).into_problem(&record)
        };
        let older = problem("SQLite error: no such column: taken_at");
        assert_eq!(older.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(older.detail.contains("edge-gallery ingest"));
        assert!(older.headers.iter().any(|(name, _)| *name == header::RETRY_AFTER));
        assert_eq!(problem("near FROM: syntax error").status, StatusCode::BAD_GATEWAY);
    }
}
