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
    /// New bytes under the name of an item that is kept out. An edit must not bring back what was taken out.
    NameKeptOut,
    /// Another file with the same bytes is on its way. What becomes of this one depends on that one.
    Twin,
}
