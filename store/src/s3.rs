//! The bucket as `s3s` sees it. This module lists the operations that exist. All others answer 501.

use std::{collections::HashSet, fs, io, path::Path};

use async_trait::async_trait;
use s3s::{
    S3, S3Request, S3Response, S3Result,
    access::{S3Access, S3AccessContext},
    auth::{S3Auth, SecretKey},
    dto::{
        AbortMultipartUploadInput, AbortMultipartUploadOutput, Bucket, CompleteMultipartUploadInput,
        CompleteMultipartUploadOutput, CopyObjectInput, CopyObjectOutput, CreateBucketInput, CreateBucketOutput,
        CreateMultipartUploadInput, CreateMultipartUploadOutput, DeleteObjectInput, DeleteObjectOutput,
        DeleteObjectsInput, DeleteObjectsOutput, GetBucketLocationInput, GetBucketLocationOutput, GetObjectInput,
        GetObjectOutput, HeadBucketInput, HeadBucketOutput, HeadObjectInput, HeadObjectOutput, ListBucketsInput,
        ListBucketsOutput, ListObjectsInput, ListObjectsOutput, ListObjectsV2Input, ListObjectsV2Output,
        ListPartsInput, ListPartsOutput, PutObjectInput, PutObjectOutput, UploadPartInput, UploadPartOutput,
    },
    path::check_bucket_name,
    s3_error,
};

use crate::{
    blobs::Blobs,
    broken::told,
    index::{self, Index},
    intact::{self, Closing},
    lost::{self, Lost},
};

/// One bucket.
pub struct Store {
    pub bucket: String,
    pub index: Index,
    pub blobs: Blobs,
    pub lost: Option<Lost>,
    /// Dropped last, when the index is closed.
    _closing: Closing,
}

impl Store {
    /// Opens the bucket's folder below `root`, and makes it if it is missing.
    ///
    /// # Errors
    /// Those of [`crate::serve`].
    pub fn open(root: &Path, bucket: String) -> io::Result<Self> {
        if !check_bucket_name(&bucket) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a valid bucket name"));
        }
        let root = root.join(&bucket);
        fs::create_dir_all(&root)?;
        let file = root.join(index::FILE);
        if !file.exists() {
            // No index is made beside blobs: it would be in the way of the one that is brought back.
            lost::refuse_blobs(&root)?;
        }
        let was_closed = intact::was_closed(&root);
        // The index is opened first, because of its lock: the rest is safe only if no other process uses the folder.
        let index = Index::open(&file)?;
        if index.is_empty()? {
            lost::refuse_blobs(&root)?;
        }
        let gone = if was_closed { Vec::new() } else { intact::check(&root, &index)? };
        let blobs = Blobs::open(&root)?;
        intact::unmark(&root)?;
        for blob in index.drop_forgotten_uploads()? {
            blobs.remove(&blob);
        }
        let in_use: HashSet<String> = index.blobs()?.into_iter().collect();
        let lost = lost::set_aside(&root, &in_use, gone)?;
        Ok(Self { bucket, index, blobs, lost, _closing: Closing::new(root) })
    }
}

/// The only pair of keys.
pub struct OneKey {
    pub id: String,
    pub secret: SecretKey,
}

#[async_trait]
impl S3Auth for OneKey {
    async fn get_secret_key(&self, id: &str) -> S3Result<SecretKey> {
        if id == self.id { Ok(self.secret.clone()) } else { Err(s3_error!(InvalidAccessKeyId)) }
    }
}

/// Allows signed requests for the only bucket.
pub struct OneBucket(pub String);

#[async_trait]
impl S3Access for OneBucket {
    async fn check(&self, request: &mut S3AccessContext<'_>) -> S3Result<()> {
        if request.credentials().is_none() {
            return Err(s3_error!(AccessDenied, "Signature is required"));
        }
        match request.s3_path().get_bucket_name() {
            Some(bucket) if bucket != self.0 => Err(s3_error!(NoSuchBucket)),
            _ => Ok(()),
        }
    }
}

