//! A store on a free port, two independent signers, and an HTTP client that sends exactly what a test gives it.

#![allow(dead_code, reason = "no test file uses all of it")]
#![allow(clippy::unwrap_used, clippy::format_push_string, reason = "this is a test, clippy cannot see it")]

pub mod client;
pub mod sign;

use std::{path::Path, time::Duration};

use rusty_s3::{Bucket, Credentials, S3Action, UrlStyle};
use store::{Config, Running};
use tempfile::TempDir;

pub use client::{Response, request};

pub const BUCKET: &str = "gallery";
pub const KEY_ID: &str = "AKIDEXAMPLE";
pub const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
pub const REGION: &str = "auto";
pub const PAGE: &str = "http://localhost:8080";
pub const HOUR: Duration = Duration::from_hours(1);

/// A running store with its own folder.
pub struct TestStore {
    pub running: Option<Running>,
    pub folder: TempDir,
    pub bucket: Bucket,
    pub credentials: Credentials,
}

pub fn config(root: &Path) -> Config {
    Config {
        root: root.into(),
        bucket: BUCKET.into(),
        access_key_id: KEY_ID.into(),
        secret_access_key: SECRET.into(),
        region: REGION.into(),
        allowed_origins: vec![PAGE.into()],
    }
}

pub fn start() -> TestStore {
    start_in(tempfile::tempdir().unwrap())
}

pub fn start_in(folder: TempDir) -> TestStore {
    let running = store::spawn(config(folder.path()), ([127, 0, 0, 1], 0).into()).unwrap();
    let endpoint = format!("http://{}", running.addr()).parse().unwrap();
    let bucket = Bucket::new(endpoint, UrlStyle::Path, BUCKET, REGION).unwrap();
    TestStore { running: Some(running), folder, bucket, credentials: Credentials::new(KEY_ID, SECRET) }
}

/// Signs an action of `rusty-s3` for an hour.
pub fn presign<'a>(action: &impl S3Action<'a>) -> String {
    action.sign(HOUR).into()
}

impl TestStore {
    pub fn addr(&self) -> std::net::SocketAddr {
        self.running.as_ref().unwrap().addr()
    }

    /// Stops the store and returns its folder.
    pub fn stop(mut self) -> TempDir {
        self.running.take().unwrap().stop().unwrap();
        self.folder
    }

    /// The number of files that hold bytes of objects or of parts.
    pub fn blobs(&self) -> usize {
        std::fs::read_dir(self.folder.path().join(BUCKET).join("objects")).unwrap().count()
    }

    pub fn get_url(&self, key: &str) -> String {
        presign(&self.bucket.get_object(Some(&self.credentials), key))
    }

    pub fn get(&self, key: &str) -> Response {
        request("GET", &self.get_url(key)).send()
    }

    pub fn get_with(&self, key: &str, headers: &[(&str, &str)]) -> Response {
        request("GET", &self.get_url(key)).headers(headers).send()
    }

    pub fn head_with(&self, key: &str, headers: &[(&str, &str)]) -> Response {
        let url = presign(&self.bucket.head_object(Some(&self.credentials), key));
        request("HEAD", &url).headers(headers).send()
    }

    pub fn head(&self, key: &str) -> Response {
        self.head_with(key, &[])
    }

    pub fn put(&self, key: &str, body: impl AsRef<[u8]>) -> Response {
        self.put_with(key, body, &[])
    }

    /// Signs the headers whose names start with `x-amz-`, as S3 requires.
    pub fn put_with(&self, key: &str, body: impl AsRef<[u8]>, headers: &[(&str, &str)]) -> Response {
        let mut action = self.bucket.put_object(Some(&self.credentials), key);
        for (name, value) in headers.iter().filter(|(name, _)| name.starts_with("x-amz-")) {
            action.headers_mut().insert((*name).to_owned(), (*value).to_owned());
        }
        request("PUT", &presign(&action)).headers(headers).body(body).send()
    }

    pub fn delete(&self, key: &str) -> Response {
        request("DELETE", &presign(&self.bucket.delete_object(Some(&self.credentials), key))).send()
    }

    pub fn copy(&self, source: &str, key: &str, headers: &[(&str, &str)]) -> Response {
        let source = format!("/{BUCKET}/{}", sign::encode(source));
        let mut all = vec![("x-amz-copy-source", source.as_str())];
        all.extend_from_slice(headers);
        self.put_with(key, "", &all)
    }
}
