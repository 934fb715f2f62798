//! AWS Signature Version 4 for S3: presigned URLs, singly and in batches, and header signing.
//!
//! The crate sends nothing, and reads no clock and no environment. The time is an argument (unix seconds), so the
//! same input gives the same output on every target. Work that is the same for many URLs is done once:
//!
//! 1. [`SigningKey::derive`] once per (key id, secret, date, region): the four HMACs, and the HMAC pads as midstates;
//! 2. [`Presigner::new`] once per playlist: everything around the object key, encoded and where possible hashed;
//! 3. [`Presigner::presign_into`] or [`Batch::push`] per URL: about nine SHA-256 compressions, no allocation.
//!
//! ```
//! use sigv4::{Bucket, Credentials, Method, Presigner, SigningKey, UrlStyle};
//!
//! # fn main() -> Result<(), sigv4::Error> {
//! let now = 1_369_353_600; // 2013-05-24T00:00:00Z
//! let credentials = Credentials::new("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
//! let bucket = Bucket::new("https://s3.amazonaws.com", UrlStyle::VirtualHost, "examplebucket", "us-east-1")?;
//! let key = SigningKey::derive(&credentials, bucket.region(), now);
//! let presigner = Presigner::new(&key, &bucket, Method::Get, now, 86_400)?;
//!
//! let mut url = String::new();
//! presigner.presign_into(&mut url, "test.txt");
//! assert!(url.ends_with("&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"));
//! # Ok(())
//! # }
//! ```
//!
//! Source: "Authenticating Requests (AWS Signature Version 4)" in the Amazon S3 API reference.

mod batch;
mod bucket;
mod credentials;
mod date;
pub mod encode;
mod error;
mod headers;
mod hex;
mod key;
mod lanes;
mod message;
mod method;
mod presign;
mod sha256;
mod signatures;
#[cfg(test)]
mod suite;

pub use batch::Batch;
pub use bucket::{Bucket, UrlStyle};
pub use credentials::Credentials;
pub use date::amz_date;
pub use error::Error;
pub use headers::{HeaderRequest, Payload, SignedHeaders, sign_headers};
pub use key::SigningKey;
pub use method::Method;
pub use presign::Presigner;
pub use signatures::Signatures;
