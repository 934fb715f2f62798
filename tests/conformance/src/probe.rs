//! The service that runs the cases inside a host.

use std::collections::VecDeque;

use bytes::Bytes;
use edge::{Failure, respond};
use http::{Request, Response, StatusCode};
use platform::{
    Cx, Platform, Problem, Service, Timeouts,
    config::{ConfigError, Lookup},
};

use crate::{
    At,
    bodies::{Asked, Piece},
    names, run,
};

/// The name in the configuration for the origin of the upstream.
pub const UPSTREAM: &str = "CONFORMANCE_UPSTREAM";

/// `GET /cases` answers with the names, one a line. `POST /cases/NAME` answers 204, or 500 with the words that say
/// what is wrong.
///
/// The driver checks these routes from outside. `/pass/...` is the upstream's answer to the rest of the path, unread.
/// `/join/...` is the same answer between two pieces of the probe's own, and `/stream/...` the same twice, each asked
/// for while the body is sent. `/echo` is the request's target and body.
/// `/entropy` is 32 bytes in hexadecimal.
pub struct Probe {
    upstream: String,
}

impl Probe {
    pub fn load(lookup: &Lookup<'_>) -> Result<Self, ConfigError> {
        // This name belongs to the tests, and is not in the table of configuration.
        let upstream = (lookup.0)(UPSTREAM).ok_or(ConfigError { name: UPSTREAM, wanted: "is not set" })?;
        Ok(Self { upstream })
    }

    async fn passed<P: Platform>(&self, cx: &Cx<'_, P>, path: &str) -> Result<Response<P::Body>, Failure> {
        Ok(cx.fetch(self.request(path)?).await?)
    }

    fn request(&self, path: &str) -> Result<Request<Bytes>, Failure> {
        let mut request = Request::new(Bytes::new());
        *request.uri_mut() =
            format!("{}{path}", self.upstream).parse().map_err(|_| Problem::bad_request("That is no path."))?;
        let between_bytes = std::time::Duration::from_millis(700);
        request.extensions_mut().insert(Timeouts { between_bytes, ..Timeouts::DEFAULT });
        Ok(request)
    }

    async fn answer<P: Platform>(
        &self,
        cx: &Cx<'_, P>,
        request: Request<P::Body>,
    ) -> Result<Response<P::Body>, Failure> {
        let (head, body) = request.into_parts();
        let target = head.uri.to_string();
        let text = |text: String| Ok(respond::bytes(StatusCode::OK, "text/plain", text));
        if target == "/cases" {
            return text(names().join("\n"));
        }
        if let Some(name) = target.strip_prefix("/cases/") {
            let at = At { cx, upstream: &self.upstream, asked: &head.headers };
            return match run(name, &at).await {
                None => Err(Problem::not_found("There is no such case.").into()),
                Some(Ok(())) => Ok(respond::empty(StatusCode::NO_CONTENT)),
                Some(Err(wrong)) => Ok(respond::bytes(StatusCode::INTERNAL_SERVER_ERROR, "text/plain", wrong)),
            };
        }
        if let Some(path) = target.strip_prefix("/pass") {
            return self.passed(cx, path).await;
        }
        if let Some(path) = target.strip_prefix("/join") {
            let piece = |text: &'static [u8]| P::Body::from(Bytes::from_static(text));
            let middle = self.passed(cx, path).await?.into_body();
            return Ok(Response::new(P::join(vec![piece(b"first "), middle, piece(b" last")])));
        }
        if let Some(path) = target.strip_prefix("/stream") {
            let answer = || self.request(path).map(|request| Piece::Answer(Box::new(request)));
            let pieces = VecDeque::from([Piece::Text("first "), answer()?, answer()?, Piece::Text(" last")]);
            return Ok(Response::new(cx.stream(Asked(pieces)).await?));
        }
        if target.starts_with("/echo") {
            let body = P::collect(body, 2_000_000).await?;
            return text(format!("{} {target}\n{}", head.method, String::from_utf8_lossy(&body)));
        }
        if target == "/entropy" {
            return text(cx.facts.entropy.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}")));
        }
        Err(Problem::not_found("There is nothing here.").into())
    }
}

impl Service for Probe {
    async fn handle<P: Platform>(&self, cx: &Cx<'_, P>, request: Request<P::Body>) -> Response<P::Body> {
        cx.record.service.set("probe");
        let head = request.method() == http::Method::HEAD;
        let answer = self.answer(cx, request).await.map_err(|failure| failure.into_problem(&cx.record));
        let response = answer.unwrap_or_else(|problem| problem.into_response(cx.request_id()));
        if head { response.map(|_| P::Body::from(Bytes::new())) } else { response }
    }
}
