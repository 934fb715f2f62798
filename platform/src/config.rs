//! Configuration and secrets, read once from whatever a host keeps them in.
//!
//! An adapter gives a lookup from a name (upper case) to a value; an error names the key, never the value.

use std::fmt;

use sigv4::{Bucket, Credentials, UrlStyle};
use zeroize::Zeroizing;

use crate::{catalogue::Source, sql_http::Endpoint};

/// A value that is missing or cannot be read. Holds its name and what is wanted, never the value.
#[derive(Debug, PartialEq, Eq)]
pub struct ConfigError {
    pub name: &'static str,
    pub wanted: &'static str,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "configuration: {} {}", self.name, self.wanted)
    }
}

impl std::error::Error for ConfigError {}

/// The names whose values are secrets. Where a host keeps secrets apart, they are read from there and from nowhere else.
pub const SECRETS: [&str; 6] = [
    "GALLERY_PASSWORD",
    "AUTH_SECRET",
    "R2_ACCESS_KEY_ID",
    "R2_SECRET_ACCESS_KEY",
    "R2_SESSION_TOKEN",
    "SQL_AUTH_TOKEN",
];

/// The shortest `AUTH_SECRET`, in bytes.
pub const MIN_SECRET_BYTES: usize = 32;

/// Reads names from a host's configuration. An empty value counts as missing.
pub struct Lookup<'a>(pub &'a dyn Fn(&str) -> Option<String>);

