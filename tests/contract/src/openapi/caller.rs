//! A client that knows the gallery only by `docs/openapi.json`. It sends what the document describes, and takes no
//! answer that the document does not describe.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::document::{Operation, Place, cookie_names};
use crate::{Answer, Call, Outcome, Target};

/// All but RFC 3986 `unreserved`: OpenAPI lets no slash stand in a parameter of a path.
const STRICT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

pub(super) struct Caller<'a> {
    target: &'a Target,
    cookie: Option<String>,
}

/// What a request has beside its parameters.
#[derive(Clone, Copy, Default)]
pub(super) struct More<'a> {
    /// The media type, and the body as it is sent.
    pub body: Option<(&'a str, &'a Value)>,
    /// Whether the method is HEAD.
    pub head: bool,
    /// Whether values may be such as the document does not describe.
    pub is_wrong: bool,
}

impl<'a> Caller<'a> {
    pub fn new(target: &'a Target) -> Self {
        Self { target, cookie: None }
    }

    pub fn with_cookie(mut self, cookie: &str) -> Self {
        self.cookie = Some(cookie.to_owned());
        self
    }

    /// Logs in, and keeps the cookie.
    pub fn log_in(&mut self, body: &Value) -> Outcome {
        let more = More { body: Some(("application/json", body)), ..More::default() };
        let answer = self.send("login", &[], more, 200)?;
        let cookie = answer.need("set-cookie")?.split(';').next().unwrap_or_default();
        let name = cookie.split('=').next().unwrap_or_default();
        ensure!(cookie_names().contains(&name), "docs/openapi.json does not know the cookie {name}");
        self.cookie = Some(cookie.to_owned());
        Ok(())
    }

    pub fn get(&self, id: &str, values: &[(&str, &str)], status: u16) -> Result<Answer, String> {
        self.send(id, values, More::default(), status)
    }

    /// Sends the request of an operation, and checks the answer.
    pub fn send(&self, id: &str, values: &[(&str, &str)], more: More<'_>, status: u16) -> Result<Answer, String> {
        let operation = Operation::named(id)?;
        let (mut path, mut query) = (operation.path.clone(), Vec::new());
        let mut headers = Vec::new();
        let parameters = operation.parameters();
        for (name, _) in values {
            let is_known = parameters.iter().any(|parameter| parameter.text("name") == *name);
            ensure!(is_known, "docs/openapi.json: {id} has no parameter {name}");
        }
        for parameter in &parameters {
            let name = parameter.text("name");
            let Some((_, value)) = values.iter().find(|(known, _)| *known == name) else {
                ensure!(!parameter.is("required"), "docs/openapi.json: {id} needs {name}");
                continue;
            };
            if !more.is_wrong {
                admits(parameter, value).map_err(|error| format!("{id}: {name} is {value:?}: {error}"))?;
            }
            let encoded = utf8_percent_encode(value, STRICT).to_string();
            match parameter.text("in") {
                "path" => path = path.replace(&format!("{{{name}}}"), &encoded),
                "query" => query.push(format!("{name}={encoded}")),
                "header" => headers.push((name, (*value).to_owned())),
                other => return Err(format!("docs/openapi.json: {name} of {id} is in {other}")),
            }
        }
        let base = if operation.is_of_films() { &self.target.video_base } else { &self.target.base };
        let mark = if query.is_empty() { "" } else { "?" };
        let mut call = Call::new(format!("{base}{path}{mark}{}", query.join("&"))).method(&operation.method);
        for (name, value) in headers {
            call = call.header(name, value);
        }
        if let Some((media_type, body)) = more.body {
            call = call.body(media_type, written(&operation, media_type, body, more.is_wrong)?);
        }
        self.finish(&operation, call, more.head, status)
    }

    /// Follows a URL that an answer holds. It must be one of an operation.
    pub fn follow(&self, url: &str, status: u16) -> Result<Answer, String> {
        self.follow_with(url, &[], status)
    }

