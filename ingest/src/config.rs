//! Where media goes, under the names the services use too.

use std::fmt;

/// A bucket of an S3-compatible store, and the key to it.
#[derive(Clone)]
pub struct Store {
    /// `https://host[:port]`
    pub endpoint: String,
    pub bucket: String,
    /// `auto` for R2.
    pub region: String,
    pub access_key_id: String,
    pub secret_access_key: String,
}

/// Why there is no configuration. Shows the setting's name, never its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingSetting(String);

impl Store {
    /// Reads the settings by their names; an empty value counts as none.
    ///
    /// `R2_ACCESS_KEY_ID`, `R2_SECRET_ACCESS_KEY`, `R2_BUCKET_NAME`, `R2_REGION` (`auto`), and `S3_ENDPOINT`
    /// or `R2_ACCOUNT_ID`.
    pub fn from_settings(setting: impl Fn(&str) -> Option<String>) -> Result<Self, MissingSetting> {
        let optional = |name: &str| setting(name).filter(|value| !value.is_empty());
        let required = |name: &str| optional(name).ok_or_else(|| MissingSetting(name.to_owned()));
        let endpoint = match optional("S3_ENDPOINT") {
            Some(endpoint) => endpoint,
            None => match optional("R2_ACCOUNT_ID") {
                Some(account) => format!("https://{account}.r2.cloudflarestorage.com"),
                None => return Err(MissingSetting("S3_ENDPOINT (or R2_ACCOUNT_ID)".to_owned())),
            },
        };
        Ok(Self {
            endpoint,
            bucket: required("R2_BUCKET_NAME")?,
            region: optional("R2_REGION").unwrap_or_else(|| "auto".to_owned()),
            access_key_id: required("R2_ACCESS_KEY_ID")?,
            secret_access_key: required("R2_SECRET_ACCESS_KEY")?,
        })
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store")
            .field("endpoint", &self.endpoint)
            .field("bucket", &self.bucket)
            .field("region", &self.region)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for MissingSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is not set", self.0)
    }
}

impl std::error::Error for MissingSetting {}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: [(&str, &str); 4] = [
        ("R2_ACCESS_KEY_ID", "key-value"),
        ("R2_SECRET_ACCESS_KEY", "secret-value"),
        ("R2_BUCKET_NAME", "photos"),
        ("R2_ACCOUNT_ID", "0123abc"),
    ];

    fn store(without: &str, with: &[(&str, &str)]) -> Result<Store, MissingSetting> {
        Store::from_settings(|name| {
            let all = with.iter().chain(&SETTINGS);
            let mut found = all.filter(|(known, _)| *known == name && *known != without);
            found.next().map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn r2_or_any_other_store() {
        let r2 = store("", &[]).unwrap();
        assert_eq!(r2.endpoint, "https://0123abc.r2.cloudflarestorage.com");
        assert_eq!(r2.region, "auto");
        let other = store("", &[("S3_ENDPOINT", "http://localhost:9000"), ("R2_REGION", "eu")]).unwrap();
        assert_eq!(other.endpoint, "http://localhost:9000");
        assert_eq!(other.region, "eu");
    }

    #[test]
    fn a_missing_setting_is_named_and_no_value_is() {
        for (name, _) in SETTINGS {
            let text = store(name, &[]).unwrap_err().to_string();
            assert!(text.contains(name) && !text.contains("value"), "{text}");
        }
        assert!(store("", &[("R2_BUCKET_NAME", "")]).is_err());
        let shown = format!("{:?}", store("", &[]).unwrap());
        assert!(!shown.contains("-value"), "{shown}");
    }
}
