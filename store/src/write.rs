//! PUT, copy and DELETE.

use http::{HeaderMap, header};
use s3s::{
    S3Request, S3Result,
    dto::{
        CopyObjectInput, CopyObjectOutput, CopyObjectResult, CopySource, Delete, DeleteObjectsOutput, DeletedObject,
        ETag, ETagCondition, MetadataDirective, PutObjectInput, PutObjectOutput,
    },
    s3_error,
};

use crate::{
    blobs,
    conditions::{self, Verdict},
    index::{Headers, Object, WriteCondition, now},
    s3::Store,
};

impl Store {
    /// The object changes in one step, when all its bytes have arrived and are verified.
    pub async fn write(&self, request: S3Request<PutObjectInput>) -> S3Result<PutObjectOutput> {
        let input = &request.input;
        let condition = write_condition(input.if_match.clone(), input.if_none_match.clone())?;
        let key = input.key.clone();
        let headers = Headers {
            content_type: input.content_type.clone(),
            cache_control: input.cache_control.clone(),
            content_disposition: input.content_disposition.clone(),
            content_encoding: stored_encoding(input.content_encoding.as_deref()),
            content_language: input.content_language.clone(),
            expires: input.expires.clone(),
            metadata: input.metadata.clone(),
        };
        let (blob, output) = self.blobs.receive(request).await?;
        let etag = output.e_tag.clone().map(ETag::into_value).ok_or_else(|| s3_error!(InternalError))?;
        let object = Object { blob: blob.id(), size: blob.size()?, etag, modified: now(), headers };
        let replaced = self.index.put(&key, &object, &condition)?;
        blob.keep();
        self.remove_replaced(replaced);
        Ok(output)
    }

    pub async fn copy(&self, request: S3Request<CopyObjectInput>) -> S3Result<CopyObjectOutput> {
        let conditions = copy_conditions(&request.headers);
        let input = request.input;
        let source_key = match &input.copy_source {
            CopySource::Bucket { version_id: Some(version), .. } if version.as_ref() != "null" => {
                return Err(s3_error!(NotImplemented, "There are no versions."));
            }
            CopySource::Bucket { bucket, .. } if **bucket != *self.bucket => return Err(s3_error!(NoSuchBucket)),
            CopySource::Bucket { key, .. } => key,
            CopySource::AccessPoint { .. } | CopySource::Outpost { .. } => return Err(s3_error!(NotImplemented)),
        };
        let source = self.index.get(source_key)?.ok_or_else(|| s3_error!(NoSuchKey))?;
        if conditions::check(&conditions, &source.etag, source.modified) != Verdict::Proceed {
            return Err(s3_error!(PreconditionFailed));
        }
        let replace =
            input.metadata_directive.is_some_and(|directive| directive.as_str() == MetadataDirective::REPLACE);
        if !replace && **source_key == *input.key {
            return Err(s3_error!(InvalidRequest, "This copy request is illegal: it changes nothing."));
        }
        let headers = if replace {
            Headers {
                content_type: input.content_type,
                cache_control: input.cache_control,
                content_disposition: input.content_disposition,
                content_encoding: input.content_encoding,
                content_language: input.content_language,
                expires: input.expires,
                metadata: input.metadata,
            }
        } else {
            source.headers
        };
        let blob = self.blobs.create();
        blobs::duplicate(self.blobs.path(&source.blob), &blob).await?;
        let object = Object { blob: blob.id(), modified: now(), headers, ..source };
        let replaced = self.index.put(&input.key, &object, &WriteCondition::default())?;
        blob.keep();
        self.remove_replaced(replaced);
        let result = CopyObjectResult {
            e_tag: Some(ETag::Strong(object.etag)),
            last_modified: Some(conditions::time(object.modified).into()),
            ..CopyObjectResult::default()
        };
        Ok(CopyObjectOutput { copy_object_result: Some(result), ..CopyObjectOutput::default() })
    }

    /// Deletes an object. Deleting a missing object succeeds.
    pub fn delete(&self, key: &str) -> S3Result {
        self.remove_replaced(self.index.delete(&[key])?);
        Ok(())
    }

    pub fn delete_many(&self, delete: Delete) -> S3Result<DeleteObjectsOutput> {
        let keys: Vec<&str> = delete.objects.iter().map(|object| object.key.as_str()).collect();
        self.remove_replaced(self.index.delete(&keys)?);
        let named = |key| DeletedObject { key: Some(key), ..DeletedObject::default() };
        let deleted = delete.objects.into_iter().map(|object| named(object.key)).collect();
        let quiet = delete.quiet.unwrap_or_default();
        Ok(DeleteObjectsOutput { deleted: (!quiet).then_some(deleted), ..DeleteObjectsOutput::default() })
    }

    /// Removes replaced blobs. A reader that has one open can read it to the end.
    pub fn remove_replaced(&self, blobs: impl IntoIterator<Item = String>) {
        for blob in blobs {
            self.blobs.remove(&blob);
        }
    }
}

/// # Errors
/// 501 for `If-None-Match` with an entity tag, as S3 answers.
pub fn write_condition(
    if_match: Option<ETagCondition>,
    if_none_match: Option<ETagCondition>,
) -> S3Result<WriteCondition> {
    if if_none_match.as_ref().is_some_and(|condition| !condition.is_any()) {
        return Err(s3_error!(NotImplemented, "If-None-Match on a write takes only *"));
    }
    Ok(WriteCondition { if_match, if_none_match })
}

/// The encoding that is stored. `aws-chunked` describes only how the body was sent, not the object
/// (<https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html>).
pub fn stored_encoding(encoding: Option<&str>) -> Option<String> {
    let kept = |encoding: &&str| !encoding.is_empty() && !encoding.eq_ignore_ascii_case("aws-chunked");
    let encodings: Vec<&str> = encoding?.split(',').map(str::trim).filter(kept).collect();
    (!encodings.is_empty()).then(|| encodings.join(", "))
}

/// The conditions on the source of a copy, under the names that a read uses.
fn copy_conditions(headers: &HeaderMap) -> HeaderMap {
    let names = [
        ("x-amz-copy-source-if-match", header::IF_MATCH),
        ("x-amz-copy-source-if-none-match", header::IF_NONE_MATCH),
        ("x-amz-copy-source-if-modified-since", header::IF_MODIFIED_SINCE),
        ("x-amz-copy-source-if-unmodified-since", header::IF_UNMODIFIED_SINCE),
    ];
    names.into_iter().filter_map(|(from, to)| Some((to, headers.get(from)?.clone()))).collect()
}