    pub fn follow_with(&self, url: &str, headers: &[(&str, &str)], status: u16) -> Result<Answer, String> {
        let local = self.local(url);
        let (path, query) = local.split_once('?').unwrap_or((local, ""));
        let (operation, _) = Operation::of(path)?;
        let parameters = operation.parameters();
        let is_known = |name: &str| parameters.iter().any(|parameter| parameter.text("name") == name);
        let names = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split('=').next().unwrap_or(pair));
        for name in names.chain(headers.iter().map(|(name, _)| *name)) {
            ensure!(is_known(name), "docs/openapi.json: {} has no parameter {name}, as in {url}", operation.id());
        }
        let base = if operation.is_of_films() { &self.target.video_base } else { &self.target.base };
        let call =
            headers.iter().fold(Call::new(format!("{base}{local}")), |call, (name, value)| call.header(name, *value));
        self.finish(&operation, call, false, status)
    }

    /// A URL without the address of its service.
    pub fn local<'u>(&self, url: &'u str) -> &'u str {
        let bases = [self.target.video_base.as_str(), self.target.base.as_str()];
        bases.into_iter().find_map(|base| url.strip_prefix(base)).unwrap_or(url)
    }

    /// A URL with the address of its service.
    pub fn whole(&self, url: &str) -> String {
        let base = if url.starts_with('/') { self.target.video_base.as_str() } else { "" };
        format!("{base}{url}")
    }

    fn finish(&self, operation: &Operation, call: Call<'_>, head: bool, status: u16) -> Result<Answer, String> {
        let call = match &self.cookie {
            Some(cookie) if operation.takes_a_session() => call.header("cookie", cookie),
            _ => call,
        };
        let answer = if head { call.head() } else { call }.expect(status)?;
        check(operation, &answer, head)?;
        Ok(answer)
    }
}

/// Checks an answer by what the document says of its status.
pub(super) fn check(operation: &Operation, answer: &Answer, head: bool) -> Outcome {
    let what = format!("docs/openapi.json: {} of {}", answer.status, operation.id());
    let response = operation.response(answer.status).ok_or_else(|| format!("{what} is not described"))?;
    for (name, header) in response.get("headers").map(|headers| headers.each()).unwrap_or_default() {
        match answer.header(&name) {
            Some(value) => admits(&header, value).map_err(|error| format!("{what}: {name} is {value:?}: {error}"))?,
            None => ensure!(!header.is("required"), "{what}: there is no {name}"),
        }
    }
    let contents = response.get("content").map(|content| content.each()).unwrap_or_default();
    if contents.is_empty() || head {
        ensure!(answer.body.is_empty(), "{what} has a body");
        return Ok(());
    }
    let media_type = answer.need("content-type")?.split(';').next().unwrap_or_default();
    let content = contents.into_iter().find(|(range, _)| covers(range, media_type));
    let (_, content) = content.ok_or_else(|| format!("{what} may not be {media_type}"))?;
    match content.get("schema") {
        Some(schema) => schema.admits(&answer.json()?).map_err(|error| format!("{what}: {error}")),
        None => Ok(()),
    }
}

/// Whether a media range of the document, such as `image/*`, covers a media type.
fn covers(range: &str, media_type: &str) -> bool {
    range == "*/*" || range.strip_suffix('*').map_or(range == media_type, |kind| media_type.starts_with(kind))
}

/// Checks a parameter or a header, whose schema may be about a number.
fn admits(place: &Place, value: &str) -> Outcome {
    let Some(schema) = place.get("schema") else { return Ok(()) };
    let number = value.parse::<u64>().ok().filter(|_| schema.text("type") == "integer");
    schema.admits(&number.map_or_else(|| Value::from(value), Value::from))
}

/// A body as it is sent.
fn written(operation: &Operation, media_type: &str, body: &Value, is_wrong: bool) -> Result<Vec<u8>, String> {
    let id = operation.id();
    let contents = operation.place.get("requestBody").and_then(|body| body.get("content"));
    let contents = contents.map(|content| content.each()).unwrap_or_default();
    let content = contents.into_iter().find(|(range, _)| covers(range, media_type));
    let (_, content) = content.ok_or_else(|| format!("docs/openapi.json: {id} takes no {media_type}"))?;
    let schema = content.get("schema").ok_or_else(|| format!("docs/openapi.json: {id} has no schema"))?;
    if !is_wrong {
        schema.admits(body).map_err(|error| format!("{id}: {body}: {error}"))?;
    }
    if media_type != "application/x-www-form-urlencoded" {
        return Ok(body.to_string().into_bytes());
    }
    let fields = body.as_object().into_iter().flatten();
    let encode = |text: &str| utf8_percent_encode(text, STRICT).to_string();
    let fields = fields.map(|(name, value)| format!("{name}={}", encode(value.as_str().unwrap_or_default())));
    Ok(fields.collect::<Vec<_>>().join("&").into_bytes())
}
