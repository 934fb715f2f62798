//! A client's connection, and how many bytes were really sent on it.
//!
//! hyper takes the pieces of a body before they are sent, so the end of a body does not say what the client has
//! received. The log line therefore waits until hyper has flushed, or the connection is gone.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    future::Future,
    io::{self, IoSlice},
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use http::{Method, Response, StatusCode, Version};
use http_body::{Body as _, Frame, SizeHint};
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::rt::TokioIo;
use platform::{Error, headers::declared_length};
use tokio::time::{Instant, Sleep};

use crate::{
    Body,
    log::{Entry, Log},
    stream::Stream,
};

/// After the host was told to stop, a connection on which nothing was sent for so long is not waited for. Before the
/// first byte, a service may wait for the bucket, which has 5 s.
pub(crate) const STILL: Duration = Duration::from_secs(30);

/// What was sent on one connection.
pub(crate) struct Tally {
    log: Log,
    written: Cell<u64>,
    /// HTTP/2: those of bodies.
    of_bodies: Cell<u64>,
    /// How often everything that hyper had written was given to the operating system.
    flushes: Cell<u64>,
    /// How long the client has accepted nothing of the connection, in all, and since when it does not just now.
    blocked: Cell<Duration>,
    blocked_since: Cell<Option<Instant>>,
    gone: Cell<bool>,
    /// HTTP/2: the lines of responses that are whole when hyper has flushed, with the bytes of their bodies.
    whole: RefCell<Vec<(Entry, u64)>>,
    /// Whether the next bytes written are the head of the newest response.
    head_next: Cell<bool>,
    /// Whether a body broke off whose end, for this client, is the end of the connection. Only a reset then tells
    /// this end from a clean one.
    reset: Cell<bool>,
    /// HTTP/1.1: the responses under way, oldest first (more than one only when the client pipelines).
    open: RefCell<VecDeque<Open>>,
}

struct Open {
    entry: Entry,
    /// The bytes written to the connection before the first byte of the body. `None` until the head is written.
    before_body: Option<u64>,
    /// The bytes of the body that hyper has taken.
    taken: u64,
    ended: bool,
}

impl Tally {
    pub fn new(log: Log) -> Rc<Self> {
        Rc::new(Self {
            log,
            written: Cell::new(0),
            of_bodies: Cell::new(0),
            flushes: Cell::new(0),
            blocked: Cell::new(Duration::ZERO),
            blocked_since: Cell::new(None),
            gone: Cell::new(false),
            whole: RefCell::default(),
            head_next: Cell::new(false),
            reset: Cell::new(false),
            open: RefCell::default(),
        })
    }

    pub fn log(&self) -> &Log {
        &self.log
    }

    /// The bytes that were sent on the connection.
    pub fn written(&self) -> u64 {
        self.written.get()
    }

    /// The bytes of bodies that were sent with HTTP/2, where pings and leave-taking are sent besides.
    pub fn of_bodies(&self) -> u64 {
        self.of_bodies.get()
    }

    pub fn wrote_body(&self, count: u64) {
        self.of_bodies.set(self.of_bodies.get() + count);
    }

    pub fn flushes(&self) -> u64 {
        self.flushes.get()
    }

    /// How long, until `now`, the client has accepted nothing of the connection.
    pub fn blocked(&self, now: Instant) -> Duration {
        self.blocked.get()
            + self.blocked_since.get().map_or(Duration::ZERO, |since| now.saturating_duration_since(since))
    }

    /// Writes the line of a response of HTTP/2. Its last bytes were written before the flush after `flushes`.
    pub fn is_whole(&self, entry: Entry, bytes: u64, flushes: u64) {
        if self.flushes.get() > flushes {
            entry.write(&self.log, bytes, true);
        } else if self.gone.get() {
            entry.write(&self.log, bytes, false);
        } else {
            self.whole.borrow_mut().push((entry, bytes));
        }
    }

    fn begin(&self, entry: Entry) {
        let mut open = self.open.borrow_mut();
        self.head_next.set(open.is_empty());
        open.push_back(Open { entry, before_body: None, taken: 0, ended: false });
    }

    /// Runs `f` on the response whose body is being read. It is always the newest response.
    fn newest(&self, f: impl FnOnce(&mut Open)) {
        if let Some(open) = self.open.borrow_mut().back_mut() {
            f(open);
        }
    }

    fn wrote(&self, count: usize, first: &[u8]) {
        if self.head_next.replace(false) {
            let head = first.windows(4).position(|four| four == b"\r\n\r\n").map_or(first.len(), |at| at + 4);
            let before_body = self.written.get() + head as u64;
            self.newest(|open| open.before_body = Some(before_body));
        }
        self.written.set(self.written.get() + count as u64);
    }

    /// hyper has given everything to the operating system.
    fn flushed(&self) {
        self.flushes.set(self.flushes.get() + 1);
        for (entry, bytes) in self.whole.borrow_mut().drain(..) {
            entry.write(&self.log, bytes, true);
        }
        let mut open = self.open.borrow_mut();
        while open.front().is_some_and(|open| open.ended) {
            if let Some(done) = open.pop_front() {
                done.entry.write(&self.log, done.taken, true);
            }
        }
    }

    /// The connection is gone, and so are the bytes that were not flushed.
    fn closed(&self) {
        self.gone.set(true);
        for (entry, bytes) in self.whole.borrow_mut().drain(..) {
            entry.write(&self.log, bytes, false);
        }
        for left in self.open.borrow_mut().drain(..) {
            let sent = left.before_body.map_or(0, |before| self.written.get().saturating_sub(before));
            left.entry.write(&self.log, sent.min(left.taken), false);
        }
    }
}

