//! A size that ingest has not made: it is made here and kept in the bucket, or another size stands in for it.

use std::time::Duration;

use bytes::Bytes;
use edge::{
    Failure,
    object_response::{self, Presentation},
    respond,
};
use gallery::{
    layout::{self, ThumbnailSize},
    link::Flags,
    media::Media,
    rendition::{MOST_PIXELS, MOST_SOURCE},
};
use http::{HeaderValue, Response, StatusCode, header, request};
use platform::{Cx, Error, Kind, Platform, Problem};

use crate::{ViewerEdge, maker::Maker, original};

/// For a URL that does not say which bytes it means, and for a picture that stands in for another.
pub(crate) const BRIEF: &str = "private, max-age=300";

/// How long a request waits for another one that makes the same picture, and for its turn among other pictures.
/// Then another size stands in.
const PATIENCE: Duration = Duration::from_secs(10);
/// The name of the only turn.
const TURN: &str = "";
const OPERATION: &str = "picture.make";
/// The type of what is made.
const JPEG: &str = "image/jpeg";

/// Serves a size of which the catalogue has no thumbnail. `presentation` is that of a picture that is there.
pub(crate) async fn serve<P: Platform>(
    service: &ViewerEdge,
    cx: &Cx<'_, P>,
    head: &request::Parts,
    item: &Media,
    size: ThumbnailSize,
    flags: Flags,
    presentation: Presentation,
) -> Result<Response<P::Body>, Failure> {
    if let Some(maker) = service.maker.as_ref().filter(|_| item.can_be_made(size)) {
        let object = layout::made(&item.key, &item.thumbnail_version(), size);
        let presentation = Presentation { content_type: Some(JPEG), ..presentation.clone() };
        let missing = Missing { service, cx, head, item, size, object: &object, presentation: &presentation };
        if let Some(response) = missing.find_or_make(maker).await? {
            return Ok(response);
        }
    }
    substitute(service, cx, head, item, size, flags, presentation).await
}

/// A size of an item, and the request for it.
struct Missing<'a, P: Platform> {
    service: &'a ViewerEdge,
    cx: &'a Cx<'a, P>,
    head: &'a request::Parts,
    item: &'a Media,
    size: ThumbnailSize,
    /// Where it is kept.
    object: &'a str,
    presentation: &'a Presentation,
}

