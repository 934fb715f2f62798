//! One request from head to response: CORS, the guard, then `s3s`.

use std::io;

use http::{HeaderMap, HeaderName, Method, Request, Response, StatusCode, header, request::Parts};
use hyper::body::Incoming;
use s3s::{
    Body, S3Error, s3_error,
    service::{S3Service, S3ServiceBuilder},
};

use crate::{
    Config,
    cors::{self, Cors},
    guard,
    lost::Lost,
    s3::{OneBucket, OneKey, Store},
};

/// Headers that decide whether and how much of an object is sent. `s3s` answers 400 to forms of them that HTTP says
/// to ignore, so it never sees these headers: [`crate::conditions`] reads them from here.
const CONDITIONS: [HeaderName; 6] = [
    header::RANGE,
    header::IF_RANGE,
    header::IF_MATCH,
    header::IF_NONE_MATCH,
    header::IF_MODIFIED_SINCE,
    header::IF_UNMODIFIED_SINCE,
];

/// The [`CONDITIONS`] of a GET or HEAD, as a request extension.
#[derive(Clone, Default)]
pub struct Conditions(pub HeaderMap);

pub struct Front {
    cors: Cors,
    region: String,
    s3: S3Service,
    pub lost: Option<Lost>,
}

impl Front {
    /// Opens the folder.
    ///
    /// # Errors
    /// Those of [`crate::serve`].
    pub fn open(config: Config) -> io::Result<Self> {
        let mut store = Store::open(&config.root, config.bucket.clone())?;
        let lost = store.lost.take();
        let mut builder = S3ServiceBuilder::new(store);
        builder.set_access(OneBucket(config.bucket));
        builder.set_auth(OneKey { id: config.access_key_id, secret: config.secret_access_key.into() });
        Ok(Self { cors: Cors::new(config.allowed_origins), region: config.region, s3: builder.build(), lost })
    }

    pub async fn handle(&self, request: Request<Incoming>) -> Response<Body> {
        let allow = self.cors.allow(request.headers());
        let mut response = if request.method() == Method::OPTIONS {
            self.cors.preflight(request.headers()).unwrap_or_else(refuse)
        } else {
            self.serve(request.map(Body::from)).await
        };
        cors::decorate(allow, response.headers_mut());
        // `s3s` sets the status of a range for GET, but not for HEAD.
        if response.status() == StatusCode::OK && response.headers().contains_key(header::CONTENT_RANGE) {
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        }
        response
    }

    async fn serve(&self, request: Request<Body>) -> Response<Body> {
        let (mut parts, body) = request.into_parts();
        match guard::check(&parts, &self.region) {
            Ok(signed) => set_conditions_aside(&mut parts, &signed),
            Err(error) => return refuse(error),
        }
        match self.s3.call(Request::from_parts(parts, body)).await {
            Ok(response) => response,
            Err(_) => refuse(s3_error!(InternalError)),
        }
    }
}

/// Moves the conditions to an extension. Signed headers also stay in their place, because the signature is verified
/// over them.
fn set_conditions_aside(parts: &mut Parts, signed: &[String]) {
    if parts.method != Method::GET && parts.method != Method::HEAD {
        return;
    }
    let mut conditions = HeaderMap::new();
    for name in CONDITIONS {
        for value in parts.headers.get_all(&name) {
            conditions.append(name.clone(), value.clone());
        }
        if !signed.iter().any(|signed| signed == name.as_str()) {
            parts.headers.remove(&name);
        }
    }
    parts.extensions.insert(Conditions(conditions));
}

fn refuse(error: S3Error) -> Response<Body> {
    error.to_http_response().unwrap_or_else(|_| {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        response
    })
}
