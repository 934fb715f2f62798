//! The gallery on Fastly's local server.

use crate::{EdgeGallery, Failure, Options, viceroy::Viceroy};

/// A running gallery on Fastly. All in one it reads the snapshot in the bucket.
pub type FastlyGallery = EdgeGallery<Viceroy>;

impl FastlyGallery {
    pub fn start(options: &Options) -> Result<Self, Failure> {
        Self::start_with(options, |_, service, config, address| {
            Viceroy::start_with(options.host_arguments, &format!("{service}-fastly"), config, address)
        })
    }
}
