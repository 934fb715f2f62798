//! Multipart uploads: every part is a blob, until all parts become one blob.
//!
//! Source: <https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html>

use s3s::{
    S3Request, S3Result,
    crypto::{Checksum as _, Md5},
    dto::{
        CompleteMultipartUploadInput, CompleteMultipartUploadOutput, CompletedPart, CreateMultipartUploadInput,
        CreateMultipartUploadOutput, ETag, ListPartsInput, ListPartsOutput, Part, PutObjectInput, UploadPartInput,
        UploadPartOutput,
    },
    s3_error,
};
use uuid::Uuid;

use crate::{
    blobs, conditions,
    index::{self, Headers, Object, now},
    s3::Store,
    write::{stored_encoding, write_condition},
};

/// The fewest bytes of a part, except for the last part.
const MIN_PART: u64 = 5 * 1024 * 1024;
const MAX_PART_NUMBER: i32 = 10_000;
/// The most parts in a page of a listing.
const MAX_PARTS: i32 = 1000;

impl Store {
    pub fn start_upload(&self, input: CreateMultipartUploadInput) -> S3Result<CreateMultipartUploadOutput> {
        let id = Uuid::new_v4().simple().to_string();
        let headers = Headers {
            content_type: input.content_type,
            cache_control: input.cache_control,
            content_disposition: input.content_disposition,
            content_encoding: stored_encoding(input.content_encoding.as_deref()),
            content_language: input.content_language,
            expires: input.expires,
            metadata: input.metadata,
        };
        self.index.start_upload(&id, &input.key, &headers)?;
        Ok(CreateMultipartUploadOutput {
            bucket: Some(input.bucket),
            key: Some(input.key),
            upload_id: Some(id),
            ..CreateMultipartUploadOutput::default()
        })
    }

    pub async fn write_part(&self, request: S3Request<UploadPartInput>) -> S3Result<UploadPartOutput> {
        let (id, key) = (request.input.upload_id.clone(), request.input.key.clone());
        let number = request.input.part_number;
        if !(1..=MAX_PART_NUMBER).contains(&number) {
            return Err(s3_error!(InvalidArgument, "Part number must be an integer between 1 and 10000, inclusive"));
        }
        // The upload is checked before the body is received, and again afterwards.
        self.index.upload(&id, &key)?;
        let (blob, output) = self.blobs.receive(request.map_input(as_put)).await?;
        let etag = output.e_tag.clone().map(ETag::into_value).ok_or_else(|| s3_error!(InternalError))?;
        let part = index::Part { number, blob: blob.id(), size: blob.size()?, etag, modified: now() };
        let replaced = self.index.put_part(&id, &key, &part)?;
        blob.keep();
        self.remove_replaced(replaced);
        Ok(UploadPartOutput {
            e_tag: output.e_tag,
            checksum_crc32: output.checksum_crc32,
            checksum_crc32c: output.checksum_crc32c,
            checksum_crc64nvme: output.checksum_crc64nvme,
            checksum_sha1: output.checksum_sha1,
            checksum_sha256: output.checksum_sha256,
            ..UploadPartOutput::default()
        })
    }

    pub fn parts(&self, input: ListPartsInput) -> S3Result<ListPartsOutput> {
        self.index.upload(&input.upload_id, &input.key)?;
        let marker = input.part_number_marker.unwrap_or_default();
        let max_parts = input.max_parts.unwrap_or(MAX_PARTS).clamp(0, MAX_PARTS);
        let mut parts = self.index.parts(&input.upload_id)?;
        parts.retain(|part| part.number > marker);
        let is_truncated = parts.len() > usize::try_from(max_parts).unwrap_or_default();
        parts.truncate(usize::try_from(max_parts).unwrap_or_default());
        let next = parts.last().map(|part| part.number).filter(|_| is_truncated);
        let described = parts.into_iter().map(|part| Part {
            part_number: Some(part.number),
            e_tag: Some(ETag::Strong(part.etag)),
            size: i64::try_from(part.size).ok(),
            last_modified: Some(conditions::time(part.modified).into()),
            ..Part::default()
        });
        Ok(ListPartsOutput {
            parts: Some(described.collect()),
            is_truncated: Some(is_truncated),
            next_part_number_marker: next,
            part_number_marker: Some(marker),
            max_parts: Some(max_parts),
            bucket: Some(input.bucket),
            key: Some(input.key),
            upload_id: Some(input.upload_id),
            ..ListPartsOutput::default()
        })
    }

