//! The address of the bucket, and the credentials for it.

use platform::config::{
    ConfigError, Lookup,
    names::{
        R2_ACCESS_KEY_ID, R2_ACCOUNT_ID, R2_BUCKET_NAME, R2_JURISDICTION, R2_REGION, R2_SECRET_ACCESS_KEY,
        R2_SESSION_TOKEN, S3_ENDPOINT, S3_URL_STYLE, STORE_PUBLIC_URL,
    },
    origin,
};
use sigv4::{Bucket, Credentials, UrlStyle};

/// A bucket, and the credentials for it.
#[derive(Clone, Debug)]
pub struct Location {
    /// The name of the bucket, as the owner of the store writes it.
    pub name: String,
    pub bucket: Bucket,
    /// The same bucket as browsers reach it, if they reach it elsewhere.
    pub public: Option<Bucket>,
    pub credentials: Credentials,
}

impl Location {
    /// Reads the names `R2_*`, with `R2_ACCOUNT_ID` for R2 or `S3_ENDPOINT` for any other store, and
    /// `STORE_PUBLIC_URL`.
    pub fn load(lookup: &Lookup<'_>) -> Result<Self, ConfigError> {
        let name = lookup.required(R2_BUCKET_NAME)?;
        let region = lookup.required(R2_REGION)?;
        let style = style(lookup)?;
        let bucket = if let Some(endpoint) = lookup.optional(S3_ENDPOINT) {
            Bucket::new(&endpoint, style, &name, &region)
        } else {
            let missing = ConfigError::new(S3_ENDPOINT, "or R2_ACCOUNT_ID is needed, and neither is set");
            let account = lookup.optional(R2_ACCOUNT_ID).ok_or(missing)?;
            Bucket::r2(&account, lookup.optional(R2_JURISDICTION).as_deref(), &name)
        };
        let bucket = bucket.map_err(unusable)?;
        let wanted = ConfigError::new(STORE_PUBLIC_URL, "must be a URL such as https://store.example");
        let public = lookup.optional(STORE_PUBLIC_URL);
        let public = public.map(|url| Bucket::new(&url, style, &name, &region).map_err(|_| wanted)).transpose()?;
        let mut credentials =
            Credentials::new(lookup.required(R2_ACCESS_KEY_ID)?, lookup.required(R2_SECRET_ACCESS_KEY)?);
        if let Some(token) = lookup.optional(R2_SESSION_TOKEN) {
            credentials = credentials.with_session_token(token);
        }
        Ok(Self { name, bucket, public, credentials })
    }

    /// The scheme, host and port of the bucket, which may be shown.
    pub fn origin(&self) -> String {
        origin(self.bucket.base_url()).unwrap_or_default()
    }

    /// The same as browsers know it.
    pub fn public_origin(&self) -> String {
        origin(self.public.as_ref().unwrap_or(&self.bucket).base_url()).unwrap_or_default()
    }
}

/// Which name it is that cannot be used.
fn unusable(error: sigv4::Error) -> ConfigError {
    match error {
        sigv4::Error::BucketName => ConfigError::new(R2_BUCKET_NAME, "must be a name that S3 allows in such a URL"),
        sigv4::Error::Region => ConfigError::new(R2_REGION, "must be a region such as auto or eu-central-1"),
        sigv4::Error::Account => {
            ConfigError::new(R2_ACCOUNT_ID, "must be the account's hexadecimal id, and R2_JURISDICTION such as eu")
        }
        _ => ConfigError::new(
            S3_ENDPOINT,
            "must be a URL such as https://s3.eu-central-1.amazonaws.com; with S3_URL_STYLE virtual-host, of a host name",
        ),
    }
}

fn style(lookup: &Lookup<'_>) -> Result<UrlStyle, ConfigError> {
    match lookup.required(S3_URL_STYLE)?.as_str() {
        "path" => Ok(UrlStyle::Path),
        "virtual-host" => Ok(UrlStyle::VirtualHost),
        _ => Err(ConfigError::new(S3_URL_STYLE, "must be path or virtual-host")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: [(&str, &str); 4] = [
        ("R2_ACCESS_KEY_ID", "key-value"),
        ("R2_SECRET_ACCESS_KEY", "secret-value"),
        ("R2_BUCKET_NAME", "photos"),
        ("R2_ACCOUNT_ID", "0123abc"),
    ];

    fn location(without: &str, with: &[(&str, &str)]) -> Result<Location, ConfigError> {
        let find = |name: &str| {
            let mut all = with.iter().chain(&SETTINGS).filter(|(known, _)| *known == name && *known != without);
            all.next().map(|(_, value)| (*value).to_owned())
        };
        Location::load(&Lookup(&find))
    }

    #[test]
    fn r2_or_any_other_store() {
        assert_eq!(location("", &[]).unwrap().bucket.base_url(), "https://0123abc.r2.cloudflarestorage.com/photos");
        let europe = location("", &[("R2_JURISDICTION", "eu")]).unwrap();
        assert_eq!(europe.bucket.base_url(), "https://0123abc.eu.r2.cloudflarestorage.com/photos");
        let other = [("S3_ENDPOINT", "https://s3.example"), ("S3_URL_STYLE", "virtual-host")];
        assert_eq!(location("", &other).unwrap().bucket.base_url(), "https://photos.s3.example");
    }

    #[test]
    fn browsers_may_know_the_store_by_another_address() {
        let inside = ("S3_ENDPOINT", "http://0.0.0.0:9000");
        assert_eq!(location("", &[inside]).unwrap().public_origin(), "http://0.0.0.0:9000");
        let both = location("", &[inside, ("STORE_PUBLIC_URL", "https://store.example")]).unwrap();
        assert_eq!(
            (both.origin(), both.public_origin()),
            ("http://0.0.0.0:9000".into(), "https://store.example".into())
        );
        assert_eq!(both.public.unwrap().base_url(), "https://store.example/photos");
        assert_eq!(location("", &[("STORE_PUBLIC_URL", "store")]).unwrap_err().name, "STORE_PUBLIC_URL");
    }

    #[test]
    fn an_error_names_the_key_and_no_secret_is_shown() {
        for (name, _) in SETTINGS {
            let text = location(name, &[]).unwrap_err().to_string();
            assert!(text.contains(name) && !text.contains("value"), "{text}");
        }
        assert_eq!(location("", &[("S3_ENDPOINT", "nonsense")]).unwrap_err().name, "S3_ENDPOINT");
        for (bad, name) in [
            (&[("S3_ENDPOINT", "https://s3.example"), ("S3_URL_STYLE", "odd")][..], "S3_URL_STYLE"),
            (&[("S3_URL_STYLE", "odd")], "S3_URL_STYLE"),
            (&[("R2_BUCKET_NAME", "Bad/Bucket")], "R2_BUCKET_NAME"),
            (&[("R2_JURISDICTION", "e/u")], "R2_ACCOUNT_ID"),
            (&[("S3_ENDPOINT", "https://s3.example"), ("R2_REGION", "a b")], "R2_REGION"),
        ] {
            assert_eq!(location("", bad).unwrap_err().name, name, "{bad:?}");
        }
        let shown = format!("{:?}", location("", &[("R2_SESSION_TOKEN", "token-value")]).unwrap());
        assert!(!shown.contains("secret-value") && !shown.contains("token-value"), "{shown}");
    }
}
