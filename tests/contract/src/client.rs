//! A plain HTTP client: it follows no redirects, decompresses nothing, and returns every status as an answer.

use std::{sync::LazyLock, time::Duration};

use cost::Calls;
use http::HeaderMap;
use serde_json::Value;
use ureq::{Agent, http};

/// The time limit of a request. No answer of the contract takes longer, even with the slow stores of the fault tests.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long an idle connection is kept. Most hosts close idle connections later than this, so that no request meets a
/// connection that is just being closed.
const IDLE: Duration = Duration::from_secs(3);
/// The largest body that is read, in bytes.
const MAX_BODY: u64 = 64 * 1024 * 1024;

static AGENT: LazyLock<Agent> = LazyLock::new(|| {
    Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .allow_non_standard_methods(true)
        .timeout_global(Some(PATIENCE))
        .max_idle_age(IDLE)
        .proxy(None)
        .build()
        .into()
});

/// A request that is being put together.
#[must_use]
pub struct Call<'a> {
    url: String,
    method: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
    /// Returns the session's cookie when the request is sent.
    session: Option<Box<dyn FnOnce() -> Result<String, String> + Send + 'a>>,
}

impl<'a> Call<'a> {
    /// A GET of a URL, without a session.
    pub fn new(url: String) -> Self {
        Self { url, method: "GET".to_owned(), headers: Vec::new(), body: None, session: None }
    }

    pub(crate) fn with_session(mut self, cookie: impl FnOnce() -> Result<String, String> + Send + 'a) -> Self {
        self.session = Some(Box::new(cookie));
        self
    }

    pub fn anonymous(mut self) -> Self {
        self.session = None;
        self
    }

    pub fn method(mut self, method: &str) -> Self {
        method.clone_into(&mut self.method);
        self
    }

    pub fn head(self) -> Self {
        self.method("HEAD")
    }

    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub fn body(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self.header("content-type", content_type)
    }

    /// Sends the request. An error means that the connection failed or the body broke off. A status is never an
    /// error.
    pub fn send(self) -> Result<Answer, String> {
        let what = format!("{} {}", self.method, self.url);
        let failed = |error: &dyn std::fmt::Display| format!("{what}: {error}");
        let mut request = http::Request::builder().method(self.method.as_str()).uri(&self.url);
        if let Some(cookie) = self.session {
            request = request.header("cookie", cookie()?);
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        // A server that refuses a body unread closes the connection, so no other request may use this connection. A
        // POST without a body sends the end of one.
        if self.body.is_some() || !["GET", "HEAD", "OPTIONS"].contains(&self.method.as_str()) {
            request = request.header("connection", "close");
        }
        let answer = match self.body {
            Some(body) => request
                .body(body)
                .map_err(|error| failed(&error))
                .map(|request| AGENT.run(request).map_err(|error| failed(&error)))?,
            None => request
                .body(())
                .map_err(|error| failed(&error))
                .map(|request| AGENT.run(request).map_err(|error| failed(&error)))?,
        }?;
        let (head, mut body) = answer.into_parts();
        let body = body.with_config().limit(MAX_BODY).read_to_vec().map_err(|error| failed(&error))?;
        Ok(Answer { what, status: head.status.as_u16(), headers: head.headers, body })
    }

    /// Sends the request. Any status other than `status` is an error that shows the answer.
    pub fn expect(self, status: u16) -> Result<Answer, String> {
        let answer = self.send()?;
        ensure_eq!(answer.status, status, "{}: status ({})", answer.what, answer.excerpt());
        Ok(answer)
    }
}

/// A response that was read whole.
pub struct Answer {
    /// The method and the URL, for messages.
    pub what: String,
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    /// A header's only or first value, as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// A header's value. An error if the header is absent.
    pub fn need(&self, name: &str) -> Result<&str, String> {
        self.header(name).ok_or_else(|| format!("{}: no {name} header", self.what))
    }

    pub fn has(&self, name: &str, value: &str) -> Result<(), String> {
        ensure_eq!(self.header(name), Some(value), "{}: {name}", self.what);
        Ok(())
    }

    pub fn lacks(&self, name: &str) -> Result<(), String> {
        ensure_eq!(self.header(name), None, "{}: {name}", self.what);
        Ok(())
    }

    pub fn length(&self) -> Result<u64, String> {
        self.need("content-length")?.parse().map_err(|_| format!("{}: Content-Length is no number", self.what))
    }

    pub fn text(&self) -> Result<&str, String> {
        std::str::from_utf8(&self.body).map_err(|_| format!("{}: the body is not UTF-8", self.what))
    }

    pub fn json(&self) -> Result<Value, String> {
        serde_json::from_slice(&self.body).map_err(|error| format!("{}: {error}: {}", self.what, self.excerpt()))
    }

    /// A number in `Server-Timing`, such as `kv-reads`.
    pub fn cost(&self, name: &str) -> Result<u32, String> {
        let text = self.cost_text(name)?;
        text.parse().map_err(|_| format!("{}: {name} in Server-Timing is {text:?}", self.what))
    }

    /// All calls to stores that `Server-Timing` counts.
    pub fn calls(&self) -> Result<Calls, String> {
        let of = |name| self.cost(name).map(u64::from);
        Ok(Calls::new(of("kv-reads")?, of("kv-writes")?, of("store-calls")?, of("sql-queries")?))
    }

    /// The description of an entry of `Server-Timing`, such as `cache`.
    pub fn cost_text(&self, name: &str) -> Result<&str, String> {
        let timing = self.need("server-timing")?;
        let entry = timing.split(',').find_map(|entry| entry.trim().strip_prefix(name)?.strip_prefix(";desc="));
        entry.ok_or_else(|| format!("{}: no {name} in Server-Timing: {timing}", self.what))
    }

    fn excerpt(&self) -> String {
        String::from_utf8_lossy(&self.body).chars().take(200).collect()
    }
}
