//! Signs with `aws-sigv4`: headers, and URLs that `rusty-s3` would normalise.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::{
    http_request::{
        PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SignatureLocation, SigningSettings,
        UriPathNormalizationMode, sign,
    },
    sign::v4,
};

use super::{KEY_ID, REGION, SECRET};

/// The inputs of a signature, which tests vary.
pub struct Signer {
    pub secret: &'static str,
    pub key_id: &'static str,
    pub region: &'static str,
    pub service: &'static str,
    pub time: SystemTime,
    /// `None` signs headers.
    pub expires: Option<Duration>,
}

impl Default for Signer {
    fn default() -> Self {
        Self { secret: SECRET, key_id: KEY_ID, region: REGION, service: "s3", time: SystemTime::now(), expires: None }
    }
}

impl Signer {
    /// Returns the URL to use and the headers to add. If `body` is `None`, the body is not signed.
    pub fn sign(
        &self,
        method: &str,
        url: &str,
        headers: &[(&str, &str)],
        body: Option<&[u8]>,
    ) -> (String, Vec<(String, String)>) {
        let identity = Credentials::from_keys(self.key_id, self.secret, None).into();
        let mut settings = SigningSettings::default();
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        if self.expires.is_some() {
            settings.signature_location = SignatureLocation::QueryParams;
            settings.expires_in = self.expires;
        } else {
            settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        }
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(self.region)
            .name(self.service)
            .time(self.time)
            .settings(settings)
            .build()
            .unwrap();
        let body = body.map_or(SignableBody::UnsignedPayload, SignableBody::Bytes);
        let signable = SignableRequest::new(method, url, headers.iter().copied(), body).unwrap();
        let (instructions, _) = sign(signable, &params.into()).unwrap().into_parts();
        let (headers, query) = instructions.into_parts();
        let mut url = url.to_owned();
        for (name, value) in query {
            url.push(if url.contains('?') { '&' } else { '?' });
            url += &format!("{name}={}", encode(&value));
        }
        let headers = headers.iter().map(|header| (header.name().to_owned(), header.value().to_owned()));
        (url, headers.collect())
    }
}

/// Percent-encodes a text as in RFC 3986, slashes too.
pub fn encode(text: &str) -> String {
    text.bytes()
        .map(|b| match b {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(b).to_string(),
            _ => format!("%{b:02X}"),
        })
        .collect()
}
