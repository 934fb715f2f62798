//! A response on a stream of HTTP/2: what its client has taken of it, and whether it takes too little.
//!
//! A stream has a window of its own. A client that does not widen it gets nothing of this stream while the connection
//! moves. hyper takes pieces of a body before they are sent, so each piece tells when it is written.

use std::{
    cell::Cell,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker, ready},
    time::Duration,
};

use bytes::{Buf, Bytes};
use http::{
    HeaderValue, Method, Response,
    header::{CONTENT_LENGTH, TRANSFER_ENCODING},
};
use http_body::{Body as _, Frame, SizeHint};
use platform::{Error, Kind};
use tokio::time::Instant;

use crate::{
    Body,
    log::Entry,
    wire::{ClientTimeouts, Tally, body_length},
};

/// The size of a piece: with the head of its frame, one record of TLS. Every client takes such frames (RFC 9113
/// section 4.2).
const PIECE: usize = 16 * 1024 - 9;

/// How long the client of a stream is waited for.
#[derive(Clone, Copy)]
pub(crate) struct Patience {
    pub stall: Duration,
    pub slowest: (u64, Duration),
}

impl Patience {
    /// A stream may stall as long as a connection. `streams` of them together must be as fast as a connection.
    pub fn of_stream(client: &ClientTimeouts, streams: u32) -> Self {
        let (least, within) = client.slowest;
        Self { stall: client.stall, slowest: ((least / u64::from(streams)).max(1), within) }
    }
}

/// One response. Its body, its pieces and its task share it. When the last of them is gone, the line is written.
pub(crate) struct Flow {
    /// `None` once the line is written.
    entry: Option<Entry>,
    tally: Rc<Tally>,
    patience: Patience,
    /// The bytes of the body that hyper has taken, and those that were written to the connection.
    taken: Cell<u64>,
    sent: Cell<u64>,
    ended: Cell<bool>,
    /// The flushes of the connection when the last byte was written.
    flushes: Cell<u64>,
    pace: Cell<Pace>,
    /// The body, if it waits for its pieces to be sent.
    body: Cell<Option<Waker>>,
}

#[derive(Clone, Copy)]
struct Pace {
    /// Since when nothing was accepted, and how long the connection had been blocked by then.
    since: Instant,
    blocked: Duration,
    /// How long the client was waited for, and what it accepted, since it last proved to be fast enough.
    waited: Duration,
    accepted: u64,
}

impl Flow {
    fn begin(entry: Entry, tally: &Rc<Tally>, patience: Patience) -> Rc<Self> {
        let now = Instant::now();
        let pace = Pace { since: now, blocked: tally.blocked(now), waited: Duration::ZERO, accepted: 0 };
        Rc::new(Self {
            entry: Some(entry),
            tally: Rc::clone(tally),
            patience,
            taken: Cell::new(0),
            sent: Cell::new(0),
            ended: Cell::new(false),
            flushes: Cell::new(tally.flushes()),
            pace: Cell::new(pace),
            body: Cell::new(None),
        })
    }

    fn unsent(&self) -> u64 {
        self.taken.get() - self.sent.get()
    }

    /// Whether the client was waited for too long. What the whole connection was blocked is no fault of the stream,
    /// and has its limits in [`Wire`](crate::wire::Wire).
    pub fn is_overdue(&self) -> bool {
        let (pace, gap) = (self.pace.get(), self.gap(Instant::now()));
        gap >= self.patience.stall || pace.waited + gap >= self.patience.slowest.1
    }

    /// How long the client has accepted nothing, although there is something for it.
    fn gap(&self, now: Instant) -> Duration {
        if self.unsent() == 0 {
            return Duration::ZERO;
        }
        let pace = self.pace.get();
        let blocked = self.tally.blocked(now).saturating_sub(pace.blocked);
        now.saturating_duration_since(pace.since).saturating_sub(blocked)
    }

    /// hyper takes a piece.
    fn take(&self, count: usize) {
        if self.unsent() == 0 {
            self.mark(Duration::ZERO, 0);
        }
        self.taken.set(self.taken.get() + count as u64);
    }

    /// A part of a piece is written.
    fn wrote(&self, count: usize) {
        self.mark(self.gap(Instant::now()), count as u64);
        self.sent.set(self.sent.get() + count as u64);
        self.flushes.set(self.tally.flushes());
        self.tally.wrote_body(count as u64);
        if self.unsent() == 0
            && let Some(body) = self.body.take()
        {
            body.wake();
        }
    }

