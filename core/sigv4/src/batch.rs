use crate::Presigner;

/// Signs many URLs of one [`Presigner`] into one growing text. The bytes are those of
/// [`presign_into`](Presigner::presign_into).
#[derive(Debug)]
pub struct Batch<'a> {
    presigner: &'a Presigner,
}

impl<'a> Batch<'a> {
    pub(crate) fn new(presigner: &'a Presigner) -> Self {
        Self { presigner }
    }

    /// Appends the URL of an object; its signature may be filled in by a later call.
    pub fn push(&mut self, out: &mut String, object_key: &str) {
        self.presigner.presign_into(out, object_key);
    }

    /// Fills in the signatures still missing.
    pub fn finish(self, out: &mut String) {
        let _ = out;
    }
}
