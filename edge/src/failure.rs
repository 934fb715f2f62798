//! Why a route has no response.

use platform::{Error, Problem, Record};

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
    /// The problem for the client. An error is first noted in the record. This is the only place that notes it.
    pub fn into_problem(self, record: &Record) -> Problem {
        match *self.0 {
            Cause::Problem(problem) => problem,
            Cause::Error(error) => {
                record.note(&error);
                Problem::from(&error)
            }
        }
    }
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
