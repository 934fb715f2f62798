//! Why a route has no response.

use platform::{Error, Problem, Record};

/// The reason that a client is told, or a failure for the log. A route returns either with `?`.
#[derive(Debug)]
pub enum Failure {
    /// The problem that the client is told.
    Problem(Problem),
    /// A part of the gallery failed. The log gets the cause, and the client gets other words.
    Error(Error),
}

impl Failure {
    /// The problem for the client. An error is first noted in the record. This is the only place that notes it.
    pub fn into_problem(self, record: &Record) -> Problem {
        match self {
            Self::Problem(problem) => problem,
            Self::Error(error) => {
                record.note(&error);
                Problem::from(&error)
            }
        }
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}