/// The length at which the body of a response ends, as far as its head tells. 0 for a response that has none.
pub(crate) fn body_length<B>(method: &Method, response: &Response<B>) -> Option<u64> {
    let bodiless = method == Method::HEAD
        || matches!(response.status(), StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED)
        || response.status().is_informational();
    if bodiless { Some(0) } else { declared_length(response.headers()) }
}

/// A response's body on its way to hyper, for HTTP/1.1.
pub(crate) struct Sent {
    body: Body,
    tally: Rc<Tally>,
    /// The length at which the body ends. 0 if the response has no body.
    length: Option<u64>,
    /// Whether the client understands chunks. Otherwise a body without a length ends with the connection.
    chunks: bool,
    finished: bool,
}

impl Sent {
    /// Adds a response to the connection's tally, which later writes the log line.
    pub fn response(
        tally: &Rc<Tally>,
        (method, version): (Method, Version),
        response: Response<Body>,
        entry: Entry,
    ) -> Response<Self> {
        let length = body_length(&method, &response);
        tally.begin(entry);
        let chunks = version >= Version::HTTP_11;
        response.map(|body| Self { body, tally: Rc::clone(tally), length, chunks, finished: false })
    }
}

impl http_body::Body for Sent {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let this = &mut *self;
        let frame = ready!(Pin::new(&mut this.body).poll_frame(task));
        match &frame {
            Some(Ok(frame)) => {
                let taken = frame.data_ref().map_or(0, Bytes::len) as u64;
                this.tally.newest(|open| open.taken += taken);
            }
            Some(Err(error)) => {
                this.finished = true;
                this.tally.reset.set(this.length.is_none() && !this.chunks);
                this.tally.newest(|open| open.entry.record.note(error));
            }
            None => {
                this.finished = true;
                this.tally.newest(|open| open.ended = true);
            }
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Sent {
    /// hyper drops a body without asking for its end, if it can tell the end by itself.
    fn drop(&mut self) {
        if !self.finished {
            let ended = self.body.is_end_stream();
            self.tally.newest(|open| open.ended = ended || self.length.is_some_and(|length| open.taken >= length));
        }
    }
}

/// How long clients are waited for. See [`Options`](crate::Options).
#[derive(Clone, Copy)]
pub(crate) struct ClientTimeouts {
    pub header: Duration,
    pub idle: Duration,
    pub body: Duration,
    pub stall: Duration,
    pub slowest: (u64, Duration),
}

/// The connection itself, for hyper.
pub(crate) struct Wire {
    stream: TokioIo<Stream>,
    tally: Rc<Tally>,
    timeouts: ClientTimeouts,
    /// Runs while the client accepts nothing.
    stalled: Option<Pin<Box<Sleep>>>,
    /// How long the client was waited for, and what it accepted, since it last proved to be fast enough.
    waited: Duration,
    accepted: u64,
}

impl Wire {
    pub fn new(stream: Stream, tally: Rc<Tally>, timeouts: ClientTimeouts) -> Self {
        let stream = TokioIo::new(stream);
        Self { stream, tally, timeouts, stalled: None, waited: Duration::ZERO, accepted: 0 }
    }

    pub fn tally(&self) -> Rc<Tally> {
        Rc::clone(&self.tally)
    }

    fn after_write(
        &mut self,
        written: Poll<io::Result<usize>>,
        first: &[u8],
        task: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        match written {
            Poll::Ready(result) => {
                if let Ok(count) = result {
                    self.tally.wrote(count, first);
                    if !self.is_fast_enough(count) {
                        return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
                    }
                }
                Poll::Ready(result)
            }
            Poll::Pending => self.wait(task),
        }
    }

    /// Waits for a client that accepts nothing, as long as it may accept nothing.
    fn wait<T>(&mut self, task: &mut Context<'_>) -> Poll<io::Result<T>> {
        let (patience, tally) = (self.timeouts.stall, &self.tally);
        let timer = self.stalled.get_or_insert_with(|| {
            tally.blocked_since.set(Some(Instant::now()));
            Box::pin(tokio::time::sleep(patience))
        });
        timer.as_mut().poll(task).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }

    /// With TLS, what was written may wait here rather than in the system.
    fn after_flush(&mut self, flushed: Poll<io::Result<()>>, task: &mut Context<'_>) -> Poll<io::Result<()>> {
        match flushed {
            Poll::Pending => self.wait(task),
            Poll::Ready(Ok(())) if !self.is_fast_enough(0) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            ready @ Poll::Ready(_) => ready,
        }
    }

    /// Counts what the client has just accepted. Only the time in which it was waited for counts against it.
    fn is_fast_enough(&mut self, count: usize) -> bool {
        let (least, within) = self.timeouts.slowest;
        self.accepted += count as u64;
        if self.stalled.take().is_some()
            && let Some(since) = self.tally.blocked_since.take()
        {
            let blocked = since.elapsed();
            self.waited += blocked;
            self.tally.blocked.set(self.tally.blocked.get() + blocked);
        }
        if self.accepted >= least {
            (self.accepted, self.waited) = (0, Duration::ZERO);
        }
        self.waited < within
    }
}

impl Read for Wire {
    fn poll_read(mut self: Pin<&mut Self>, task: &mut Context<'_>, into: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(task, into)
    }
}

impl Write for Wire {
    fn poll_write(mut self: Pin<&mut Self>, task: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(task, bytes);
        self.after_write(written, bytes, task)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        task: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(task, slices);
        self.after_write(written, slices.first().map_or(&[], |slice| slice), task)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(task);
        ready!(self.after_flush(flushed, task))?;
        self.tally.flushed();
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shut = Pin::new(&mut self.stream).poll_shutdown(task);
        self.after_flush(shut, task)
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        if self.tally.reset.get() {
            self.stream.inner().reset();
        }
        self.tally.closed();
    }
}
