//! Listings.
//!
//! Source: <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html>

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use s3s::{
    S3Result,
    dto::{
        CommonPrefix, ETag, EncodingType, ListObjectsInput, ListObjectsOutput, ListObjectsV2Input, ListObjectsV2Output,
        Object, ObjectStorageClass,
    },
    s3_error,
};

use crate::{conditions, index::Entry, s3::Store};

/// The most entries in a page.
const MAX_KEYS: i32 = 1000;
/// The characters that `encoding-type=url` leaves as they are. A space becomes `%20`, which clients that expect `+`
/// read too.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// The parameters that both versions of the operation have.
struct Query<'a> {
    prefix: &'a str,
    delimiter: Option<&'a str>,
    /// The first key that may be listed, as bytes.
    from: Vec<u8>,
    max_keys: i32,
}

#[derive(Default)]
struct Page {
    entries: Vec<Entry>,
    common_prefixes: Vec<String>,
    /// The last entry or common prefix, and where the next page starts. `None` at the end of the listing.
    next: Option<(String, Vec<u8>)>,
}

impl Page {
    fn len(&self) -> usize {
        self.entries.len() + self.common_prefixes.len()
    }
}

impl Store {
    pub fn list_v2(&self, input: ListObjectsV2Input) -> S3Result<ListObjectsV2Output> {
        let encode = encoder(input.encoding_type.as_ref())?;
        let max_keys = page_size(input.max_keys)?;
        let from = match (&input.continuation_token, &input.start_after) {
            (Some(token), _) => URL_SAFE_NO_PAD
                .decode(token)
                .map_err(|_| s3_error!(InvalidArgument, "The continuation token provided is incorrect"))?,
            (None, Some(key)) => after(key),
            (None, None) => Vec::new(),
        };
        let delimiter = input.delimiter.as_deref().filter(|delimiter| !delimiter.is_empty());
        let prefix = input.prefix.as_deref().unwrap_or_default();
        let page = self.page(&Query { prefix, delimiter, from, max_keys })?;
        Ok(ListObjectsV2Output {
            name: Some(self.bucket.clone()),
            key_count: i32::try_from(page.len()).ok(),
            max_keys: Some(max_keys),
            is_truncated: Some(page.next.is_some()),
            next_continuation_token: page.next.map(|(_, from)| URL_SAFE_NO_PAD.encode(from)),
            contents: Some(page.entries.into_iter().map(|entry| object(entry, encode)).collect()),
            common_prefixes: Some(page.common_prefixes.iter().map(|prefix| common(prefix, encode)).collect()),
            prefix: Some(encode(prefix)),
            delimiter: delimiter.map(encode),
            start_after: input.start_after.as_deref().map(encode),
            continuation_token: input.continuation_token,
            encoding_type: input.encoding_type,
            ..ListObjectsV2Output::default()
        })
    }

    pub fn list_v1(&self, input: ListObjectsInput) -> S3Result<ListObjectsOutput> {
        let encode = encoder(input.encoding_type.as_ref())?;
        let max_keys = page_size(input.max_keys)?;
        let delimiter = input.delimiter.as_deref().filter(|delimiter| !delimiter.is_empty());
        let prefix = input.prefix.as_deref().unwrap_or_default();
        let marker = input.marker.as_deref().filter(|marker| !marker.is_empty());
        let from = match (marker, delimiter) {
            // The page before ended with this common prefix, so all keys below the prefix are listed already.
            (Some(marker), Some(delimiter)) if marker.len() > prefix.len() && marker.ends_with(delimiter) => {
                beyond(marker)
            }
            (Some(marker), _) => after(marker),
            (None, _) => Vec::new(),
        };
        let page = self.page(&Query { prefix, delimiter, from, max_keys })?;
        Ok(ListObjectsOutput {
            name: Some(self.bucket.clone()),
            max_keys: Some(max_keys),
            is_truncated: Some(page.next.is_some()),
            next_marker: page.next.map(|(last, _)| encode(&last)),
            contents: Some(page.entries.into_iter().map(|entry| object(entry, encode)).collect()),
            common_prefixes: Some(page.common_prefixes.iter().map(|prefix| common(prefix, encode)).collect()),
            prefix: Some(encode(prefix)),
            delimiter: delimiter.map(encode),
            marker: Some(marker.map(encode).unwrap_or_default()),
            encoding_type: input.encoding_type,
            ..ListObjectsOutput::default()
        })
    }

    /// Reads only the entries that it lists. After a common prefix, it skips all keys below the prefix.
    fn page(&self, query: &Query<'_>) -> S3Result<Page> {
        let limit = usize::try_from(query.max_keys).unwrap_or_default();
        let mut page = Page::default();
        let mut from = query.from.clone().max(query.prefix.as_bytes().to_vec());
        let mut last = String::new();
        if limit == 0 {
            return Ok(page);
        }
        'scan: loop {
            // One entry more than the page holds, to find out whether there is a next page.
            let wanted = limit - page.len() + 1;
            let entries = self.index.scan(&from, wanted)?;
            let exhausted = entries.len() < wanted;
            for entry in entries {
                let Some(rest) = entry.key.strip_prefix(query.prefix) else { return Ok(page) };
                if page.len() == limit {
                    page.next = Some((last, from));
                    return Ok(page);
                }
                let group = query.delimiter.and_then(|delimiter| Some(rest.find(delimiter)? + delimiter.len()));
                if let Some(end) = group {
                    entry.key[..query.prefix.len() + end].clone_into(&mut last);
                    from = beyond(&last);
                    page.common_prefixes.push(last.clone());
                    continue 'scan;
                }
                last.clone_from(&entry.key);
                from = after(&entry.key);
                page.entries.push(entry);
            }
            if exhausted {
                return Ok(page);
            }
        }
    }
}

/// The smallest key after `key`.
fn after(key: &str) -> Vec<u8> {
    [key.as_bytes(), &[0]].concat()
}

/// The smallest bound after every key that starts with `prefix`. `prefix` is not empty.
fn beyond(prefix: &str) -> Vec<u8> {
    let mut bound = prefix.as_bytes().to_vec();
    // No byte of UTF-8 is 0xFF, so this cannot overflow.
    if let Some(last) = bound.last_mut() {
        *last += 1;
    }
    bound
}

fn page_size(asked: Option<i32>) -> S3Result<i32> {
    match asked.unwrap_or(MAX_KEYS) {
        ..0 => Err(s3_error!(InvalidArgument, "max-keys must not be negative")),
        asked => Ok(asked.min(MAX_KEYS)),
    }
}

fn encoder(encoding: Option<&EncodingType>) -> S3Result<fn(&str) -> String> {
    match encoding.map(EncodingType::as_str) {
        None => Ok(str::to_owned),
        Some(EncodingType::URL) => Ok(|text| utf8_percent_encode(text, PLAIN).to_string()),
        Some(_) => Err(s3_error!(InvalidArgument, "Invalid Encoding Method specified in Request")),
    }
}

fn object(entry: Entry, encode: fn(&str) -> String) -> Object {
    Object {
        key: Some(encode(&entry.key)),
        size: i64::try_from(entry.size).ok(),
        e_tag: Some(ETag::Strong(entry.etag)),
        last_modified: Some(conditions::time(entry.modified).into()),
        storage_class: Some(ObjectStorageClass::from_static(ObjectStorageClass::STANDARD)),
        ..Object::default()
    }
}

fn common(prefix: &str, encode: fn(&str) -> String) -> CommonPrefix {
    CommonPrefix { prefix: Some(encode(prefix)) }
}
