//! What the gallery behind a target holds, as its answers say.

use std::{borrow::Cow, sync::OnceLock};

use crate::entry::{Item, encode};

/// What the cases ask for. The items are those of the first page of their type.
#[derive(Debug)]
pub(crate) struct Held {
    /// Whether this is the test library, with the known bytes.
    pub library: bool,
    pub images: Vec<Item>,
    pub films: Vec<Item>,
    /// The photo that most cases ask for, if one is fit for it.
    pub photo: Option<Photo>,
}

/// A photo, with its bytes.
#[derive(Debug)]
pub(crate) struct Photo {
    pub item: Item,
    pub bytes: Cow<'static, [u8]>,
}

impl Photo {
    /// The path of the original, without a version.
    pub fn file(&self) -> String {
        format!("/api/file/{}", encode(&self.item.key))
    }

    /// The path of a thumbnail, with a query such as `?size=small`.
    pub fn thumbnail(&self, query: &str) -> String {
        format!("/api/thumbnail/{}{query}", encode(&self.item.key))
    }
}

/// How the film that most cases ask for is served.
#[derive(Debug)]
pub(crate) struct Played {
    /// The name of a variant, such as `540p`.
    pub variant: String,
    /// The name of the first file of its segments, such as `540p_000.ts`.
    pub segment: String,
    /// The same as its route finds it: with the film's version where the service sends segments itself.
    pub sent_segment: String,
    pub delivery: Delivery,
    /// Whether the route of a segment leads to the store.
    pub is_led: bool,
    /// The origin of presigned URLs, where a playlist or a route gives such.
    pub store: Option<String>,
    /// Whether the page is told to report how films play.
    pub takes_reports: bool,
    /// Whether viewers are divided by an experiment.
    pub has_arms: bool,
}

/// What a playlist says of where the segments are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// At the store, by presigned URLs.
    Presigned,
    /// At the service, which sends them itself or leads to the store.
    Service,
    /// At a public address.
    Public,
}

/// What was found before, or what is found now. A failure is not kept.
pub(crate) fn once<T>(kept: &OnceLock<T>, find: impl FnOnce() -> Result<T, String>) -> Result<&T, String> {
    if let Some(found) = kept.get() {
        return Ok(found);
    }
    let found = find()?;
    Ok(kept.get_or_init(|| found))
}
