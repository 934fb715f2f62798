//! One request: the facts, the call, and the answer and log line when something goes wrong.

use std::{
    any::Any,
    cell::Cell,
    error::Error as _,
    future::{Future, poll_fn},
    net::IpAddr,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    rc::Rc,
    task::Poll,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use http::{
    HeaderMap, HeaderValue, Request, Response, StatusCode, Uri, Version,
    header::{CONNECTION, COOKIE, HOST},
};
use hyper::body::Incoming;
use platform::{Cx, Error, Facts, Kind, LogClient, Problem, Record, Service, record::method_name, service::finish};

use crate::{
    Body, HostNames, Native,
    entropy::Entropy,
    log::{Entry, Log},
    processor::timed,
};

/// The longest head of a request, in bytes. Cookies and presigned queries stay far below.
pub(crate) const MAX_HEAD_BYTES: usize = 32 * 1024;

/// The status in the log for a client that left before there was an answer. The number is nginx's.
const CLIENT_GONE: u16 = 499;

/// A service and the platform it runs on, in one worker.
pub(crate) struct Site<S> {
    pub service: S,
    pub native: Native,
    pub trust_forwarded: bool,
    /// Whether clients come over TLS.
    pub https: bool,
    pub host_names: HostNames,
    pub log_client: LogClient,
    /// How long the body of a request may take.
    pub body_timeout: Duration,
    pub entropy: Entropy,
}

impl<S: Service> Site<S> {
    /// Answers one request. Whatever the service does, the client gets an answer and the log gets a line: the entry,
    /// which is written when the response has been sent.
    pub async fn answer(&self, peer: IpAddr, log: &Log, request: Request<Incoming>) -> (Response<Body>, Entry) {
        let started = Instant::now();
        let (facts, entropy) = self.facts(peer, request.headers());
        let client = facts.client;
        let mut call = Call {
            cx: Cx::new(&self.native, facts),
            method: method_name(request.method()),
            started,
            log,
            answered: false,
        };
        self.log_client.note(&call.cx.record, client);
        let late = Rc::new(Cell::new(false));
        let request = request.map(|incoming| Body::of_request(incoming, self.body_timeout, &late));
        let mut problem = match (entropy, for_service(request).and_then(|request| self.named(&call.cx, request))) {
            (Err(error), _) => {
                call.cx.record.note(&error);
                Err(Problem::from(&error))
            }
            (Ok(()), Err(problem)) => {
                call.cx.record.service.set("host");
                Err(problem)
            }
            (Ok(()), Ok(request)) => {
                let (answer, cpu) = timed(caught(self.service.handle(&call.cx, request))).await;
                call.cx.record.cpu.set(cpu);
                answer.map_err(|_| {
                    // The panic's message went to standard error. It may quote anything, so it stays out of the log.
                    let error = Error::because(Kind::Internal, "service.handle", "panicked");
                    call.cx.record.note(&error);
                    Problem::from(&error)
                })
            }
        };
        if late.get() {
            // What the service says of a body that broke off is for clients that have left. This one is here.
            call.cx.record.note(&Error::because(Kind::Timeout, "body.read", "the request's body took too long"));
            problem = Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "The request's body took too long to arrive.")
                .with(CONNECTION, HeaderValue::from_static("close")));
        }
        let mut response = problem.unwrap_or_else(|problem| problem.into_response(call.cx.request_id()));
        finish(&call.cx, &mut response, started.elapsed());
        let entry = call.entry(response.status().as_u16());
        (response, entry)
    }

    /// Writes the line of a request that no service saw. Behind a proxy the client's address stands in a head that
    /// could not be read: it is left out, because the proxy must not be taken for who sent this.
    pub fn refused(&self, log: &Log, peer: IpAddr, Refused { status, words }: Refused) {
        let (record, mut id) = (Record::default(), [0; 8]);
        record.service.set("host");
        self.log_client.note(&record, (!self.trust_forwarded).then_some(peer));
        record.note(&Error::because(Kind::Invalid, "host.request", words));
        // Without randomness the id is all zeroes, which is no reason to say nothing.
        let _ = self.entropy.take(&mut id);
        let request_id = format!("{:016x}", u64::from_be_bytes(id));
        Entry { record, request_id, method: "OTHER", status, head: Duration::ZERO }.write(log, 0, true);
    }

    /// The request, if its `Host` is a name of the gallery.
    fn named(&self, cx: &Cx<'_, Native>, request: Request<Body>) -> Result<Request<Body>, Problem> {
        self.host_names.check(request.headers()).map(|()| request).map_err(|error| {
            cx.record.note(&error);
            Problem::new(
                StatusCode::MISDIRECTED_REQUEST,
                "The gallery is not known by this host name. Whoever runs it can add the name to ALLOWED_HOSTS.",
            )
        })
    }

    fn facts(&self, peer: IpAddr, headers: &HeaderMap) -> (Facts, Result<(), Error>) {
        let mut facts = Facts { now: now(), entropy: [0; 32], https: self.https, client: Some(peer.to_canonical()) };
        if self.trust_forwarded {
            facts.believe_forwarded(headers);
        }
        let entropy = self.entropy.take(&mut facts.entropy);
        (facts, entropy)
    }
}

