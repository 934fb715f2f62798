//! The log: a line of JSON for each request, on standard output.

use std::io::Write as _;

/// Writes a line. A log that fails stops no request.
pub(crate) fn log(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}
