//! Why a route has no response.

use platform::{Error, Problem, Record};

/// What the client is told, or what failed and is told to the log. A route ends with either by `?`.
#[derive(Debug)]
pub enum Failure {
    /// The client's side is known.
    Problem(Problem),
    /// A part of the gallery failed. The log gets the cause, the client words of our own.
    Error(Error),
}

impl Failure {
    /// The client's side. An error is noted in the record first: this is the one place that does it.
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