impl<P: Platform> Missing<'_, P> {
    /// `None` if it cannot be made, or not soon.
    async fn find_or_make(&self, maker: &Maker) -> Result<Option<Response<P::Body>>, Failure> {
        if maker.has_refused(self.object) {
            return Ok(None);
        }
        if let Some(found) = self.find().await? {
            return Ok(Some(found));
        }
        let flight = maker.crowds().join_within(self.cx, self.object, PATIENCE).await;
        if flight.waited {
            if maker.has_refused(self.object) {
                return Ok(None);
            }
            if let Some(found) = self.find().await? {
                return Ok(Some(found));
            }
        }
        if !flight.is_ours() {
            return Ok(None);
        }
        let turn = maker.turn().join_within(self.cx, TURN, PATIENCE).await;
        if !turn.is_ours() {
            return Ok(None);
        }
        let Some((made, of)) = self.make(maker).await? else { return Ok(None) };
        // The next one may begin while this is being stored.
        drop(turn);
        self.cx.record.picture.set(Some(("made", of)));
        let stored = self.service.objects.put(self.cx, self.object, JPEG, made.clone()).await;
        // The picture is there, whether or not it could be stored.
        let tag = stored.unwrap_or_else(|error| {
            self.cx.record.note(&error);
            None
        });
        self.answer(made, tag).map(Some)
    }

    async fn find(&self) -> Result<Option<Response<P::Body>>, Failure> {
        object_response::find(&self.service.objects, self.cx, self.head, self.object, self.presentation).await
    }

    /// Makes it, and says of what. `None` if it cannot be made, which is remembered unless it may work another time.
    async fn make(&self, maker: &Maker) -> Result<Option<(Bytes, &'static str)>, Failure> {
        let refused = |error: &Error| {
            self.cx.record.note(error);
            maker.refuse(self.object);
            Ok(None)
        };
        let (source, of) = match self.source().await {
            Ok(Some(source)) => source,
            // It may come.
            Ok(None) => return Ok(None),
            Err(error) if error.kind() == Kind::TooLarge => return refused(&error),
            Err(error) => return Err(error.into()),
        };
        let (work, size) = (maker.clone(), self.size);
        match self.cx.compute(move || work.make(source, size)).await {
            Ok(Ok(made)) => Ok(Some((made.into(), of))),
            Ok(Err(words)) => refused(&Error::because(Kind::Invalid, OPERATION, words)),
            Err(error) if error.kind() == Kind::Internal => refused(&error),
            // Too much of such work waits.
            Err(error) => {
                self.cx.record.note(&error);
                Ok(None)
            }
        }
    }

    /// The nearest larger picture that is stored, else the original.
    async fn source(&self) -> Result<Option<(Bytes, &'static str)>, Error> {
        let (item, objects) = (self.item, &self.service.objects);
        let most = usize::try_from(MOST_SOURCE).unwrap_or(usize::MAX);
        for size in ThumbnailSize::ALL.into_iter().filter(|size| *size as usize > self.size as usize) {
            let object = if item.has_thumbnail(size) {
                layout::thumbnail(size, &item.key)
            } else if item.can_be_made(size) {
                layout::made(&item.key, &item.thumbnail_version(), size)
            } else {
                continue;
            };
            if let Some(bytes) = objects.get(self.cx, &object, most).await? {
                return Ok(Some((bytes, size.name())));
            }
        }
        if !item.is_plain_picture() {
            return Ok(None);
        }
        let positive = |side: Option<i64>| side.and_then(|side| u64::try_from(side).ok()).unwrap_or_default();
        if positive(item.width).saturating_mul(positive(item.height)) > MOST_PIXELS {
            return Err(Error::because(Kind::TooLarge, OPERATION, "the original has too many pixels"));
        }
        Ok(objects.get(self.cx, &item.key, most).await?.map(|bytes| (bytes, "original")))
    }

    /// The picture as a response. `stored` is the tag that the store has given it.
    fn answer(&self, made: Bytes, stored: Option<HeaderValue>) -> Result<Response<P::Body>, Failure> {
        let own = self.presentation.tag.as_deref().and_then(|tag| HeaderValue::from_str(tag).ok());
        let tag = own.or(stored);
        let is_known = match tag.as_ref().and_then(|tag| tag.to_str().ok()) {
            Some(tag) => respond::is_known(&self.head.headers, tag)?,
            None => false,
        };
        let mut response = if is_known {
            respond::empty(StatusCode::NOT_MODIFIED)
        } else {
            respond::bytes(StatusCode::OK, JPEG, made)
        };
        let headers = response.headers_mut();
        headers.extend(tag.map(|tag| (header::ETAG, tag)));
        respond::set(headers, header::CACHE_CONTROL, self.presentation.cache_control);
        Ok(response)
    }
}

/// The nearest thumbnail that is stored, larger ones first, else the original if every browser shows it and the viewer
/// may have it. It never counts as the picture that the URL means.
async fn substitute<P: Platform>(
    service: &ViewerEdge,
    cx: &Cx<'_, P>,
    head: &request::Parts,
    item: &Media,
    size: ThumbnailSize,
    flags: Flags,
    presentation: Presentation,
) -> Result<Response<P::Body>, Failure> {
    let presentation = Presentation { cache_control: BRIEF, tag: None, ..presentation };
    let smaller = ThumbnailSize::BELOW_THUMBNAILS.into_iter().rev().filter(|other| (*other as usize) < size as usize);
    for other in item.larger_thumbnails(size).chain(smaller.filter(|size| item.has_thumbnail(*size))) {
        let object = layout::thumbnail(other, &item.key);
        if let Some(found) = object_response::find(&service.objects, cx, head, &object, &presentation).await? {
            cx.record.picture.set(Some(("substitute", other.name())));
            return Ok(found);
        }
    }
    if !item.is_plain_picture() || !flags.originals || !flags.places {
        return Err(no_thumbnail().into());
    }
    cx.record.picture.set(Some(("substitute", "original")));
    original::whole(service, cx, head, item, "inline".to_owned(), BRIEF, flags.strict).await
}

pub(crate) fn no_thumbnail() -> Problem {
    Problem::not_found("There is no such thumbnail.")
}