    fn mark(&self, waited: Duration, accepted: u64) {
        let now = Instant::now();
        let old = self.pace.get();
        let (mut waited, mut accepted) = (old.waited + waited, old.accepted + accepted);
        if accepted >= self.patience.slowest.0 {
            (waited, accepted) = (Duration::ZERO, 0);
        }
        self.pace.set(Pace { since: now, blocked: self.tally.blocked(now), waited, accepted });
    }
}

impl Drop for Flow {
    fn drop(&mut self) {
        let Some(entry) = self.entry.take() else { return };
        if self.ended.get() && self.unsent() == 0 {
            self.tally.is_whole(entry, self.sent.get(), self.flushes.get());
        } else {
            entry.write(self.tally.log(), self.sent.get(), false);
        }
    }
}

/// A piece of a body on its way through hyper.
pub(crate) struct Piece {
    bytes: Bytes,
    flow: Rc<Flow>,
}

impl Buf for Piece {
    fn remaining(&self) -> usize {
        self.bytes.remaining()
    }

    fn chunk(&self) -> &[u8] {
        self.bytes.chunk()
    }

    fn advance(&mut self, count: usize) {
        self.bytes.advance(count);
        self.flow.wrote(count);
    }
}

/// A response's body on its way to hyper, for HTTP/2.
///
/// Its end is given to hyper with a last piece of at most 16 KiB, when all before it is written. Until then hyper
/// keeps the stream's task, and whoever ends the task resets the stream. What a client leaves of a last piece stays
/// with the connection, and ends with it.
pub(crate) struct Flowing {
    body: Body,
    flow: Rc<Flow>,
    /// The length at which the body ends. 0 if the response has no body.
    length: Option<u64>,
    /// What was read of the body and is not taken yet, and how much was read in all.
    held: Bytes,
    read: u64,
    is_read: bool,
}

impl Flowing {
    /// The response for hyper, and its flow.
    pub fn response(
        tally: &Rc<Tally>,
        method: &Method,
        mut response: Response<Body>,
        (entry, patience): (Entry, Patience),
    ) -> (Response<Self>, Rc<Flow>) {
        let length = body_length(method, &response);
        if length == Some(0) {
            let left_out = std::mem::replace(response.body_mut(), Bytes::new().into());
            let would_be = left_out.size_hint().exact().filter(|length| *length > 0 && *method == Method::HEAD);
            let headers = response.headers_mut();
            if let Some(would_be) = would_be
                && !headers.contains_key(TRANSFER_ENCODING)
            {
                headers.entry(CONTENT_LENGTH).or_insert_with(|| HeaderValue::from(would_be));
            }
        }
        let flow = Flow::begin(entry, tally, patience);
        let shared = Rc::clone(&flow);
        let response = response.map(|body| {
            let is_read = body.is_end_stream();
            shared.ended.set(is_read);
            Self { body, flow: shared, length, held: Bytes::new(), read: 0, is_read }
        });
        (response, flow)
    }

    /// Reads on until something is held, or all is read.
    fn poll_read(&mut self, task: &mut Context<'_>) -> Poll<Result<(), Error>> {
        while self.held.is_empty() && !self.is_read {
            match ready!(Pin::new(&mut self.body).poll_frame(task)).transpose()? {
                Some(frame) => self.held = frame.into_data().unwrap_or_default(),
                None if self.length.is_some_and(|length| self.read < length) => {
                    return Poll::Ready(Err(Error::because(Kind::Unavailable, "body.read", "it ended early")));
                }
                None => self.is_read = true,
            }
            self.read += self.held.len() as u64;
            self.is_read |= self.body.is_end_stream() || self.length.is_some_and(|length| self.read >= length);
        }
        Poll::Ready(Ok(()))
    }
}

impl http_body::Body for Flowing {
    type Data = Piece;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Option<Result<Frame<Piece>, Error>>> {
        let this = &mut *self;
        if let Err(error) = ready!(this.poll_read(task)) {
            if let Some(entry) = &this.flow.entry {
                entry.record.note(&error);
            }
            return Poll::Ready(Some(Err(error)));
        }
        let is_last = this.is_read && this.held.len() <= PIECE;
        if is_last && this.flow.unsent() > 0 {
            this.flow.body.set(Some(task.waker().clone()));
            return Poll::Pending;
        }
        this.flow.ended.set(is_last);
        if this.held.is_empty() {
            return Poll::Ready(None);
        }
        let bytes = this.held.split_to(this.held.len().min(PIECE));
        this.flow.take(bytes.len());
        Poll::Ready(Some(Ok(Frame::data(Piece { bytes, flow: Rc::clone(&this.flow) }))))
    }

    fn is_end_stream(&self) -> bool {
        self.flow.ended.get()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
