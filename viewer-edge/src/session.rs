//! `POST /login`, `POST /logout`, `GET /auth`, `GET /l/:link`.

use std::sync::Arc;

use bytes::Bytes;
use edge::{Failure, Viewer, isolation, respond};
use gallery::{link::Link, password::Password, return_to::same_origin};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header, request};
use platform::{Cx, Error, Kind, Platform, Problem, ProblemType};
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::{ViewerEdge, linked};

/// The longest login body, in bytes.
const MAX_BODY: usize = 8 * 1024;
/// What a browser forgets at logout (<https://www.w3.org/TR/clear-site-data/>). Cookies are left out: they may be those
/// of other programs on the same domain. So is the storage: favourites and the language outlive a logout, and the page
/// itself empties what it has kept of the gallery.
const CLEAR: &str = r#""cache""#;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Login {
    password: Option<String>,
    /// The secret part of a link's URL.
    link: Option<String>,
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
    isolation::require_own_page(&service.config.cors, headers)?;
    let form = form(headers)?;
    let body = P::collect(body, MAX_BODY).await.map_err(|error| match error.kind() {
        Kind::TooLarge => Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "A login is at most 8 KiB."),
        _ => Problem::bad_request("The body broke off."),
    })?;
    let Login { password, link, return_to } = parse(form, &body)?;
    let password = Zeroizing::new(password.unwrap_or_default());
    let base = &service.config.base;
    let target = return_to.filter(|path| same_origin(path).and_then(|path| base.strip(path)).is_some());
    let target = target.unwrap_or_else(|| base.path("/"));
    let link = match link {
        None => None,
        Some(token) => Some(service.sessions.link(cx, &service.catalogue, &token).await?.ok_or_else(no_such_link)?),
    };
    let mut response = match form {
        Form::Json => {
            let body = serde_json::json!({ "returnTo": target }).to_string();
            respond::bytes(StatusCode::OK, "application/json", body)
        }
        Form::UrlEncoded => see_other(&ascii(&target)),
    };
    // So does a page follow a link whose secret stands behind `#`.
    if let Some(link) = link.as_deref().filter(|_| password.is_empty())
        && keeps_session(service, cx, headers, link).await?
    {
        return Ok(response);
    }
    require_password(service, cx, link.as_deref(), password).await?;
    let cookie = service.sessions.mint(cx, &service.catalogue, link.as_deref()).await?;
    cx.record.event.set(Some("login"));
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response)
}

/// The page, which thereby knows that there is a cookie now. If there is none, the browser did not keep it.
const FOLLOWED: &str = "/#/followed";

/// Follows a link. One without a password opens the gallery at once. For any other, the page asks for the password, or
/// says that the link has ended.
pub(crate) async fn follow<P: Platform>(
    service: &ViewerEdge,
    cx: &Cx<'_, P>,
    head: &request::Parts,
    token: &str,
) -> Result<Response<P::Body>, Failure> {
    let link = service.sessions.link(cx, &service.catalogue, token).await?;
    // A page elsewhere must not exchange the viewer's session behind the viewer's back, in a picture or a frame.
    let is_visit = |name: &str, wanted: &str| head.headers.get(name).is_none_or(|value| value == wanted);
    let is_visit = is_visit("sec-fetch-mode", "navigate") && is_visit("sec-fetch-dest", "document");
    let is_visit = is_visit && !linked::is_previewer(&head.headers);
    if let Some(link) = link.as_ref().filter(|_| is_visit)
        && keeps_session(service, cx, &head.headers, link).await?
    {
        return Ok(see_other(&service.config.base.path("/")));
    }
    let Some(link) = link.as_ref().filter(|link| link.password.is_none() && is_visit) else {
        let mut page = linked::page(service, cx, &head.headers, link.as_deref().map(|link| (link, token))).await?;
        if link.is_none() {
            *page.status_mut() = StatusCode::NOT_FOUND;
        }
        return Ok(page);
    };
    let cookie = service.sessions.mint(cx, &service.catalogue, Some(link)).await?;
    cx.record.event.set(Some("login"));
    let mut response = see_other(&service.config.base.path(FOLLOWED));
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response)
}

