//! What makes pictures, on hosts that have the processor and the memory for it.

use std::{
    collections::VecDeque,
    fmt::Display,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use edge::SingleFlight;
use gallery::layout::ThumbnailSize;

/// The most pictures that are remembered as such that cannot be made.
const REMEMBERED: usize = 256;

/// Makes pictures: one at a time, and each once for all who want it. Instances that share a process share a maker.
#[derive(Clone)]
pub struct Maker(Arc<Shared>);

type Make = dyn Fn(Bytes, ThumbnailSize) -> Result<Vec<u8>, String> + Send + Sync;

struct Shared {
    make: Box<Make>,
    /// The pictures that are being made, by their objects.
    crowds: SingleFlight,
    /// Who may make one now.
    turn: SingleFlight,
    /// The last picture that was made, by its object, until it is stored: whoever wanted it may have left.
    made: Mutex<Option<(String, Bytes)>>,
    /// The objects that cannot be made. Their sources stay what they are: another one has another version.
    refused: Mutex<VecDeque<String>>,
}

impl Maker {
    /// `make` is given the bytes of a picture, and returns a JPEG of the size, or says why it cannot.
    pub fn new<E: Display>(make: impl Fn(Bytes, ThumbnailSize) -> Result<Vec<u8>, E> + Send + Sync + 'static) -> Self {
        Self(Arc::new(Shared {
            make: Box::new(move |source, size| make(source, size).map_err(|error| error.to_string())),
            crowds: SingleFlight::default(),
            turn: SingleFlight::default(),
            made: Mutex::default(),
            refused: Mutex::default(),
        }))
    }

    /// Makes a picture, and keeps it until it is [stored](Self::stored).
    pub(crate) fn make(&self, object: &str, source: Bytes, size: ThumbnailSize) -> Result<Bytes, String> {
        let made = Bytes::from((self.0.make)(source, size)?);
        *self.made() = Some((object.to_owned(), made.clone()));
        Ok(made)
    }

    /// A picture that was made, and is not stored yet.
    pub(crate) fn kept(&self, object: &str) -> Option<Bytes> {
        self.made().as_ref().filter(|(name, _)| name == object).map(|(_, made)| made.clone())
    }

    pub(crate) fn stored(&self, object: &str) {
        self.made().take_if(|(name, _)| name == object);
    }

    fn made(&self) -> MutexGuard<'_, Option<(String, Bytes)>> {
        self.0.made.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn crowds(&self) -> &SingleFlight {
        &self.0.crowds
    }

    pub(crate) fn turn(&self) -> &SingleFlight {
        &self.0.turn
    }

    pub(crate) fn has_refused(&self, object: &str) -> bool {
        self.0.refused.lock().unwrap_or_else(PoisonError::into_inner).iter().any(|refused| refused == object)
    }

    pub(crate) fn refuse(&self, object: &str) {
        let mut refused = self.0.refused.lock().unwrap_or_else(PoisonError::into_inner);
        if refused.len() == REMEMBERED {
            refused.pop_front();
        }
        refused.push_back(object.to_owned());
    }
}
