//! `POST /login`, `POST /logout`, `GET /auth`.

use std::sync::Arc;

use bytes::Bytes;
use edge::{Failure, Sessions, respond};
use gallery::{password::Password, return_to::same_origin, session::Claims};
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use platform::{Cx, Error, Kind, Platform, Problem};
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::ViewerEdge;

/// The longest login body, in bytes.
const MAX_BODY: usize = 8 * 1024;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Login {
    password: String,
    return_to: Option<String>,
}

/// How the password was sent: by the page's script, or by a plain form.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Json,
    UrlEncoded,
}

pub(crate) async fn login<P: Platform>(
    service: &ViewerEdge,
    cx: &Cx<'_, P>,
    headers: &HeaderMap,
    body: P::Body,
) -> Result<Response<P::Body>, Failure> {
    refuse_cross_site(headers)?;
    let form = form(headers)?;
    let body = P::collect(body, MAX_BODY).await.map_err(|error| match error.kind() {
        Kind::TooLarge => Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "A login is at most 8 KiB."),
        _ => Problem::bad_request("The body broke off."),
    })?;
    let Login { password, return_to } = parse(form, &body)?;
    let password = Zeroizing::new(password);
    let target = return_to.as_deref().and_then(same_origin).unwrap_or("/");
    if !matches(service, cx, password).await? {
        return Err(Problem::new(StatusCode::UNAUTHORIZED, "That is not the password.").into());
    }
    let cookie = service.sessions.mint(cx).await?;
    let mut response = match form {
        Form::Json => {
            let body = serde_json::json!({ "returnTo": target }).to_string();
            respond::bytes(StatusCode::OK, "application/json", body)
        }
        Form::UrlEncoded => {
            let mut response = respond::empty(StatusCode::SEE_OTHER);
            let location = HeaderValue::from_str(&ascii(target)).unwrap_or(HeaderValue::from_static("/"));
            response.headers_mut().insert(header::LOCATION, location);
            response
        }
    };
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response)
}

/// Whether this is the gallery's password. A hash takes so long that other requests must not wait for it.
async fn matches<P: Platform>(
    service: &ViewerEdge,
    cx: &Cx<'_, P>,
    password: Zeroizing<String>,
) -> Result<bool, Error> {
    let config = Arc::clone(&service.config);
    let matches = match config.password {
        Password::Plain(_) => config.password.matches(&password),
        Password::Hashed(_) => cx.compute(move || config.password.matches(&password)).await?,
    };
    matches.map_err(|error| Error::because(Kind::Unavailable, "login.password", error))
}

pub(crate) fn logout<P: Platform>(cx: &Cx<'_, P>, headers: &HeaderMap) -> Result<Response<P::Body>, Failure> {
    refuse_cross_site(headers)?;
    let cookie = Sessions::clear(cx.facts.https)?;
    let mut response = respond::empty(StatusCode::NO_CONTENT);
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response)
}

/// The answer of `GET /auth` to a client with a session.
pub(crate) fn describe<B: From<Bytes>>(claims: &Claims) -> Response<B> {
    let body = serde_json::json!({ "authenticated": true, "expiresAt": respond::iso8601(claims.expires) });
    respond::bytes(StatusCode::OK, "application/json", body.to_string())
}

/// Pages of other sites may not log anyone in or out (<https://www.w3.org/TR/fetch-metadata/>).
fn refuse_cross_site(headers: &HeaderMap) -> Result<(), Problem> {
    match headers.get("sec-fetch-site") {
        Some(site) if site == "cross-site" => {
            Err(Problem::new(StatusCode::FORBIDDEN, "Log in on the gallery's own page."))
        }
        _ => Ok(()),
    }
}

fn form(headers: &HeaderMap) -> Result<Form, Problem> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
        "application/json" => Ok(Form::Json),
        "application/x-www-form-urlencoded" => Ok(Form::UrlEncoded),
        _ => Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Send application/json or a form.")),
    }
}

fn parse(form: Form, body: &Bytes) -> Result<Login, Problem> {
    let unreadable = || Problem::bad_request("A login is {\"password\": ..., \"returnTo\": ...}.");
    match form {
        Form::Json => serde_json::from_slice(body).map_err(|_| unreadable()),
        Form::UrlEncoded => {
            let text = std::str::from_utf8(body).map_err(|_| unreadable())?;
            let password = respond::query(Some(text), "password")?.ok_or_else(unreadable)?;
            Ok(Login { password, return_to: respond::query(Some(text), "returnTo")? })
        }
    }
}

/// A path in a form that a header can hold. Characters beyond ASCII are percent-encoded, and the rest stays.
fn ascii(path: &str) -> String {
    path.chars().fold(String::with_capacity(path.len()), |mut text, c| {
        if c.is_ascii_graphic() {
            text.push(c);
        } else {
            text.push_str(&gallery::key::percent_encode(c.encode_utf8(&mut [0; 4])).to_string());
        }
        text
    })
}
