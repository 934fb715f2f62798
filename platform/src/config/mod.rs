//! Configuration and secrets, read once from wherever a host keeps them.
//!
//! An adapter gives a [`Lookup`] from a name to a value. Each configured type loads itself from the look-up, by the
//! names in [`names`]. [`table`] says what each name means. An error names the key, never the value.

pub mod names;
pub mod table;

use std::{fmt, time::Duration};

pub use names::Name;

/// A value is missing or cannot be read. The error holds the name of the value and what is expected, never the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConfigError {
    pub name: &'static str,
    pub wanted: &'static str,
}

impl ConfigError {
    pub const fn new(name: Name, wanted: &'static str) -> Self {
        Self { name: name.text(), wanted }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "configuration: {} {}", self.name, self.wanted)
    }
}

impl std::error::Error for ConfigError {}

/// Reads names from a host's configuration. An empty value counts as missing.
pub struct Lookup<'a>(pub &'a dyn Fn(&str) -> Option<String>);

impl Lookup<'_> {
    /// The value. Without a value, the default of the name if it has one.
    pub fn optional(&self, name: Name) -> Option<String> {
        let given = (self.0)(name.text()).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        given.or_else(|| name.default().map(str::to_owned))
    }

    pub fn required(&self, name: Name) -> Result<String, ConfigError> {
        self.optional(name).ok_or(ConfigError::new(name, "is not set"))
    }

    /// Whether a switch is on: `true` or `1`. `false` and `0` say the same as no value.
    pub fn switch(&self, name: Name) -> Result<bool, ConfigError> {
        match self.optional(name).as_deref() {
            None | Some("false" | "0") => Ok(false),
            Some("true" | "1") => Ok(true),
            Some(_) => Err(ConfigError::new(name, "must be true or false")),
        }
    }

    /// A whole number of bytes.
    pub fn bytes(&self, name: Name) -> Result<Option<u64>, ConfigError> {
        let error = ConfigError::new(name, "must be a whole number of bytes");
        self.optional(name).map(|text| text.parse().map_err(|_| error)).transpose()
    }

    /// A whole number of requests, at least one.
    pub fn count(&self, name: Name) -> Result<Option<u64>, ConfigError> {
        let error = ConfigError::new(name, "must be a whole number above zero");
        let number = |text: String| text.parse().ok().filter(|number| *number > 0).ok_or(error);
        self.optional(name).map(number).transpose()
    }

    /// A whole number of seconds.
    pub fn seconds(&self, name: Name) -> Result<Option<Duration>, ConfigError> {
        let error = ConfigError::new(name, "must be a whole number of seconds");
        self.optional(name).map(|text| text.parse().map(Duration::from_secs).map_err(|_| error)).transpose()
    }

    /// An [`origin`]. A slash at its end is dropped.
    pub fn origin(&self, name: Name) -> Result<Option<String>, ConfigError> {
        let error = ConfigError::new(name, "must be an origin such as https://video.example");
        let Some(text) = self.optional(name) else { return Ok(None) };
        let text = text.trim_end_matches('/');
        origin(text).filter(|origin| origin == text).map(Some).ok_or(error)
    }

    /// [`origin`]s, separated by commas, as browsers write them.
    pub fn origins(&self, name: Name) -> Result<Vec<String>, ConfigError> {
        let error = ConfigError::new(name, "must be origins such as https://gallery.example, separated by commas");
        let listed = self.optional(name).unwrap_or_default();
        let listed = listed.split(',').map(str::trim).filter(|text| !text.is_empty());
        listed
            .map(|text| origin(text).filter(|origin| origin == text).map(|origin| serialized(&origin)).ok_or(error))
            .collect()
    }
}

/// An origin as browsers write it: in lower case, and without a port that the scheme has anyway
/// (<https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin>).
fn serialized(origin: &str) -> String {
    let origin = origin.to_ascii_lowercase();
    let port = if origin.starts_with("https:") { ":443" } else { ":80" };
    origin.strip_suffix(port).unwrap_or(&origin).to_owned()
}

