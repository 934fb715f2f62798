//! The contenders. Each signs all [`keys`](crate::ours::keys) into one text, as a server would for a playlist.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials as AwsCredentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SignatureLocation, SigningSettings,
    UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use rusty_s3::S3Action;

use crate::ours::{ACCOUNT, KEY_ID, LIFE, NAME, NOW, SECRET};

pub struct RustyS3 {
    bucket: rusty_s3::Bucket,
    credentials: rusty_s3::Credentials,
    now: jiff::Timestamp,
}

impl RustyS3 {
    pub fn new() -> Self {
        let endpoint = format!("https://{ACCOUNT}.r2.cloudflarestorage.com").parse().expect("a URL");
        Self {
            bucket: rusty_s3::Bucket::new(endpoint, rusty_s3::UrlStyle::Path, NAME, "auto").expect("a bucket"),
            credentials: rusty_s3::Credentials::new(KEY_ID, SECRET),
            now: jiff::Timestamp::from_second(NOW.cast_signed()).expect("a time"),
        }
    }

    pub fn sign(&self, keys: &[String], out: &mut String) {
        for key in keys {
            let action = self.bucket.get_object(Some(&self.credentials), key);
            out.push_str(action.sign_with_time(Duration::from_secs(LIFE.into()), &self.now).as_str());
            out.push('\n');
        }
    }
}

pub struct AwsSigV4 {
    identity: aws_smithy_runtime_api::client::identity::Identity,
}

impl AwsSigV4 {
    pub fn new() -> Self {
        Self { identity: AwsCredentials::new(KEY_ID, SECRET, None, None, "bench").into() }
    }

    pub fn sign(&self, keys: &[String], out: &mut String) {
        let mut settings = SigningSettings::default();
        settings.signature_location = SignatureLocation::QueryParams;
        settings.expires_in = Some(Duration::from_secs(LIFE.into()));
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        settings.payload_checksum_kind = PayloadChecksumKind::NoHeader;
        let parameters = v4::SigningParams::builder()
            .identity(&self.identity)
            .region("auto")
            .name("s3")
            .time(SystemTime::UNIX_EPOCH + Duration::from_secs(NOW))
            .settings(settings)
            .build()
            .expect("every parameter is given")
            .into();
        for key in keys {
            let uri = format!("https://{ACCOUNT}.r2.cloudflarestorage.com/{NAME}/{key}");
            let request = SignableRequest::new("GET", &uri, std::iter::empty(), SignableBody::UnsignedPayload)
                .expect("a request");
            let (instructions, _) = sign(request, &parameters).expect("a signature").into_parts();
            let mut request = http::Request::new(());
            *request.uri_mut() = uri.parse().expect("a URI");
            instructions.apply_to_request_http1x(&mut request);
            out.push_str(&request.uri().to_string());
            out.push('\n');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ours::{Ours, keys};

    /// All contenders do the same work: their URLs have the same signatures.
    #[test]
    fn all_agree() {
        let keys = keys();
        let mut texts = [const { String::new() }; 4];
        Ours::r2().one_by_one(&keys, &mut texts[0]);
        Ours::r2().batch(&keys, &mut texts[1]);
        RustyS3::new().sign(&keys, &mut texts[2]);
        AwsSigV4::new().sign(&keys, &mut texts[3]);
        let signatures = |text: &String| -> Vec<String> {
            let lines =
                text.lines().map(|line| line.split("X-Amz-Signature=").nth(1).expect("signed")[..64].to_owned());
            lines.collect()
        };
        assert_eq!(signatures(&texts[0]).len(), keys.len());
        assert_eq!(texts[0], texts[1]);
        assert_eq!(signatures(&texts[0]), signatures(&texts[2]));
        assert_eq!(signatures(&texts[0]), signatures(&texts[3]));
    }
}
