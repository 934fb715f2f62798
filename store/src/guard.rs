//! Checks before `s3s` for requests that S3 refuses and `s3s` lets through. `s3s` itself verifies the signature, the
//! clock and the body's hash.
//!
//! Source: <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html>

use http::{HeaderMap, Method, header, request::Parts};
use s3s::{S3Result, s3_error};

/// The longest life of a presigned URL in seconds: a week.
const MAX_EXPIRES: i64 = 604_800;
/// `x-amz-*` headers that may be outside the list of signed headers: the string to sign covers both
/// by other means.
const COVERED: [&str; 2] = ["x-amz-content-sha256", "x-amz-date"];
const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const USE_V4: &str = "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.";

/// What a signature says about itself.
struct Claims {
    credential: String,
    signed_headers: String,
}

/// Refuses requests that must not reach `s3s`. Returns the names of the signed headers, which is an empty list for an
/// unsigned request.
///
/// # Errors
/// 400 for another mechanism than SigV4 or a wrong credential scope. 403 for a lifetime outside 1 to 604800 seconds,
/// for an unsigned `Host` and for `x-amz-*` headers that are not signed. 405 for a browser's POST form.
pub fn check(parts: &Parts, region: &str) -> S3Result<Vec<String>> {
    if parts.method == Method::POST && is_form(&parts.headers) {
        return Err(s3_error!(MethodNotAllowed, "Form uploads are not supported."));
    }
    let claims = match (in_query(parts.uri.query().unwrap_or_default())?, in_header(&parts.headers)?) {
        (Some(_), Some(_)) => {
            return Err(s3_error!(InvalidArgument, "Only one auth mechanism allowed."));
        }
        (Some(claims), None) | (None, Some(claims)) => claims,
        (None, None) => return Ok(Vec::new()),
    };
    check_scope(&claims.credential, region)?;
    let signed: Vec<String> = claims.signed_headers.split(';').map(str::to_owned).collect();
    let is_signed = |name: &str| signed.iter().any(|signed| signed == name);
    if !is_signed("host") {
        return Err(s3_error!(AccessDenied, "The Host header must be signed."));
    }
    let unsigned = |name: &&str| name.starts_with("x-amz-") && !COVERED.contains(name) && !is_signed(name);
    if parts.headers.keys().map(http::HeaderName::as_str).any(|name| unsigned(&name)) {
        return Err(s3_error!(AccessDenied, "There were headers present in the request which were not signed"));
    }
    Ok(signed)
}

fn is_form(headers: &HeaderMap) -> bool {
    let is = |value: &str| value.trim_start().to_ascii_lowercase().starts_with("multipart/form-data");
    headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(is)
}

/// The claims of a presigned URL. `s3s` refuses missing or repeated parameters.
fn in_query(query: &str) -> S3Result<Option<Claims>> {
    let mut claims = Claims { credential: String::new(), signed_headers: String::new() };
    let (mut presigned, mut expires) = (false, None);
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match name.as_ref() {
            "X-Amz-Signature" => presigned = true,
            "X-Amz-Credential" => claims.credential = value.into_owned(),
            "X-Amz-SignedHeaders" => claims.signed_headers = value.into_owned(),
            "X-Amz-Expires" => expires = Some(value.into_owned()),
            "X-Amz-Algorithm" if value == ALGORITHM => {}
            "X-Amz-Algorithm" | "Signature" | "AWSAccessKeyId" => return Err(s3_error!(InvalidRequest, "{USE_V4}")),
            _ => {}
        }
    }
    if !presigned {
        return Ok(None);
    }
    let seconds = expires.and_then(|expires| expires.parse::<i64>().ok());
    if !seconds.is_some_and(|seconds| (1..=MAX_EXPIRES).contains(&seconds)) {
        return Err(s3_error!(AccessDenied, "X-Amz-Expires must be between 1 and {MAX_EXPIRES} seconds"));
    }
    Ok(Some(claims))
}

fn in_header(headers: &HeaderMap) -> S3Result<Option<Claims>> {
    let Some(value) = headers.get(header::AUTHORIZATION) else { return Ok(None) };
    let fields = value.to_str().ok().and_then(|value| value.strip_prefix(ALGORITHM));
    let Some(fields) = fields else { return Err(s3_error!(InvalidRequest, "{USE_V4}")) };
    let field = |name: &str| {
        let mut values = fields.split(',').filter_map(|field| field.trim().strip_prefix(name));
        values.next().unwrap_or_default().to_owned()
    };
    Ok(Some(Claims { credential: field("Credential="), signed_headers: field("SignedHeaders=") }))
}

/// Checks `key id/date/region/s3/aws4_request`. `s3s` compares the date and finds the key.
fn check_scope(credential: &str, region: &str) -> S3Result {
    let mut fields = credential.rsplit('/');
    let scope = (fields.next(), fields.next(), fields.next());
    if scope == (Some("aws4_request"), Some("s3"), Some(region)) {
        return Ok(());
    }
    Err(s3_error!(AuthorizationHeaderMalformed, "The credential scope must end in /{region}/s3/aws4_request"))
}
