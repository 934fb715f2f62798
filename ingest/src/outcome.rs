//! What became of a file.

/// What happened to a file that could be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Added,
    /// A new version of an item that was there already.
    Replaced,
    Unchanged,
    /// Hidden or removed earlier, so it stays out.
    KeptOut,
    /// Another file with the same bytes is on its way. What becomes of this one depends on that one.
    Twin,
}
