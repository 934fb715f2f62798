//! Objects in an S3 bucket, over [`Platform::fetch`](platform::Platform::fetch) and `sigv4`. The code is the same for
//! every host.

pub mod listing;
mod location;
mod objects;
mod refusal;

pub use location::Location;
pub use objects::{Objects, bodiless};
pub use refusal::refusal;