    /// A refused completion changes nothing: the parts stay, and the client can try again.
    pub async fn complete_upload(
        &self,
        input: CompleteMultipartUploadInput,
    ) -> S3Result<CompleteMultipartUploadOutput> {
        let condition = write_condition(input.if_match, input.if_none_match)?;
        let headers = self.index.upload(&input.upload_id, &input.key)?;
        let asked = input.multipart_upload.and_then(|upload| upload.parts).unwrap_or_default();
        let all = self.index.parts(&input.upload_id)?;
        let chosen = choose(&all, &asked)?;

        let mut digests = Md5::new();
        for part in &chosen {
            digests.update(&md5_bytes(&part.etag)?);
        }
        let etag = format!("{}-{}", hex(&digests.finalize()), chosen.len());
        let blob = self.blobs.create();
        blobs::concatenate(chosen.iter().map(|part| self.blobs.path(&part.blob)).collect(), &blob).await?;
        let object = Object { blob: blob.id(), size: blob.size()?, etag: etag.clone(), modified: now(), headers };
        let replaced = self.index.finish_upload(&input.upload_id, &input.key, &object, &condition)?;
        blob.keep();
        self.remove_replaced(replaced);
        for part in all {
            self.blobs.remove(&part.blob);
        }
        Ok(CompleteMultipartUploadOutput {
            bucket: Some(input.bucket),
            key: Some(input.key),
            e_tag: Some(ETag::Strong(etag)),
            ..CompleteMultipartUploadOutput::default()
        })
    }

    pub fn abort_upload(&self, id: &str, key: &str) -> S3Result {
        self.index.upload(id, key)?;
        let parts = self.index.parts(id)?;
        self.index.drop_upload(id)?;
        for part in parts {
            self.blobs.remove(&part.blob);
        }
        Ok(())
    }
}

/// A part is received like an object, with its digests.
fn as_put(part: UploadPartInput) -> PutObjectInput {
    PutObjectInput {
        body: part.body,
        bucket: part.bucket,
        key: part.key,
        checksum_algorithm: part.checksum_algorithm,
        checksum_crc32: part.checksum_crc32,
        checksum_crc32c: part.checksum_crc32c,
        checksum_crc64nvme: part.checksum_crc64nvme,
        checksum_sha1: part.checksum_sha1,
        checksum_sha256: part.checksum_sha256,
        content_length: part.content_length,
        content_md5: part.content_md5,
        ..PutObjectInput::default()
    }
}

/// The parts that the client names, in the client's order, which must be ascending.
///
/// # Errors
/// 400 for no part, an unknown part, another ETag, a wrong order, or a part that is too small.
fn choose<'a>(all: &'a [index::Part], asked: &[CompletedPart]) -> S3Result<Vec<&'a index::Part>> {
    if asked.is_empty() {
        return Err(s3_error!(MalformedXML, "You must specify at least one part"));
    }
    if !asked.is_sorted_by(|a, b| a.part_number < b.part_number) {
        return Err(s3_error!(InvalidPartOrder));
    }
    let mut chosen = Vec::with_capacity(asked.len());
    for wanted in asked {
        let part = all.iter().find(|part| Some(part.number) == wanted.part_number);
        let same = |part: &&index::Part| wanted.e_tag.as_ref().is_some_and(|etag| etag.value() == part.etag);
        chosen.push(part.filter(same).ok_or_else(|| s3_error!(InvalidPart))?);
    }
    match chosen.split_last() {
        Some((_, rest)) if rest.iter().any(|part| part.size < MIN_PART) => Err(s3_error!(EntityTooSmall)),
        _ => Ok(chosen),
    }
}

fn md5_bytes(hex: &str) -> S3Result<[u8; 16]> {
    u128::from_str_radix(hex, 16).map(u128::to_be_bytes).map_err(|_| s3_error!(InternalError))
}

fn hex(digest: &[u8; 16]) -> String {
    format!("{:032x}", u128::from_be_bytes(*digest))
}
