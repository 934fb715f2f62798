//! A size that ingest has not made: it is made here and kept in the bucket, or another size stands in for it.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use edge::{
    Failure, Flight,
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

use crate::{
    ViewerEdge,
    maker::Maker,
    original::{self, CHANGES},
};

/// For a URL that does not say which bytes it means, and for a picture that stands in for another.
pub(crate) const BRIEF: &str = "private, max-age=300";

/// How long a request waits for another one that makes the same picture, and for its turn among other pictures.
/// Then another size stands in.
const PATIENCE: Duration = Duration::from_secs(10);
/// The name of the only turn.
const TURN: &str = "";
/// The name of an original among sources.
const ORIGINAL: &str = "original";
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
    let mut is_busy = false;
    if let Some(maker) = service.maker.as_ref().filter(|_| item.can_be_made(size)) {
        let object = layout::made(&item.key, &item.thumbnail_version(), size);
        let presentation = Presentation { content_type: Some(JPEG), ..presentation.clone() };
        let missing = Missing { service, cx, head, item, size, object: &object, presentation: &presentation };
        match missing.find_or_make(maker).await? {
            Outcome::There(response) => return Ok(response),
            Outcome::Refused => {}
            Outcome::Busy => is_busy = true,
        }
    }
    if let Some(other) = substitute(service, cx, head, item, size, flags, presentation).await? {
        return Ok(other);
    }
    if is_busy {
        // It is not that there is none.
        return Err(Error::new(Kind::Throttled, OPERATION).into());
    }
    Err(no_thumbnail().into())
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

/// What came of a wish for a picture.
enum Outcome<T> {
    There(T),
    /// It cannot be made.
    Refused,
    /// It may be made another time: others are being made.
    Busy,
}

impl<P: Platform> Missing<'_, P> {
    async fn find_or_make(&self, maker: &Maker) -> Result<Outcome<Response<P::Body>>, Failure> {
        if maker.has_refused(self.object) {
            return Ok(Outcome::Refused);
        }
        if let Some(found) = self.find().await? {
            return Ok(Outcome::There(found));
        }
        let flight = maker.crowds().join_within(self.cx, self.object, PATIENCE).await;
        if !flight.waited.is_zero() {
            if maker.has_refused(self.object) {
                return Ok(Outcome::Refused);
            }
            if let Some(found) = self.find().await? {
                return Ok(Outcome::There(found));
            }
        }
        if !flight.is_ours() {
            return Ok(Outcome::Busy);
        }
        let turn = maker.turn().join_within(self.cx, TURN, PATIENCE.saturating_sub(flight.waited)).await;
        // Who wanted it before may have left.
        let (made, of) = match maker.kept(self.object) {
            Some(made) => (made, "kept"),
            None if !turn.is_ours() => return Ok(Outcome::Busy),
            None => match self.make(maker, turn).await? {
                Outcome::There(made) => made,
                Outcome::Refused => return Ok(Outcome::Refused),
                Outcome::Busy => return Ok(Outcome::Busy),
            },
        };
        self.cx.record.picture.set(Some(("made", of)));
        let stored = self.service.objects.put(self.cx, self.object, JPEG, made.clone()).await;
        // The picture is there, whether or not it could be stored.
        let tag = stored.unwrap_or_else(|error| {
            self.cx.record.note(&error);
            None
        });
        maker.stored(self.object);
        self.answer(made, tag).map(Outcome::There)
    }

    async fn find(&self) -> Result<Option<Response<P::Body>>, Failure> {
        object_response::find(&self.service.objects, self.cx, self.head, self.object, self.presentation).await
    }

    /// Makes it, and says of what: of the nearest larger picture that is stored and can be read, else of the original.
    /// That it cannot be made is remembered. The turn goes with the work, which goes on when its client leaves.
    async fn make(&self, maker: &Maker, turn: Flight) -> Result<Outcome<(Bytes, &'static str)>, Failure> {
        let (item, turn) = (self.item, Arc::new(turn));
        let most = usize::try_from(MOST_SOURCE).unwrap_or(usize::MAX);
        let mut why = None;
        for (object, of) in self.sources() {
            if of == ORIGINAL && pixels(item) > MOST_PIXELS {
                why = Some(Error::because(Kind::TooLarge, OPERATION, "the original has too many pixels"));
                continue;
            }
            let source = match self.service.objects.get(self.cx, &object, most).await {
                Ok(Some(source)) => source,
                Ok(None) => continue,
                Err(error) if error.kind() == Kind::TooLarge => {
                    why = Some(error);
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            let (work, size, name, turn) = (maker.clone(), self.size, self.object.to_owned(), Arc::clone(&turn));
            let done = self.cx.compute(move || {
                let _turn = turn;
                work.make(&name, source, size)
            });
            match done.await {
                Ok(Ok(made)) => return Ok(Outcome::There((made, of))),
                Ok(Err(words)) => why = Some(Error::because(Kind::Invalid, OPERATION, words)),
                Err(error) if error.kind() == Kind::Internal => why = Some(error),
                // Too much of such work waits.
                Err(error) => {
                    self.cx.record.note(&error);
                    return Ok(Outcome::Busy);
                }
            }
        }
        // Where nothing is there, something may come.
        if let Some(error) = why {
            self.cx.record.note(&error);
            maker.refuse(self.object);
        }
        Ok(Outcome::Refused)
    }

    /// The objects of which it may be made, and their names: larger pictures, the nearest first, and the original.
    fn sources(&self) -> Vec<(String, &'static str)> {
        let item = self.item;
        let mut sources = Vec::new();
        for size in ThumbnailSize::ALL.into_iter().filter(|size| *size as usize > self.size as usize) {
            if item.has_thumbnail(size) {
                sources.push((layout::thumbnail(size, &item.key), size.name()));
            } else if item.can_be_made(size) {
                sources.push((layout::made(&item.key, &item.thumbnail_version(), size), size.name()));
            }
        }
        sources.extend(item.is_plain_picture().then(|| (item.key.clone(), ORIGINAL)));
        sources
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

/// The pixels of an original. 0 where its row does not say it.
fn pixels(item: &Media) -> u64 {
    let positive = |side: Option<i64>| side.and_then(|side| u64::try_from(side).ok()).unwrap_or_default();
    positive(item.width).saturating_mul(positive(item.height))
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
) -> Result<Option<Response<P::Body>>, Failure> {
    let presentation = Presentation { cache_control: BRIEF, tag: None, ..presentation };
    let smaller = ThumbnailSize::BELOW_THUMBNAILS.into_iter().rev().filter(|other| (*other as usize) < size as usize);
    for other in item.larger_thumbnails(size).chain(smaller.filter(|size| item.has_thumbnail(*size))) {
        let object = layout::thumbnail(other, &item.key);
        if let Some(found) = object_response::find(&service.objects, cx, head, &object, &presentation).await? {
            cx.record.picture.set(Some(("substitute", other.name())));
            return Ok(Some(found));
        }
    }
    if !item.is_plain_picture() || !flags.originals || !flags.places {
        return Ok(None);
    }
    cx.record.picture.set(Some(("substitute", ORIGINAL)));
    let whole = original::whole(service, cx, head, item, "inline".to_owned(), CHANGES, flags.strict).await;
    let mut whole = whole?;
    // For who logs in otherwise, the same URL does not mean the original. So a redirect is not kept either.
    respond::set(whole.headers_mut(), header::CACHE_CONTROL, CHANGES);
    Ok(Some(whole))
}

pub(crate) fn no_thumbnail() -> Problem {
    Problem::not_found("There is no such thumbnail.")
}
