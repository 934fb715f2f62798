//! A player that follows every URI of a film, and knows from the package itself where each must lead.

use std::collections::{BTreeMap, BTreeSet};

use gallery::key::percent_decode;
use url::Url;

use crate::fixture::{BASE, Fixture};

/// A film as another program packaged it: its files by their places below the film's folder.
pub type Package = BTreeMap<String, String>;

const SERVICE: &str = "https://films.example";
/// Where the package's program thought that the package would lie.
const ORIGIN: &str = "https://origin.example/film/";

/// A walk through the film `key` with one delivery.
pub struct Walk<'a> {
    pub at: &'a Fixture,
    pub delivery: &'a str,
    pub package: &'a Package,
    /// `hls/{key}/{version}/` in the bucket.
    pub prefix: String,
    /// The files that were reached.
    pub reached: BTreeSet<String>,
    /// How many URIs were asked from the service.
    pub asked: usize,
}

impl Walk<'_> {
    /// Follows a playlist, which the package has at `place` and the service at `url`.
    pub fn playlist(&mut self, url: &Url, place: &str) {
        if !self.reached.insert(place.to_owned()) {
            return;
        }
        let served = self.ok(url, "application/vnd.apple.mpegurl");
        assert!(!served.starts_with('\u{feff}'), "{place}: a byte order mark");
        assert!(served.contains(&mark(place)), "{url} is not {place} but {served}");
        let own = Url::parse(ORIGIN).unwrap().join(&encode(place)).unwrap();
        let (was, is) = (uris(&self.package[place]), uris(&served));
        assert_eq!(was.len(), is.len(), "{place}: {served}");
        // Without an offset, a byte range goes on where the last one of the same text ended.
        let mut texts = BTreeMap::new();
        for (was, is) in was.iter().zip(&is) {
            assert_eq!(*texts.entry(was).or_insert(is), is, "{place}: {was} has two texts");
        }
        for (was, is) in was.iter().zip(&is) {
            let (target, url) = (own.join(was).unwrap(), url.join(is).unwrap());
            match target.as_str().split(['?', '#']).next().and_then(|path| path.strip_prefix(ORIGIN)) {
                Some(path) => self.file(&url, &percent_decode(path).unwrap()),
                None => assert_eq!(was, is, "{place}: what is not ours stays"),
            }
        }
    }

    /// Asks for what the package has at `place`.
    fn file(&mut self, url: &Url, place: &str) {
        let content = self.package.get(place).unwrap_or_else(|| panic!("{place} is not in the package")).clone();
        if content.trim_start_matches('\u{feff}').starts_with("#EXTM3U") {
            return self.playlist(url, place);
        }
        self.reached.insert(place.to_owned());
        if !url.as_str().starts_with(SERVICE) {
            assert!(matches!(self.delivery, "presign" | "public"), "{url}");
            return self.object(url.as_str(), place);
        }
        // Texts that scripts read come from the service itself.
        let is_text = [".vtt", ".webvtt", ".json"].iter().any(|end| place.to_ascii_lowercase().ends_with(end));
        if self.delivery == "proxy" || (is_text && self.delivery != "public") {
            assert_eq!(self.ok(url, media_type(place)), content, "{url}");
        } else {
            self.asked += 1;
            let (status, location, body) = self.at.get(&path_of(url));
            assert_eq!(status, 302, "{url}: {body}");
            self.object(&location, place);
        }
    }

    /// Whether a URL of the store is that of the object at `place`.
    fn object(&self, url: &str, place: &str) {
        let store = if self.delivery == "public" { BASE } else { "https://store.example/media" };
        let (path, query) = url.split_once('?').unwrap_or((url, ""));
        let key = path.strip_prefix(store).and_then(|path| percent_decode(path).ok()).unwrap_or_default();
        assert_eq!(key, format!("/{}{place}", self.prefix), "{url}");
        assert_eq!(query.contains("X-Amz-Signature="), self.delivery != "public", "{url}");
    }

    fn ok(&mut self, url: &Url, media_type: &str) -> String {
        self.asked += 1;
        let response = self.at.ask(&path_of(url));
        let header = |name| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let (kind, sniff) = (header("content-type"), header("x-content-type-options"));
        let status = response.status().as_u16();
        let text = String::from_utf8(response.into_body().to_vec()).unwrap();
        assert_eq!(status, 200, "{url}: {text}");
        assert_eq!((kind.as_deref(), sniff.as_deref()), (Some(media_type), Some("nosniff")), "{url}");
        text
    }
}

/// The URL of a film's master playlist, below a token if there is one.
pub fn master(key: &str, token: Option<&str>, version: Option<&str>) -> Url {
    let token = token.map(|token| format!("~{token}/")).unwrap_or_default();
    let version = version.map(|version| format!("&v={version}")).unwrap_or_default();
    let key = gallery::key::percent_encode(key);
    Url::parse(&format!("{SERVICE}/api/hls/{token}playlist?key={key}{version}")).unwrap()
}

/// A comment by which a playlist is recognised.
pub fn mark(place: &str) -> String {
    format!("# this is {place} itself")
}

fn path_of(url: &Url) -> String {
    url[url::Position::BeforePath..url::Position::AfterQuery].to_owned()
}

/// A place as a relative URL.
fn encode(place: &str) -> String {
    format!("./{}", gallery::key::percent_encode(place))
}

/// Every URI of a playlist, in order, without those that the service leaves out.
fn uris(text: &str) -> Vec<String> {
    let mut variables: Vec<(String, String)> = Vec::new();
    let mut found = Vec::new();
    let quoted = |line: &str, name: &str| {
        let from = line.find(&format!("{name}=\""))? + name.len() + 2;
        Some(line[from..].split('"').next()?.to_owned())
    };
    for line in text.lines().map(str::trim).filter(|line| !line.contains("foreign-steering")) {
        if line.starts_with("#EXT-X-DEFINE:") {
            variables.extend(quoted(line, "NAME").zip(quoted(line, "VALUE")));
        } else if line.starts_with('#') {
            let names = [":URI", ",URI", "SERVER-URI", "X-ASSET-URI", "X-ASSET-LIST"];
            found.extend(names.iter().filter_map(|name| quoted(line, name)));
        } else if !line.is_empty() && line != "\u{feff}#EXTM3U" {
            found.push(line.to_owned());
        }
    }
    for uri in &mut found {
        for (name, value) in &variables {
            *uri = uri.replace(&format!("{{${name}}}"), value);
        }
    }
    found
}

/// The type of a file that the service hands on. Nothing is of a type that a browser would run.
fn media_type(place: &str) -> &'static str {
    match place.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).as_deref() {
        Some("ts") => "video/mp2t",
        Some("m4s") => "video/iso.segment",
        Some("mp4" | "cmfv") => "video/mp4",
        Some("cmfa" | "m4a") => "audio/mp4",
        Some("aac") => "audio/aac",
        Some("vtt" | "webvtt") => "text/vtt",
        Some("json") => "application/json",
        Some("jpg") => "image/jpeg",
        Some("webp") => "image/webp",
        _ => "application/octet-stream",
    }
}
