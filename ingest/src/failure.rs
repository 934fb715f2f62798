//! Why a file was not taken into the gallery.

use crate::bucket::StoreError;

#[derive(Debug)]
pub enum Failure {
    /// The file is at fault.
    File(String),
    /// The file is fine, but it is left out.
    Skipped(String),
    Store(StoreError),
    Catalogue(platform::Error),
    /// The run is to stop.
    Stopped,
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<platform::Error> for Failure {
    fn from(error: platform::Error) -> Self {
        Self::Catalogue(error)
    }
}
