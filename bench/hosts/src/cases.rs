//! The cases that are measured.

use harness::Failure;
use serde_json::Value;
use ureq::Agent;

use crate::library::{FILM, QUALITY};

/// One request, which is sent again and again.
pub struct Case {
    pub name: &'static str,
    pub url: String,
    pub headers: Vec<(&'static str, String)>,
    pub status: u16,
    /// A query parameter that changes with each request, so that no cache has the answer.
    pub cold: Option<&'static str>,
    /// The body that every answer must have, if the body is checked.
    pub body: Option<Vec<u8>>,
}

impl Case {
    /// A GET that anyone may make.
    ///
    /// All requests accept what browsers accept.
    pub fn plain(name: &'static str, url: &str) -> Self {
        let headers = vec![("accept-encoding", "gzip, br".to_owned())];
        Self { name, url: url.to_owned(), headers, status: 200, cold: None, body: None }
    }
}

/// The addresses of the services, and a session.
pub struct Place {
    viewer: String,
    video: String,
    pub cookie: String,
}

impl Place {
    pub fn log_in(viewer: &str, video: &str, password: &str) -> Result<Self, Failure> {
        let body = serde_json::json!({ "password": password }).to_string();
        let agent: Agent = Agent::config_builder().max_redirects(0).build().into();
        let answer = agent.post(format!("{viewer}/login")).header("content-type", "application/json").send(body)?;
        let cookie = answer.headers().get("set-cookie").and_then(|value| value.to_str().ok()).ok_or("no cookie")?;
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        Ok(Self { viewer: viewer.to_owned(), video: video.to_owned(), cookie })
    }

    fn case(&self, name: &'static str, url: &str) -> Case {
        let mut case = Case::plain(name, url);
        case.headers.push(("cookie", self.cookie.clone()));
        case
    }

    fn get(&self, url: &str) -> Result<ureq::http::Response<ureq::Body>, Failure> {
        let answer = ureq::get(url).header("cookie", &self.cookie).call();
        answer.map_err(|error| format!("{url}: {error}").into())
    }
}

pub fn all(place: &Place) -> Result<Vec<Case>, Failure> {
    let Place { viewer, video, .. } = place;
    let media: Value = serde_json::from_str(
        &place.get(&format!("{viewer}/api/media?type=image&limit=1000"))?.into_body().read_to_string()?,
    )?;
    let thumbnail = media["items"]
        .as_array()
        .and_then(|items| items.iter().find_map(|item| item["thumbnails"]["medium"].as_str()))
        .ok_or("no photo has a thumbnail")?;
    let thumbnail = format!("{viewer}{thumbnail}");
    let tag = place.get(&thumbnail)?;
    let tag =
        tag.headers().get("etag").and_then(|tag| tag.to_str().ok()).ok_or("the thumbnail has no ETag")?.to_owned();
    let master = format!("{video}/api/hls/playlist?key={FILM}");
    // The URI as in the master, with the film's version, under which playlists are cached.
    let text = place.get(&master)?.into_body().read_to_string()?;
    let variant = text.lines().find(|line| !line.starts_with('#')).ok_or("the master has no variant")?;
    let variant = format!("{video}/api/hls/{variant}");

    let mut unchanged = place.case("thumbnail, 304", &thumbnail);
    unchanged.headers.push(("if-none-match", tag));
    unchanged.status = 304;
    let cold = format!("{video}/api/hls/{FILM}/{QUALITY}.m3u8");
    let mut all = vec![
        Case::plain("healthz", &format!("{viewer}/healthz")),
        // What bytes cost that are in the program.
        Case::plain("static page", &format!("{viewer}/")),
        Case::plain("static script", &format!("{viewer}{}", script(place)?)),
        unchanged,
        place.case("thumbnail", &thumbnail),
        place.case("listing of 1,000", &format!("{viewer}/api/media?limit=1000")),
    ];
    all.extend(views(place)?);
    all.extend([
        place.case("master, warm", &master),
        place.case("600 segments, warm", &variant),
        Case { cold: Some("v"), ..place.case("600 segments, cold", &cold) },
    ]);
    Ok(all)
}

/// The largest file of the page.
fn script(place: &Place) -> Result<String, Failure> {
    let page = place.get(&format!("{}/", place.viewer))?.into_body().read_to_string()?;
    let scripts = page.split('"').filter(|part| part.starts_with("/assets/") && part.rsplit('.').next() == Some("js"));
    Ok(scripts.last().ok_or("the page has no script")?.to_owned())
}

/// The timeline and its largest block. An earlier version may have neither.
fn views(place: &Place) -> Result<Vec<Case>, Failure> {
    let url = format!("{}/api/timeline", place.viewer);
    let Ok(answer) = place.get(&url) else { return Ok(Vec::new()) };
    let tag = answer.headers().get("etag").and_then(|tag| tag.to_str().ok()).ok_or("no ETag")?.replace('"', "");
    let timeline: Value = serde_json::from_str(&answer.into_body().read_to_string()?)?;
    let blocks = timeline["blocks"].as_array().ok_or("the timeline has no blocks")?;
    let largest = blocks.iter().max_by_key(|block| block[1].as_u64()).ok_or("there is no block")?;
    let block = format!("{}/api/blocks/{}", place.viewer, largest[0].as_str().unwrap_or_default());
    let mut unchanged = place.case("timeline, 304", &url);
    unchanged.headers.push(("if-none-match", format!("\"{tag}-gzip\"")));
    unchanged.status = 304;
    Ok(vec![place.case("timeline of 10,000", &url), unchanged, place.case("block of 128", &block)])
}