/// A request that hyper answered by itself, or closed its connection on.
pub(crate) struct Refused {
    status: u16,
    words: &'static str,
}

impl Refused {
    /// What came on a connection that was to have TLS is not TLS, or of no version that is spoken.
    pub const HANDSHAKE: Self = Self { status: 400, words: "the TLS handshake failed" };

    /// `None` for what is no fault of a request: the client left, or was idle, or the response could not be sent.
    pub fn of(error: &hyper::Error) -> Option<Self> {
        let (status, words) = if error.is_parse_too_large() {
            (431, "the head of the request is too long")
        } else if error.is_parse() {
            (400, "what came is not a request")
        } else if error.source().and_then(|cause| cause.downcast_ref::<h2::Error>()).is_some_and(is_violation) {
            (400, "the client broke the rules of HTTP/2")
        } else {
            return None;
        };
        Some(Self { status, words })
    }
}

/// Whether we ended a connection because of what its client did, floods of resets among it.
fn is_violation(error: &h2::Error) -> bool {
    error.is_go_away() && error.is_library()
}

/// A call in progress. If the call is dropped without an answer, the client has left.
struct Call<'a> {
    cx: Cx<'a, Native>,
    method: &'static str,
    started: Instant,
    log: &'a Log,
    answered: bool,
}

impl Call<'_> {
    fn entry(&mut self, status: u16) -> Entry {
        self.answered = true;
        Entry {
            record: std::mem::take(&mut self.cx.record),
            request_id: self.cx.request_id().to_owned(),
            method: self.method,
            status,
            head: self.started.elapsed(),
        }
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        if !self.answered {
            self.entry(CLIENT_GONE).write(self.log, 0, false);
        }
    }
}

/// Seconds since 1970.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// Runs a future to its end or its panic.
async fn caught<T>(future: impl Future<Output = T>) -> Result<T, Box<dyn Any + Send>> {
    let mut future = pin!(future);
    // A panic can leave only data of its own request half changed, because an instance keeps nothing of a request.
    poll_fn(|task| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(task))) {
        Ok(poll) => poll.map(Ok),
        Err(panic) => Poll::Ready(Err(panic)),
    })
    .await
}

/// The request as a service sees it. Its target is a path and a query, its `Host` is the one that applies, and its
/// cookies are in one line.
///
/// - A target in absolute form gives its authority to `Host` (RFC 9112 section 3.2.2).
/// - So does `:authority` of HTTP/2. A `Host` beside it must say the same, else 400 (RFC 9113 section 8.3.1).
/// - The targets `*` and an authority (CONNECT) are not for a service: 400.
/// - HTTP/1.1 without `Host`, or any request with two, is 400 (RFC 9112 section 3.2).
/// - A long head is 431. In HTTP/1.1 hyper refuses it by itself.
fn for_service(mut request: Request<Body>) -> Result<Request<Body>, Problem> {
    let is_http2 = request.version() == Version::HTTP_2;
    if is_http2 && head_length(&request) > MAX_HEAD_BYTES {
        let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        return Err(Problem::new(status, "The head of the request is too long."));
    }
    let hosts = request.headers().get_all(HOST).iter().count();
    let is_nameless = hosts == 0 && request.version() >= Version::HTTP_11;
    if hosts > 1 || (is_nameless && !(is_http2 && request.uri().authority().is_some())) {
        return Err(Problem::bad_request("The request needs one Host header."));
    }
    if !request.uri().path().starts_with('/') {
        return Err(Problem::bad_request("The request's target is not a path."));
    }
    if let Some(authority) = request.uri().authority() {
        let host = HeaderValue::from_str(authority.as_str())
            .map_err(|_| Problem::bad_request("The request's target has no host."))?;
        let beside = request.headers_mut().insert(HOST, host.clone());
        if is_http2 && beside.is_some_and(|beside| !beside.as_bytes().eq_ignore_ascii_case(host.as_bytes())) {
            return Err(Problem::bad_request("The request's Host header is not its authority."));
        }
        if let Some(path_and_query) = request.uri().path_and_query().cloned() {
            *request.uri_mut() = Uri::from(path_and_query);
        }
    }
    if is_http2 {
        join_cookies(request.headers_mut());
    }
    Ok(request)
}

/// How long the head of a request of HTTP/2 would be in HTTP/1.1, without the method.
fn head_length(request: &Request<Body>) -> usize {
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    let lines = request.headers().iter().map(|(name, value)| name.as_str().len() + ": \r\n".len() + value.len());
    target + lines.sum::<usize>()
}

/// HTTP/2 may send each cookie as a line of its own (RFC 9113 section 8.2.3).
fn join_cookies(headers: &mut HeaderMap) {
    if headers.get_all(COOKIE).iter().nth(1).is_none() {
        return;
    }
    let lines: Vec<_> = headers.get_all(COOKIE).iter().map(HeaderValue::as_bytes).collect();
    if let Ok(joined) = HeaderValue::from_bytes(&lines.join(&b"; "[..])) {
        headers.insert(COOKIE, joined);
    }
}
