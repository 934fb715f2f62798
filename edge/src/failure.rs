//! Why a route has no response.

use platform::{Error, Problem, Record};

/// What the client is told, or what failed and is told to the log. A route ends with either by `?`.
///
/// Boxed: it is rare, and every result on the way carries room for it.
#[derive(Debug)]
pub struct Failure(Box<Cause>);

#[derive(Debug)]
enum Cause {
    /// The client's side is known.
    Problem(Problem),
    /// A part of the gallery failed. The log gets the cause, the client words of our own.
    Error(Error),
}

impl Failure {
    /// The client's side. An error is noted in the record first: this is the one place that does it.
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
