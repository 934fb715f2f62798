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
    /// What becomes of the file depends on others: one with the same bytes is on its way, or one may turn out to be
    /// the item that lay here.
    Later,
}
