//! docs/MIGRATING.md as blocks of commands.

use std::{fs, path::Path};

/// The first line of a block that needs an account.
const ACCOUNT: &str = "# account: ";
/// The first line of a block that everybody changes.
const YOURS: &str = "# yours";

/// Who runs a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The tests.
    Here,
    /// The tests, with values of their own.
    Yours,
    /// Whoever has an account.
    Account,
}

/// A fenced block of `sh`.
#[derive(Debug)]
pub struct Block {
    pub kind: Kind,
    /// The number of its first line in the document.
    pub line: usize,
    pub text: String,
}

impl Block {
    /// The commands, each in one line.
    pub fn commands(&self) -> Vec<String> {
        let joined = self.text.replace("\\\n", " ");
        let lines = joined.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        lines.map(str::to_owned).collect()
    }
}

/// The blocks of the document, in its order.
pub fn blocks() -> Vec<Block> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/MIGRATING.md");
    let text = fs::read_to_string(path).unwrap();
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (index, line) in text.lines().enumerate() {
        match (&mut open, line) {
            (None, "```sh") => open = Some(Block { kind: Kind::Here, line: index + 2, text: String::new() }),
            (None, _) => assert!(!line.starts_with("```"), "line {}: a block of another kind", index + 1),
            (Some(_), "```") => blocks.extend(open.take()),
            (Some(block), _) => {
                if block.text.is_empty() && line.starts_with(ACCOUNT) {
                    block.kind = Kind::Account;
                } else if block.text.is_empty() && line == YOURS {
                    block.kind = Kind::Yours;
                }
                block.text.push_str(line);
                block.text.push('\n');
            }
        }
    }
    assert!(open.is_none(), "a block has no end");
    blocks
}
