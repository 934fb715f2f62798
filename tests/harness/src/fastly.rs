//! The gallery on Fastly's local server.

use crate::{EdgeGallery, Failure, Local, Options};

/// A running gallery on Fastly. With both services in one program, it reads the snapshot in the bucket.
pub type FastlyGallery = EdgeGallery<Local>;

impl FastlyGallery {
    pub fn start(options: &Options) -> Result<Self, Failure> {
        Self::start_with(options, false, |_, service, config, address| {
            Local::viceroy_with(options.host_arguments, &format!("{service}-fastly"), config, address)
        })
    }
}
