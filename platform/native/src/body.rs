//! A body: bytes from this program, or bytes that are still arriving and are forwarded as they arrive.

use std::{
    cell::Cell,
    collections::VecDeque,
    future::Future,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use futures_util::Stream;
use http_body::{Body as _, Frame, SizeHint};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use platform::{AHEAD, Error, Kind};
use tokio::time::{Instant, Sleep, sleep_until};

/// See [`platform::Platform::Body`].
pub struct Body(Inner);

enum Inner {
    Bytes(Option<Bytes>),
    Arriving(Arriving),
    Joined(VecDeque<Body>),
    Made(Box<Made>),
}

/// The pieces of a body that is made while it is sent. See [`platform::Platform::stream`].
type Pieces = Pin<Box<dyn Stream<Item = Result<Body, Error>>>>;

struct Made {
    pieces: Pieces,
    current: Option<Body>,
    /// The piece after the current one, once it has been asked for.
    next: Option<Result<Body, Error>>,
    has_ended: bool,
}

struct Arriving {
    incoming: Incoming,
    limit: Limit,
    timer: Option<Pin<Box<Sleep>>>,
    waiting: bool,
}

enum Limit {
    /// How long the next piece may take.
    Gap(Duration),
    /// When the whole must be here, and who wants to know that it was not.
    Until(Instant, Rc<Cell<bool>>),
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self(Inner::Bytes((!bytes.is_empty()).then_some(bytes)))
    }
}

impl Body {
    /// See [`platform::Platform::join`].
    pub(crate) fn join(pieces: Vec<Self>) -> Self {
        Self(Inner::Joined(pieces.into()))
    }

    /// See [`platform::Platform::stream`].
    pub(crate) fn made(pieces: impl Stream<Item = Result<Self, Error>> + 'static) -> Self {
        Self(Inner::Made(Box::new(Made { pieces: Box::pin(pieces), current: None, next: None, has_ended: false })))
    }

    /// The bytes that arrive on a connection. The body ends with `Timeout` when a piece takes longer than `gap`. The
    /// time in which no reader asks for a piece, because the client reads slowly, does not count.
    pub(crate) fn arriving(incoming: Incoming, gap: Duration) -> Self {
        Self(Inner::Arriving(Arriving { incoming, limit: Limit::Gap(gap), timer: None, waiting: false }))
    }

    /// The body of a client's request, which must be here within `time`. Otherwise it ends with `Timeout`, and `late`
    /// is set.
    pub(crate) fn of_request(incoming: Incoming, time: Duration, late: &Rc<Cell<bool>>) -> Self {
        let limit = Limit::Until(Instant::now() + time, Rc::clone(late));
        Self(Inner::Arriving(Arriving { incoming, limit, timer: None, waiting: false }))
    }

    /// See [`platform::Platform::collect`].
    pub(crate) async fn collect(self, max: usize) -> Result<Bytes, Error> {
        let too_large = || Error::new(Kind::TooLarge, "body.collect");
        let mut body = self;
        let declared = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
        if declared > max {
            return Err(too_large());
        }
        // A body in one piece, the usual case, is not copied.
        let mut first = Bytes::new();
        let mut whole = BytesMut::new();
        while let Some(frame) = body.frame().await {
            let Ok(piece) = frame?.into_data() else { continue };
            let held = first.len() + whole.len();
            if piece.len() > max - held {
                return Err(too_large());
            }
            if held == 0 {
                first = piece;
            } else {
                if whole.is_empty() {
                    whole.reserve(declared.max(first.len() + piece.len()));
                    whole.extend_from_slice(&std::mem::take(&mut first));
                }
                whole.extend_from_slice(&piece);
            }
        }
        Ok(if whole.is_empty() { first } else { whole.freeze() })
    }
}

impl http_body::Body for Arriving {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let this = &mut *self;
        if let Poll::Ready(frame) = Pin::new(&mut this.incoming).poll_frame(task) {
            this.waiting = false;
            let broken = |error| Error::because(Kind::Unavailable, "body.read", error);
            return Poll::Ready(frame.map(|frame| frame.map_err(broken)));
        }
        let end = || match &this.limit {
            Limit::Gap(gap) => Instant::now() + *gap,
            Limit::Until(end, _) => *end,
        };
        let timer = this.timer.get_or_insert_with(|| Box::pin(sleep_until(end())));
        if !this.waiting {
            this.waiting = true;
            timer.as_mut().reset(end());
        }
        ready!(timer.as_mut().poll(task));
        if let Limit::Until(_, late) = &this.limit {
            late.set(true);
        }
        Poll::Ready(Some(Err(Error::new(Kind::Timeout, "body.read"))))
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}

impl Made {
    fn poll_frame(&mut self, task: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        loop {
            self.ask(task);
            if let Some(current) = &mut self.current {
                match ready!(Pin::new(current).poll_frame(task)) {
                    None => self.current = None,
                    Some(Err(error)) => return self.fail(error),
                    frame => return Poll::Ready(frame),
                }
            } else {
                match self.next.take() {
                    Some(Ok(next)) => self.current = Some(next),
                    Some(Err(error)) => return self.fail(error),
                    None if self.has_ended => return Poll::Ready(None),
                    None => return Poll::Pending,
                }
            }
        }
    }

    /// Asks for the next piece, if its turn is near.
    fn ask(&mut self, task: &mut Context<'_>) {
        let left = self.current.as_ref().map_or(0, |current| current.size_hint().upper().unwrap_or(u64::MAX));
        if self.has_ended || self.next.is_some() || left > AHEAD {
            return;
        }
        if let Poll::Ready(next) = self.pieces.as_mut().poll_next(task) {
            self.has_ended = next.is_none();
            self.next = next;
        }
    }

    fn fail(&mut self, error: Error) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        (self.current, self.next, self.has_ended) = (None, None, true);
        Poll::Ready(Some(Err(error)))
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        match &mut self.0 {
            Inner::Bytes(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Inner::Arriving(arriving) => Pin::new(arriving).poll_frame(task),
            Inner::Made(made) => made.poll_frame(task),
            Inner::Joined(pieces) => {
                while let Some(piece) = pieces.front_mut() {
                    match ready!(Pin::new(piece).poll_frame(task)) {
                        None => drop(pieces.pop_front()),
                        Some(Err(error)) => {
                            pieces.clear();
                            return Poll::Ready(Some(Err(error)));
                        }
                        frame => return Poll::Ready(frame),
                    }
                }
                Poll::Ready(None)
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Inner::Bytes(bytes) => bytes.is_none(),
            Inner::Arriving(arriving) => arriving.is_end_stream(),
            Inner::Made(made) => made.has_ended && made.current.is_none() && made.next.is_none(),
            Inner::Joined(pieces) => pieces.iter().all(Self::is_end_stream),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Inner::Bytes(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64)),
            Inner::Arriving(arriving) => arriving.size_hint(),
            Inner::Made(_) => SizeHint::default(),
            Inner::Joined(pieces) => {
                let hints = pieces.iter().map(Self::size_hint);
                let mut whole = SizeHint::new();
                whole.set_lower(hints.clone().map(|hint| hint.lower()).fold(0, u64::saturating_add));
                let upper = hints.map(|hint| hint.upper()).try_fold(0, |sum: u64, upper| sum.checked_add(upper?));
                if let Some(upper) = upper {
                    whole.set_upper(upper);
                }
                whole
            }
        }
    }
}
