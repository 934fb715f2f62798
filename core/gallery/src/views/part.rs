//! A part of the catalogue, as an index names it.

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use serde::{Deserialize, Serialize};

use super::is_part_name;

/// A part, or its content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    pub name: String,
    /// In bytes.
    pub length: u32,
    /// The content in base64, where it is small.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    content: Option<String>,
}

impl Part {
    pub const fn new(name: String, length: u32) -> Self {
        Self { name, length, content: None }
    }

    /// Name, length, and the content if it is kept here. A part in JSON takes more code to read.
    pub(super) fn to_text(&self) -> String {
        let Self { name, length, content } = self;
        format!("{name} {length} {}", content.as_deref().unwrap_or_default())
    }

    pub(super) fn of_text(text: &str) -> Option<Self> {
        let (name, rest) = text.split_once(' ')?;
        let (length, content) = rest.split_once(' ')?;
        let content = Some(content.to_owned()).filter(|content| !content.is_empty());
        Some(Self { name: name.to_owned(), length: length.parse().ok()?, content }).filter(Self::is_sound)
    }

    /// The content, if it lies in the index itself.
    pub fn content(&self) -> Option<Vec<u8>> {
        STANDARD_NO_PAD.decode(self.content.as_ref()?).ok()
    }

    /// Puts the content into the index.
    pub(super) fn put(&mut self, content: &[u8]) {
        self.content = Some(STANDARD_NO_PAD.encode(content));
    }

    /// Whether the content lies elsewhere.
    pub(super) const fn is_outside(&self) -> bool {
        self.content.is_none()
    }

    pub(super) fn take(&mut self) {
        self.content = None;
    }

    pub(super) fn is_sound(&self) -> bool {
        is_part_name(&self.name)
    }
}
