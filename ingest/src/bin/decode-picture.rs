//! Decodes a picture for the tests of ingest, whose own programs cannot be started again.

use std::process::ExitCode;

fn main() -> ExitCode {
    ingest::decode_stdin(&std::env::args().nth(1).unwrap_or_default())
}
