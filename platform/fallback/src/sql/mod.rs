//! SQL over HTTP: libSQL's Hrana 2, `POST /v2/pipeline`, over any [`Platform::fetch`].
//!
//! Source: <https://github.com/tursodatabase/libsql/blob/main/docs/HRANA_2_SPEC.md>. A call is one request that opens
//! a stream, uses it and closes it, so no baton is ever sent back. A `base_url` in an answer is for a stream's next
//! request, and is therefore never followed. No server can make the token go elsewhere.

mod wire;

use std::{fmt, sync::Arc};

use bytes::Bytes;
use http::{HeaderValue, Method, Request, StatusCode, Uri, header};
use platform::{
    Error, Kind, Platform, Row, Sql, Statement, Value,
    config::{
        ConfigError, Lookup,
        names::{SQL_AUTH_TOKEN, SQL_URL},
    },
};
use zeroize::Zeroizing;

use wire::Answer;

/// The largest answer, in bytes: a listing of a thousand items is some 1.5 MB in Hrana's JSON.
pub const MAX_ANSWER_BYTES: usize = 8 * 1024 * 1024;

/// The address of a database, and the token for it.
#[derive(Clone)]
pub struct Endpoint {
    pipeline: Uri,
    authorization: Option<HeaderValue>,
}

impl Endpoint {
    /// The database that `SQL_URL` names, if it is set. `SQL_AUTH_TOKEN` is needed if the database wants a token.
    pub fn load(lookup: &Lookup<'_>) -> Result<Option<Self>, ConfigError> {
        let token = lookup.optional(SQL_AUTH_TOKEN).map(Zeroizing::new);
        lookup.optional(SQL_URL).map(|url| Self::new(&url, token.as_ref().map(|token| token.as_str()))).transpose()
    }

    /// `url` is `http[s]://host[:port]`, or `libsql://host` for https. `token` is sent as a Bearer token (RFC 6750).
    pub fn new(url: &str, token: Option<&str>) -> Result<Self, ConfigError> {
        const UNUSABLE: ConfigError = ConfigError::new(
            SQL_URL,
            "must be a URL such as libsql://name.turso.io or http://127.0.0.1:8081, without a query or a password",
        );
        let address = match url.split_once("://") {
            Some(("libsql" | "https", rest)) => format!("https://{rest}"),
            Some(("http", rest)) => format!("http://{rest}"),
            _ => return Err(UNUSABLE),
        };
        if address.contains(['?', '#', '@']) {
            return Err(UNUSABLE);
        }
        let pipeline: Uri = format!("{}/v2/pipeline", address.trim_end_matches('/')).parse().map_err(|_| UNUSABLE)?;
        if pipeline.host().is_none_or(str::is_empty) {
            return Err(UNUSABLE);
        }
        let authorization = token.map(|token| {
            let mut value = HeaderValue::from_str(&format!("Bearer {token}"))
                .map_err(|_| ConfigError::new(SQL_AUTH_TOKEN, "must be a token that fits into a header"))?;
            value.set_sensitive(true);
            Ok(value)
        });
        Ok(Self { pipeline, authorization: authorization.transpose()? })
    }

    /// The scheme, host and port, which may be shown.
    pub fn origin(&self) -> String {
        let authority = self.pipeline.authority().map_or("", http::uri::Authority::as_str);
        format!("{}://{authority}", self.pipeline.scheme_str().unwrap_or_default())
    }
}

/// Never shows the token.
impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint").field("pipeline", &self.pipeline).finish_non_exhaustive()
    }
}

/// A database behind HTTP. An adapter without SQL of its own says `type Sql = SqlHttp<Self>`, and reads its
/// configuration through [`without_own_sql`](crate::without_own_sql).
///
/// - A REAL that is not finite has no form in JSON. It gives `Invalid`, as a parameter and in a row.
/// - 401 and 403 give `Denied`, 429 gives `Throttled`. Other refusals of the server give the kind that their code
///   means.
/// - An answer of more than [`MAX_ANSWER_BYTES`] or a result of more than [`MAX_ROWS`](platform::sql::MAX_ROWS) gives
///   `TooLarge`.
pub struct SqlHttp<P> {
    platform: P,
    endpoint: Arc<Endpoint>,
}

impl<P> SqlHttp<P> {
    pub fn new(platform: P, endpoint: Arc<Endpoint>) -> Self {
        Self { platform, endpoint }
    }

    /// For a host without SQL of its own. `Unavailable` if `SQL_URL` names no database.
    pub fn open(platform: P, endpoint: Option<&Arc<Endpoint>>) -> Result<Self, Error> {
        let endpoint = endpoint.ok_or(Error::because(Kind::Unavailable, "sql.open", "SQL_URL is not set"))?;
        Ok(Self::new(platform, Arc::clone(endpoint)))
    }
}

impl<P: Platform> SqlHttp<P> {
    async fn pipeline(&self, operation: &'static str, body: Vec<u8>) -> Result<Answer, Error> {
        let mut request = Request::new(Bytes::from(body));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.endpoint.pipeline.clone();
        let headers = request.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(authorization) = &self.endpoint.authorization {
            headers.insert(header::AUTHORIZATION, authorization.clone());
        }
        let response = self.platform.fetch(request).await?;
        let status = response.status();
        if status != StatusCode::OK {
            let words = format!("the database answered {}", status.as_u16());
            return Err(Error::because(Kind::of_refusal(status), operation, words));
        }
        let body = P::collect(response.into_body(), MAX_ANSWER_BYTES).await?;
        wire::answer(operation, &body)
    }
}

impl<P: Platform> Sql for SqlHttp<P> {
    async fn query(&self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, Error> {
        const OPERATION: &str = "sql.query";
        let body = wire::execute(OPERATION, sql, parameters)?;
        self.pipeline(OPERATION, body).await?.rows(OPERATION)
    }

    async fn batch(&self, statements: &[Statement<'_>]) -> Result<Vec<Vec<Row>>, Error> {
        const OPERATION: &str = "sql.batch";
        if statements.is_empty() {
            return Ok(Vec::new());
        }
        let body = wire::batch(OPERATION, statements)?;
        self.pipeline(OPERATION, body).await?.batch(OPERATION, statements.len())
    }

    fn is_remote(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests;
