use core::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::date::{amz_date, day};
use crate::sha256::{BLOCK, HmacKey, Prefix, State, bytes};
use crate::{Credentials, hex};

/// The key that signs on one UTC date in one region, derived from credentials. Keep the key in memory, and call
/// [`valid_for`](Self::valid_for) before each use: a derivation costs 14 compressions, a check two.
#[derive(Clone)]
pub struct SigningKey {
    access_key_id: String,
    session_token: Option<Zeroizing<String>>,
    region: String,
    /// UTC days since 1970-01-01.
    day: u64,
    /// `date/region/service/aws4_request`
    scope: String,
    /// The secret as an HMAC key. It shows whether other credentials hold the same secret, and cannot be turned back
    /// into it.
    secret: HmacKey,
    signing: HmacKey,
}

impl SigningKey {
    /// Derives the key for the UTC date of `now` (unix seconds) and `region`, for the service `s3`.
    pub fn derive(credentials: &Credentials, region: &str, now: u64) -> Self {
        Self::derive_for_service(credentials, region, "s3", now)
    }

    /// The published test suite signs for a service named `service`.
    pub(crate) fn derive_for_service(credentials: &Credentials, region: &str, service: &str, now: u64) -> Self {
        let timestamp = amz_date(now);
        let date = &timestamp[..8];
        let secret = secret_hmac(credentials);
        let mut signing = secret.clone();
        for step in [date, region.as_bytes(), service.as_bytes(), b"aws4_request"] {
            signing = HmacKey::new(&*Zeroizing::new(bytes(&signing.mac(step))));
        }
        let date = String::from_utf8_lossy(date);
        Self {
            access_key_id: credentials.access_key_id().to_owned(),
            session_token: credentials.session_token().cloned(),
            region: region.to_owned(),
            day: day(now),
            scope: format!("{date}/{region}/{service}/aws4_request"),
            secret,
            signing,
        }
    }

    /// Whether this key is what [`derive`](Self::derive) would return: it has the same key id, secret, session token,
    /// region and UTC date. Secrets are compared in constant time. The answer is false after midnight UTC and after a
    /// rotation of the credentials; then derive a new key.
    pub fn valid_for(&self, credentials: &Credentials, region: &str, now: u64) -> bool {
        let secret = secret_hmac(credentials);
        let same_secret =
            self.secret.inner[..].ct_eq(&secret.inner[..]) & self.secret.outer[..].ct_eq(&secret.outer[..]);
        let same_token = match (&self.session_token, credentials.session_token()) {
            (None, None) => true,
            (Some(ours), Some(theirs)) => ours.as_bytes().ct_eq(theirs.as_bytes()).into(),
            _ => false,
        };
        self.day == day(now)
            && self.region == region
            && self.access_key_id == credentials.access_key_id()
            && bool::from(same_secret)
            && same_token
    }

    pub(crate) fn access_key_id(&self) -> &str {
        &self.access_key_id
    }

    pub(crate) fn session_token(&self) -> Option<&str> {
        self.session_token.as_ref().map(|token| token.as_str())
    }

    pub(crate) fn region(&self) -> &str {
        &self.region
    }

    pub(crate) fn day(&self) -> u64 {
        self.day
    }

    pub(crate) fn scope(&self) -> &str {
        &self.scope
    }

    pub(crate) fn hmac(&self) -> &HmacKey {
        &self.signing
    }

    /// The string to sign without its last 64 bytes, which are the hash of the canonical request. The hash begins
    /// after the inner pad.
    pub(crate) fn string_to_sign(&self, timestamp: &[u8; 16]) -> Prefix {
        Prefix::new(self.signing.inner, BLOCK as u64, &self.string_to_sign_start(timestamp))
    }

    fn string_to_sign_start(&self, timestamp: &[u8; 16]) -> Vec<u8> {
        [b"AWS4-HMAC-SHA256\n", &timestamp[..], b"\n", self.scope.as_bytes(), b"\n"].concat()
    }

    /// The signature of a canonical request with this hash.
    pub(crate) fn sign(&self, timestamp: &[u8; 16], canonical_request: &State) -> [u8; 64] {
        let mut inner = self.string_to_sign(timestamp).hasher();
        inner.update(&hex::hex(canonical_request));
        hex::hex(&self.signing.close(&inner.finish()))
    }

    #[cfg(test)]
    pub(crate) fn string_to_sign_text(&self, timestamp: &[u8; 16], canonical_request: &State) -> String {
        let mut text = String::from_utf8(self.string_to_sign_start(timestamp)).unwrap();
        text.push_str(hex::as_str(&hex::hex(canonical_request)));
        text
    }
}

/// `AWS4` and the secret, the first HMAC key of the derivation.
fn secret_hmac(credentials: &Credentials) -> HmacKey {
    let secret = credentials.secret_access_key();
    let mut key = Zeroizing::new(Vec::with_capacity(4 + secret.len()));
    key.extend_from_slice(b"AWS4");
    key.extend_from_slice(secret.as_bytes());
    HmacKey::new(&key)
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("access_key_id", &self.access_key_id)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: u64 = 86_400;
    const NOW: u64 = 1_709_208_000; // 2024-02-29T12:00:00Z

    fn credentials() -> Credentials {
        Credentials::new("AKID", "secret").with_session_token("token")
    }

    #[test]
    fn valid_for_the_same_inputs_only() {
        let key = SigningKey::derive(&credentials(), "auto", NOW);
        let midnight = NOW / DAY * DAY;
        for now in [midnight, NOW, midnight + DAY - 1] {
            assert!(key.valid_for(&credentials(), "auto", now), "{now}");
        }
        for now in [midnight - 1, midnight + DAY] {
            assert!(!key.valid_for(&credentials(), "auto", now), "{now}");
        }
        assert!(!key.valid_for(&credentials(), "us-east-1", NOW));
        for other in [
            Credentials::new("AKID", "rotated").with_session_token("token"),
            Credentials::new("AKID2", "secret").with_session_token("token"),
            Credentials::new("AKID", "secret").with_session_token("another"),
            Credentials::new("AKID", "secret"),
        ] {
            assert!(!key.valid_for(&other, "auto", NOW), "{other:?}");
        }
    }

    /// A secret of more than 60 bytes is hashed before it keys the HMAC (RFC 2104 section 2).
    #[test]
    fn long_secrets_differ_in_their_last_byte() {
        let long = "s".repeat(100);
        let key = SigningKey::derive(&Credentials::new("AKID", long.clone()), "auto", NOW);
        assert!(key.valid_for(&Credentials::new("AKID", long.clone()), "auto", NOW));
        assert!(!key.valid_for(&Credentials::new("AKID", format!("{}t", &long[1..])), "auto", NOW));
    }

    #[test]
    fn debug_shows_no_key_material() {
        let key = SigningKey::derive(&credentials(), "auto", NOW);
        assert_eq!(
            format!("{key:?}"),
            r#"SigningKey { access_key_id: "AKID", scope: "20240229/auto/s3/aws4_request", .. }"#
        );
    }
}
