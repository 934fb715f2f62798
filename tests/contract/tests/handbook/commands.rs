//! The commands of a document: fenced blocks of `sh`, line by line.

use std::{fs, path::Path};

/// A command, without the words that explain it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// The document and the number of the line.
    pub place: String,
    pub text: String,
}

/// What stands before the words that explain a command.
const COMMENT: &str = " #";

/// The commands of a document, in its order.
pub fn commands(document: &str) -> Vec<Command> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(document);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{document}: {error}"));
    let mut is_code = false;
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        match line {
            "```sh" => is_code = true,
            "```" => is_code = false,
            _ if is_code => {
                let text = line.split(COMMENT).next().unwrap_or(line).trim();
                if !text.is_empty() && !text.starts_with('#') {
                    found.push(Command { place: format!("{document}:{}", index + 1), text: text.to_owned() });
                }
            }
            _ => {}
        }
    }
    assert!(!is_code, "{document}: a block has no end");
    found
}