type Answer<T> = S3Result<S3Response<T>>;

#[async_trait]
impl S3 for Store {
    async fn get_object(&self, request: S3Request<GetObjectInput>) -> Answer<GetObjectOutput> {
        told(self.read(request).await).map(S3Response::new)
    }

    async fn head_object(&self, request: S3Request<HeadObjectInput>) -> Answer<HeadObjectOutput> {
        told(self.head(&request)).map(S3Response::new)
    }

    async fn put_object(&self, request: S3Request<PutObjectInput>) -> Answer<PutObjectOutput> {
        told(self.write(request).await).map(S3Response::new)
    }

    async fn copy_object(&self, request: S3Request<CopyObjectInput>) -> Answer<CopyObjectOutput> {
        told(self.copy(request).await).map(S3Response::new)
    }

    async fn delete_object(&self, request: S3Request<DeleteObjectInput>) -> Answer<DeleteObjectOutput> {
        told(self.delete(&request.input.key))?;
        Ok(S3Response::new(DeleteObjectOutput::default()))
    }

    async fn delete_objects(&self, request: S3Request<DeleteObjectsInput>) -> Answer<DeleteObjectsOutput> {
        told(self.delete_many(request.input.delete)).map(S3Response::new)
    }

    async fn list_objects(&self, request: S3Request<ListObjectsInput>) -> Answer<ListObjectsOutput> {
        told(self.list_v1(request.input)).map(S3Response::new)
    }

    async fn list_objects_v2(&self, request: S3Request<ListObjectsV2Input>) -> Answer<ListObjectsV2Output> {
        told(self.list_v2(request.input)).map(S3Response::new)
    }

    async fn create_multipart_upload(
        &self,
        request: S3Request<CreateMultipartUploadInput>,
    ) -> Answer<CreateMultipartUploadOutput> {
        told(self.start_upload(request.input)).map(S3Response::new)
    }

    async fn upload_part(&self, request: S3Request<UploadPartInput>) -> Answer<UploadPartOutput> {
        told(self.write_part(request).await).map(S3Response::new)
    }

    async fn list_parts(&self, request: S3Request<ListPartsInput>) -> Answer<ListPartsOutput> {
        told(self.parts(request.input)).map(S3Response::new)
    }

    async fn complete_multipart_upload(
        &self,
        request: S3Request<CompleteMultipartUploadInput>,
    ) -> Answer<CompleteMultipartUploadOutput> {
        told(self.complete_upload(request.input).await).map(S3Response::new)
    }

    async fn abort_multipart_upload(
        &self,
        request: S3Request<AbortMultipartUploadInput>,
    ) -> Answer<AbortMultipartUploadOutput> {
        told(self.abort_upload(&request.input.upload_id, &request.input.key))?;
        Ok(S3Response::new(AbortMultipartUploadOutput::default()))
    }

    async fn create_bucket(&self, _: S3Request<CreateBucketInput>) -> Answer<CreateBucketOutput> {
        Err(s3_error!(BucketAlreadyOwnedByYou))
    }

    async fn head_bucket(&self, _: S3Request<HeadBucketInput>) -> Answer<HeadBucketOutput> {
        Ok(S3Response::new(HeadBucketOutput::default()))
    }

    async fn get_bucket_location(&self, _: S3Request<GetBucketLocationInput>) -> Answer<GetBucketLocationOutput> {
        Ok(S3Response::new(GetBucketLocationOutput::default()))
    }

    async fn list_buckets(&self, _: S3Request<ListBucketsInput>) -> Answer<ListBucketsOutput> {
        let bucket = Bucket { name: Some(self.bucket.clone()), ..Bucket::default() };
        Ok(S3Response::new(ListBucketsOutput { buckets: Some(vec![bucket]), ..ListBucketsOutput::default() }))
    }
}