/// Scheme, host and port of an http(s) URL, without a path; `None` for anything else.
pub fn origin(url: &str) -> Option<String> {
    let uri: http::Uri = url.parse().ok()?;
    let scheme = uri.scheme_str().filter(|scheme| matches!(*scheme, "http" | "https"))?;
    let authority = uri.authority().filter(|authority| !authority.as_str().contains('@'))?;
    Some(format!("{scheme}://{authority}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with<'a>(values: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<String> + 'a {
        move |name| values.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
    }

    #[test]
    fn a_default_stands_in_for_what_is_missing_or_empty() {
        assert_eq!(Lookup(&with(&[])).optional(names::R2_REGION).as_deref(), Some("auto"));
        assert_eq!(Lookup(&with(&[("R2_REGION", " ")])).optional(names::R2_REGION).as_deref(), Some("auto"));
        assert_eq!(Lookup(&with(&[("R2_REGION", "eu")])).optional(names::R2_REGION).as_deref(), Some("eu"));
        let error = Lookup(&with(&[])).required(names::AUTH_SECRET).unwrap_err();
        assert_eq!(error.to_string(), "configuration: AUTH_SECRET is not set");
    }

    #[test]
    fn switches_and_numbers() {
        let switch = |value: &str| Lookup(&with(&[("TRUST_FORWARDED", value)])).switch(names::TRUST_FORWARDED);
        for (value, on) in [("true", true), ("1", true), ("false", false), ("0", false), ("", false)] {
            assert_eq!(switch(value), Ok(on), "{value}");
        }
        assert_eq!(switch("yes").unwrap_err().name, "TRUST_FORWARDED");
        let count = |value: &str| Lookup(&with(&[("MAX_FETCHES", value)])).count(names::MAX_FETCHES);
        assert_eq!((count("32"), count("")), (Ok(Some(32)), Ok(None)));
        for bad in ["0", "-1", "many"] {
            assert_eq!(count(bad).unwrap_err().name, "MAX_FETCHES", "{bad}");
        }
        let bytes = |value: &str| Lookup(&with(&[("MAX_BODY_BYTES", value)])).bytes(names::MAX_BODY_BYTES);
        assert_eq!((bytes("12"), bytes("")), (Ok(Some(12)), Ok(None)));
        assert_eq!(bytes("12 MB").unwrap_err().name, "MAX_BODY_BYTES");
        let seconds = |value: &str| Lookup(&with(&[("SHUTDOWN_GRACE", value)])).seconds(names::SHUTDOWN_GRACE);
        assert_eq!((seconds("5"), seconds("")), (Ok(Some(Duration::from_secs(5))), Ok(Some(Duration::from_mins(1)))));
        assert_eq!(seconds("1 min").unwrap_err().name, "SHUTDOWN_GRACE");
    }

    #[test]
    fn origins() {
        assert_eq!(origin("https://a.example/x?y").as_deref(), Some("https://a.example"));
        assert_eq!(origin("http://127.0.0.1:9000").as_deref(), Some("http://127.0.0.1:9000"));
        for bad in ["", "/x", "a.example", "ftp://a.example", "https://u:p@a.example", "javascript:alert(1)"] {
            assert_eq!(origin(bad), None, "{bad}");
        }
        let listed = |value: &str| Lookup(&with(&[("ALLOWED_ORIGINS", value)])).origins(names::ALLOWED_ORIGINS);
        assert_eq!(
            listed("https://a.example, http://b.example:8080").unwrap(),
            ["https://a.example", "http://b.example:8080"]
        );
        assert_eq!(
            listed("https://A.example:443,http://b.Example:80,https://c.example:80").unwrap(),
            ["https://a.example", "http://b.example", "https://c.example:80"]
        );
        assert!(listed("https://a.example/path").is_err());
        let one = |value: &str| Lookup(&with(&[("VIDEO_ORIGIN", value)])).origin(names::VIDEO_ORIGIN);
        assert_eq!(one("https://v.example/").unwrap().as_deref(), Some("https://v.example"));
        assert!(one("https://v.example/x").is_err());
    }
}
