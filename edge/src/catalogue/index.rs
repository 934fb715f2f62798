//! The index that an instance holds, and when it asks for it again.

use std::{
    cell::RefCell,
    future::poll_fn,
    rc::Rc,
    task::{Poll, Waker},
};

use bytes::Bytes;
use gallery::views::Index;
use http::HeaderValue;
use platform::{Cx, Error, Kind, Platform};

use super::{
    shelf::{Fetched, Shelf},
    unreadable,
};

/// How long an instance trusts the index that it read from the bucket, in seconds. After this time, every instance
/// sees what ingest wrote. An index in a database is read for each request that needs it.
pub(super) const FRESH_SECONDS: u64 = 10;
/// How long an instance uses the last index while the bucket cannot be reached, in seconds.
const GRACE_SECONDS: u64 = 15 * 60;

#[derive(Default)]
pub(super) struct CurrentIndex {
    known: RefCell<Option<Known>>,
    asking: RefCell<Option<Asking>>,
}

/// A request that asks for the index, and its own other half, which waits for the answer. No request waits for another
/// one: see [`crate::single_flight`].
struct Asking {
    request: String,
    waiting: Option<Waker>,
}

/// The end of a question, also of one that is dropped.
struct Question<'a>(&'a CurrentIndex);

impl Drop for Question<'_> {
    fn drop(&mut self) {
        self.0.asking.take();
    }
}

/// The note that a request asks the bucket. One that is dropped before it has an answer, because its client left, takes
/// the note back: the next request asks.
struct Asked<'a> {
    current: &'a CurrentIndex,
    before: u64,
    has_ended: bool,
}

impl Drop for Asked<'_> {
    fn drop(&mut self) {
        if !self.has_ended
            && let Some(known) = self.current.known.borrow_mut().as_mut()
        {
            known.asked = self.before;
        }
    }
}

#[derive(Clone)]
struct Known {
    index: Rc<Index>,
    json: Bytes,
    tag: Option<HeaderValue>,
    /// When the bucket was last asked for the index, and when it last answered, in seconds since 1970.
    asked: u64,
    answered: u64,
    /// The request that read it.
    request: String,
}

impl CurrentIndex {
    /// The index, at most [`FRESH_SECONDS`] old. While the bucket cannot be reached, the last index.
    ///
    /// Who may enter and what is wanted are read at the same time, and both need the index. A request asks for it once.
    pub async fn get<P: Platform>(&self, cx: &Cx<'_, P>, shelf: &Shelf) -> Result<Rc<Index>, Error> {
        self.answer_to_this_request(cx).await;
        if matches!(shelf, Shelf::Sql) {
            let known = self.known.borrow().as_ref().filter(|known| known.request == cx.request_id()).cloned();
            return match known {
                Some(known) => Ok(known.index),
                None => self.ask_once(cx, shelf).await,
            };
        }
        let now = cx.facts.now;
        let held = {
            let mut known = self.known.borrow_mut();
            match known.as_mut() {
                Some(known) if now.abs_diff(known.answered) < GRACE_SECONDS => {
                    if now.abs_diff(known.asked) < FRESH_SECONDS {
                        return Ok(Rc::clone(&known.index));
                    }
                    // This request asks the bucket. Requests that arrive in the meantime use the index that is held.
                    let before = std::mem::replace(&mut known.asked, now);
                    Some((Rc::clone(&known.index), Asked { current: self, before, has_ended: false }))
                }
                _ => None,
            }
        };
        let answer = self.ask_once(cx, shelf).await;
        let Some((index, mut asked)) = held else { return answer };
        asked.has_ended = true;
        answer.or_else(|error| {
            cx.record.note(&error);
            Ok(index)
        })
    }

    /// Waits while the other half of this request asks for the index.
    async fn answer_to_this_request<P: Platform>(&self, cx: &Cx<'_, P>) {
        poll_fn(|task| match self.asking.borrow_mut().as_mut().filter(|asking| asking.request == cx.request_id()) {
            None => Poll::Ready(()),
            Some(asking) => {
                asking.waiting = Some(task.waker().clone());
                Poll::Pending
            }
        })
        .await;
    }

    async fn ask_once<P: Platform>(&self, cx: &Cx<'_, P>, shelf: &Shelf) -> Result<Rc<Index>, Error> {
        if self.asking.borrow().is_some() {
            return self.ask(cx, shelf, true).await;
        }
        *self.asking.borrow_mut() = Some(Asking { request: cx.request_id().to_owned(), waiting: None });
        let question = Question(self);
        let answer = self.ask(cx, shelf, true).await;
        let waiting = self.asking.borrow_mut().as_mut().and_then(|asking| asking.waiting.take());
        drop(question);
        if let Some(waiting) = waiting {
            waiting.wake();
        }
        answer
    }

    /// When the source last answered with the index that is held, in seconds since 1970.
    pub fn answered(&self) -> u64 {
        self.known.borrow().as_ref().map_or(0, |known| known.answered)
    }

    /// The index as it is now, past every cache.
    pub async fn refresh<P: Platform>(&self, cx: &Cx<'_, P>, shelf: &Shelf) -> Result<Rc<Index>, Error> {
        self.ask(cx, shelf, false).await
    }

    async fn ask<P: Platform>(&self, cx: &Cx<'_, P>, shelf: &Shelf, may_be_kept: bool) -> Result<Rc<Index>, Error> {
        let now = cx.facts.now;
        let held = self.known.borrow().clone();
        let tag = held.as_ref().and_then(|known| known.tag.clone());
        let (index, json, tag) = match (shelf.index(cx, tag, may_be_kept).await?, held) {
            (Fetched::Same, Some(known)) => (known.index, known.json, known.tag),
            // An index that is the same need not be parsed again.
            (Fetched::Index(json, tag), Some(known)) if known.json == json => (known.index, known.json, tag),
            (Fetched::Index(json, tag), _) => (Rc::new(Index::parse(&json).map_err(unreadable)?), json, tag),
            (Fetched::Missing, _) => return Err(Error::because(Kind::Unavailable, "catalogue.index", NO_INDEX)),
            (Fetched::Same, None) => {
                return Err(Error::because(Kind::Invalid, "catalogue.index", "the store sent no index"));
            }
        };
        let mut known = self.known.borrow_mut();
        // Another request may have read a newer one while this one waited.
        let is_overtaken = known.as_ref().is_some_and(|known| (now + 1..now + FRESH_SECONDS).contains(&known.answered));
        if is_overtaken && may_be_kept {
            return Ok(index);
        }
        *known = Some(Known {
            index: Rc::clone(&index),
            json,
            tag,
            asked: now,
            answered: now,
            request: cx.request_id().to_owned(),
        });
        Ok(index)
    }
}

/// The cause where this version has not yet written the catalogue's index. A wrong bucket must not look like an empty
/// gallery.
pub(crate) const NO_INDEX: &str = "the catalogue has no index yet";