/// Whether who follows a link keeps the session that is there: who has the whole gallery open, and who has given this
/// link's password before.
async fn keeps_session<P: Platform>(
    service: &ViewerEdge,
    cx: &Cx<'_, P>,
    headers: &HeaderMap,
    link: &Link,
) -> Result<bool, Failure> {
    match service.sessions.require(cx, &service.catalogue, headers).await {
        Ok(Viewer { link: None, .. }) => Ok(true),
        Ok(Viewer { link: Some(known), .. }) => Ok(link.password.is_some() && known.id == link.id),
        Err(failure) if failure.is_no_session() => Ok(false),
        // A session that cannot be read just now must not be exchanged for a lesser one.
        Err(failure) => Err(failure),
    }
}

fn no_such_link() -> Problem {
    Problem::of(ProblemType::LinkEnded, "This link has ended, or is not whole. Ask for a new one.")
}

/// Fails if this is not the password of a link, or without a link that of the gallery. A link without a password needs
/// none.
async fn require_password<P: Platform>(
    service: &ViewerEdge,
    cx: &Cx<'_, P>,
    link: Option<&Link>,
    password: Zeroizing<String>,
) -> Result<(), Failure> {
    let wanted = match link {
        None => None,
        Some(Link { password: Some(hash), .. }) => Some(Password::Hashed(hash.clone())),
        Some(Link { password: None, .. }) => return Ok(()),
    };
    if link.is_some() && password.is_empty() {
        // The page asks so whether the link has a password. This is no guess.
        return Err(Problem::of(ProblemType::LinkPassword, "This link has a password.").into());
    }
    let attempt = match service.throttle.begin(cx, link.map(|link| link.id)).await {
        Ok(attempt) => attempt,
        Err(problem) => {
            cx.record.event.set(Some("throttled"));
            return Err(problem.into());
        }
    };
    let matches = matches(service, cx, wanted, password).await;
    attempt.end(cx, matches!(matches, Ok(false))).await;
    if matches? {
        return Ok(());
    }
    cx.record.event.set(Some("login-refused"));
    Err(Problem::of(ProblemType::WrongPassword, "That is not the password.").into())
}

/// Whether this is the password that is wanted, or that of the gallery. A hash takes so long that other requests must
/// not wait for it.
async fn matches<P: Platform>(
    service: &ViewerEdge,
    cx: &Cx<'_, P>,
    wanted: Option<Password>,
    password: Zeroizing<String>,
) -> Result<bool, Error> {
    let config = Arc::clone(&service.config);
    let is_slow = matches!(wanted.as_ref().unwrap_or(&config.password), Password::Hashed(_));
    let compare = move || wanted.as_ref().unwrap_or(&config.password).matches(&password);
    let matches = if is_slow { cx.compute(compare).await? } else { compare() };
    matches.map_err(|error| Error::because(Kind::Unavailable, "login.password", error))
}

/// Ends the sessions of the request, on every device that has the same cookie.
pub(crate) async fn logout<P: Platform>(
    service: &ViewerEdge,
    cx: &Cx<'_, P>,
    headers: &HeaderMap,
) -> Result<Response<P::Body>, Failure> {
    isolation::require_own_page(&service.config.cors, headers)?;
    let cookie = service.sessions.end(cx, headers).await?;
    cx.record.event.set(Some("logout"));
    let mut response = respond::empty(StatusCode::NO_CONTENT);
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    respond::set(response.headers_mut(), HeaderName::from_static("clear-site-data"), CLEAR);
    Ok(response)
}

/// The answer of `GET /auth` to a client with a session.
pub(crate) fn describe<B: From<Bytes>>(viewer: &Viewer) -> Response<B> {
    let flags = viewer.flags();
    let body = serde_json::json!({
        "authenticated": true,
        "expiresAt": respond::iso8601(viewer.claims.expires),
        "link": viewer.link.is_some(),
        "download": flags.download,
        "originals": flags.originals,
        "places": flags.places,
    });
    respond::bytes(StatusCode::OK, "application/json", body.to_string())
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
    let login: Login = match form {
        Form::Json => serde_json::from_slice(body).map_err(|_| unreadable())?,
        Form::UrlEncoded => {
            let text = std::str::from_utf8(body).map_err(|_| unreadable())?;
            let field = |name| respond::query(Some(text), name);
            Login { password: field("password")?, link: field("link")?, return_to: field("returnTo")? }
        }
    };
    if login.password.is_none() && login.link.is_none() {
        return Err(unreadable());
    }
    Ok(login)
}

fn see_other<B: From<Bytes>>(target: &str) -> Response<B> {
    let mut response = respond::empty(StatusCode::SEE_OTHER);
    let location = HeaderValue::from_str(target).unwrap_or(HeaderValue::from_static("/"));
    response.headers_mut().insert(header::LOCATION, location);
    response
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
