//! GET and HEAD.

use std::ops::Range;

use http::{HeaderMap, HeaderValue, header};
use s3s::{
    S3Error, S3ErrorCode, S3Request, S3Result,
    dto::{ETag, GetObjectInput, GetObjectOutput, HeadObjectInput, HeadObjectOutput, StreamingBlob},
    s3_error,
};

use crate::{
    conditions::{self, Verdict},
    front::Conditions,
    index::Object,
    pieces,
    s3::Store,
};

/// An object, and the range of its bytes that was requested.
struct Selection {
    object: Object,
    range: Option<Range<u64>>,
}

impl Store {
    pub async fn read(&self, request: S3Request<GetObjectInput>) -> S3Result<GetObjectOutput> {
        let input = &request.input;
        only_current(input.version_id.as_deref(), input.part_number)?;
        // A write may replace the object between the look-up and the opening.
        let (selection, body) = loop {
            let selection = self.select(&input.key, &request.extensions)?;
            match pieces::open(self.blobs.path(&selection.object.blob), selection.bytes()).await {
                Ok(body) => break (selection, body),
                Err(error) => {
                    let now = self.index.get(&input.key)?.map(|object| object.blob);
                    if now.as_ref() == Some(&selection.object.blob) {
                        return Err(S3Error::internal_error(error));
                    }
                }
            }
        };
        let mut output = selection.describe();
        output.body = Some(StreamingBlob::wrap(body));
        Ok(output)
    }

    pub fn head(&self, request: &S3Request<HeadObjectInput>) -> S3Result<HeadObjectOutput> {
        let input = &request.input;
        only_current(input.version_id.as_deref(), input.part_number)?;
        let full = self.select(&input.key, &request.extensions)?.describe();
        Ok(HeadObjectOutput {
            accept_ranges: full.accept_ranges,
            cache_control: input.response_cache_control.clone().or(full.cache_control),
            content_disposition: input.response_content_disposition.clone().or(full.content_disposition),
            content_encoding: input.response_content_encoding.clone().or(full.content_encoding),
            content_language: input.response_content_language.clone().or(full.content_language),
            content_length: full.content_length,
            content_range: full.content_range,
            content_type: input.response_content_type.clone().or(full.content_type),
            e_tag: full.e_tag,
            expires: input.response_expires.clone().or(full.expires),
            last_modified: full.last_modified,
            metadata: full.metadata,
            ..HeadObjectOutput::default()
        })
    }

    /// # Errors
    /// 404, 304, 412, 416.
    fn select(&self, key: &str, extensions: &http::Extensions) -> S3Result<Selection> {
        let object = self.index.get(key)?.ok_or_else(|| s3_error!(NoSuchKey))?;
        let none = Conditions::default();
        let asked = &extensions.get().unwrap_or(&none).0;
        match conditions::check(asked, &object.etag, object.modified) {
            Verdict::Proceed => {}
            Verdict::NotModified => return Err(not_modified(&object)),
            Verdict::Failed => return Err(s3_error!(PreconditionFailed)),
        }
        match conditions::range(asked, &object.etag, object.modified, object.size) {
            Ok(range) => Ok(Selection { object, range }),
            Err(conditions::Unsatisfiable) => Err(unsatisfiable(object.size)),
        }
    }
}

/// # Errors
/// 501: the store has no versions, and does not remember the parts of an object.
fn only_current(version: Option<&str>, part: Option<i32>) -> S3Result {
    if version.is_some_and(|version| version != "null") || part.is_some() {
        return Err(s3_error!(NotImplemented, "Only whole, current objects are served."));
    }
    Ok(())
}

impl Selection {
    fn bytes(&self) -> Range<u64> {
        self.range.clone().unwrap_or(0..self.object.size)
    }

    fn describe(&self) -> GetObjectOutput {
        let bytes = self.bytes();
        let headers = self.object.headers.clone();
        let size = self.object.size;
        GetObjectOutput {
            accept_ranges: Some("bytes".into()),
            cache_control: headers.cache_control,
            content_disposition: headers.content_disposition,
            content_encoding: headers.content_encoding,
            content_language: headers.content_language,
            content_length: i64::try_from(bytes.end - bytes.start).ok(),
            content_range: self.range.as_ref().map(|range| format!("bytes {}-{}/{size}", range.start, range.end - 1)),
            // https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
            content_type: headers.content_type.or_else(|| Some("binary/octet-stream".into())),
            e_tag: Some(ETag::Strong(self.object.etag.clone())),
            expires: headers.expires,
            last_modified: Some(conditions::time(self.object.modified).into()),
            metadata: headers.metadata,
            ..GetObjectOutput::default()
        }
    }
}

/// 304 with the headers that RFC 9110 section 15.4.5 requires.
fn not_modified(object: &Object) -> S3Error {
    let modified = httpdate::fmt_http_date(conditions::time(object.modified));
    let etag = format!("\"{}\"", object.etag);
    let fields = [
        (header::ETAG, Some(etag.as_str())),
        (header::LAST_MODIFIED, Some(modified.as_str())),
        (header::CACHE_CONTROL, object.headers.cache_control.as_deref()),
    ];
    let mut error = S3Error::new(S3ErrorCode::NotModified);
    error.set_headers(header_map(fields));
    error
}

fn unsatisfiable(size: u64) -> S3Error {
    let range = format!("bytes */{size}");
    let fields = [
        (header::CONTENT_RANGE, Some(range.as_str())),
        (header::ACCEPT_RANGES, Some("bytes")),
        (header::CONTENT_TYPE, Some("application/xml")),
    ];
    let mut error = s3_error!(InvalidRange, "The requested range is not satisfiable");
    error.set_headers(header_map(fields));
    error
}

fn header_map<const N: usize>(fields: [(http::HeaderName, Option<&str>); N]) -> HeaderMap {
    let valid = |(name, value): (_, Option<&str>)| Some((name, HeaderValue::from_str(value?).ok()?));
    fields.into_iter().filter_map(valid).collect()
}