impl Lookup<'_> {
    pub fn optional(&self, name: &'static str) -> Option<String> {
        (self.0)(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    pub fn required(&self, name: &'static str) -> Result<String, ConfigError> {
        self.optional(name).ok_or(ConfigError { name, wanted: "is not set" })
    }

    /// `AUTH_SECRET`: what sessions are signed with.
    pub fn auth_secret(&self) -> Result<Zeroizing<String>, ConfigError> {
        let secret = Zeroizing::new(self.required("AUTH_SECRET")?);
        if secret.len() < MIN_SECRET_BYTES {
            return Err(ConfigError { name: "AUTH_SECRET", wanted: "must have at least 32 characters" });
        }
        Ok(secret)
    }

    /// The origins, besides its own, whose pages may call a service with credentials: `ALLOWED_ORIGINS`, separated by commas.
    pub fn allowed_origins(&self) -> Result<Vec<String>, ConfigError> {
        let listed = self.optional("ALLOWED_ORIGINS").unwrap_or_default();
        listed
            .split(',')
            .map(str::trim)
            .filter(|text| !text.is_empty())
            .map(|text| {
                origin(text).filter(|origin| origin == text).ok_or(ConfigError {
                    name: "ALLOWED_ORIGINS",
                    wanted: "must be origins such as https://gallery.example, separated by commas",
                })
            })
            .collect()
    }

    /// The database behind HTTP, if there is one: `SQL_URL`, and `SQL_AUTH_TOKEN` where it wants a token.
    pub fn sql(&self) -> Result<Option<Endpoint>, ConfigError> {
        let token = self.optional("SQL_AUTH_TOKEN").map(Zeroizing::new);
        self.optional("SQL_URL").map(|url| Endpoint::new(&url, token.as_ref().map(|token| token.as_str()))).transpose()
    }

    /// Whether a proxy of one's own stands before the host, so that `X-Forwarded-*` can be believed: `TRUST_FORWARDED`, `true` or `1`.
    pub fn trust_forwarded(&self) -> bool {
        self.optional("TRUST_FORWARDED").is_some_and(|value| value == "true" || value == "1")
    }

    /// Where the catalogue is read from: `CATALOGUE`, which is `sql` unless it says `snapshot`.
    pub fn catalogue(&self) -> Result<Source, ConfigError> {
        match self.optional("CATALOGUE").as_deref() {
            None | Some("sql") => Ok(Source::Sql),
            Some("snapshot") => Ok(Source::Snapshot),
            Some(_) => Err(ConfigError { name: "CATALOGUE", wanted: "must be sql or snapshot" }),
        }
    }

    /// The bucket and the key to it: `R2_*`, with `R2_ACCOUNT_ID` for R2 or `S3_ENDPOINT` for any other store.
    pub fn bucket(&self) -> Result<(Bucket, Credentials), ConfigError> {
        let name = self.required("R2_BUCKET_NAME")?;
        let region = self.optional("R2_REGION").unwrap_or_else(|| "auto".to_owned());
        let style = match self.optional("S3_URL_STYLE").as_deref() {
            None | Some("path") => UrlStyle::Path,
            Some("virtual-host") => UrlStyle::VirtualHost,
            Some(_) => return Err(ConfigError { name: "S3_URL_STYLE", wanted: "must be path or virtual-host" }),
        };
        let bucket = if let Some(endpoint) = self.optional("S3_ENDPOINT") {
            Bucket::new(&endpoint, style, &name, &region).map_err(|_| ConfigError {
                name: "S3_ENDPOINT",
                wanted: "must be a URL such as https://s3.eu-central-1.amazonaws.com, with a bucket name S3 allows",
            })?
        } else {
            let account = self
                .optional("R2_ACCOUNT_ID")
                .ok_or(ConfigError { name: "S3_ENDPOINT", wanted: "or R2_ACCOUNT_ID is needed, and neither is set" })?;
            let jurisdiction = self.optional("R2_JURISDICTION");
            Bucket::r2(&account, jurisdiction.as_deref(), &name)
                .map_err(|_| ConfigError { name: "R2_ACCOUNT_ID", wanted: "must be the account's hexadecimal id" })?
        };
        let mut credentials =
            Credentials::new(self.required("R2_ACCESS_KEY_ID")?, self.required("R2_SECRET_ACCESS_KEY")?);
        if let Some(token) = self.optional("R2_SESSION_TOKEN") {
            credentials = credentials.with_session_token(token);
        }
        Ok((bucket, credentials))
    }
}

/// The configuration of a host that has no SQL of its own: without `CATALOGUE` and `SQL_URL`, `CATALOGUE` reads as `snapshot`.
pub fn without_own_sql(get: impl Fn(&str) -> Option<String>) -> impl Fn(&str) -> Option<String> {
    move |name| {
        let is_set = |name| get(name).is_some_and(|value| !value.trim().is_empty());
        if name == "CATALOGUE" && !is_set("CATALOGUE") && !is_set("SQL_URL") {
            return Some("snapshot".to_owned());
        }
        get(name)
    }
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
    fn an_error_names_the_key_and_never_the_value() {
        let values = with(&[
            ("AUTH_SECRET", "short-and-secret"),
            ("R2_BUCKET_NAME", "b"),
            ("S3_ENDPOINT", "nonsense-and-secret"),
        ]);
        let lookup = Lookup(&values);
        for error in [lookup.auth_secret().unwrap_err(), lookup.bucket().unwrap_err()] {
            assert!(!error.to_string().contains("secret"), "{error}");
            assert!(error.to_string().contains(error.name));
        }
        assert_eq!(Lookup(&with(&[])).auth_secret().unwrap_err().to_string(), "configuration: AUTH_SECRET is not set");
    }

    #[test]
    fn where_the_catalogue_is() {
        let of = |values: &[(&str, &str)]| Lookup(&with(values)).catalogue();
        let of_host = |values: &[(&str, &str)]| Lookup(&without_own_sql(with(values))).catalogue();
        let (snapshot, sql) = (("CATALOGUE", "snapshot"), ("CATALOGUE", "sql"));
        let url = ("SQL_URL", "http://127.0.0.1:8081");
        assert_eq!((of(&[]), of_host(&[])), (Ok(Source::Sql), Ok(Source::Snapshot)));
        assert_eq!((of(&[url]), of_host(&[url])), (Ok(Source::Sql), Ok(Source::Sql)));
        assert_eq!((of(&[snapshot, url]), of_host(&[snapshot, url])), (Ok(Source::Snapshot), Ok(Source::Snapshot)));
        assert_eq!((of(&[sql]), of_host(&[sql])), (Ok(Source::Sql), Ok(Source::Sql)));
        assert_eq!(of(&[("CATALOGUE", "postgres")]).unwrap_err().name, "CATALOGUE");
        assert!(Lookup(&with(&[])).sql().is_ok_and(|endpoint| endpoint.is_none()));
        assert!(Lookup(&with(&[url])).sql().is_ok_and(|endpoint| endpoint.is_some()));
    }

    #[test]
    fn origins() {
        assert_eq!(origin("https://a.example/x?y").as_deref(), Some("https://a.example"));
        assert_eq!(origin("http://127.0.0.1:9000").as_deref(), Some("http://127.0.0.1:9000"));
        for bad in ["", "/x", "a.example", "ftp://a.example", "https://u:p@a.example", "javascript:alert(1)"] {
            assert_eq!(origin(bad), None, "{bad}");
        }
        let values = with(&[("ALLOWED_ORIGINS", "https://a.example, http://b.example:8080")]);
        assert_eq!(Lookup(&values).allowed_origins().unwrap(), ["https://a.example", "http://b.example:8080"]);
        let values = with(&[("ALLOWED_ORIGINS", "https://a.example/path")]);
        assert!(Lookup(&values).allowed_origins().is_err());
    }
}
