//! The objects of a film, in the kinds of package that are wished.

use gallery::layout;

use crate::Packaging;
use crate::bucket::Content;
use crate::failure::Failure;
use crate::film::{self, Encoded, Package};
use crate::publish::Publisher;

impl Publisher<'_> {
    /// Uploads a film in the kinds of package that are wished, and to where its objects lay before they had versions,
    /// if another program looks there. Returns the number of the objects of the version, and their bytes.
    pub fn film_objects(
        &self,
        key: &str,
        version: &str,
        encoded: &Encoded,
        old_layout: bool,
    ) -> Result<(u64, u64), Failure> {
        let below = layout::hls_prefix(key, Some(version));
        let needs_transport = old_layout || self.packaging != Packaging::Cmaf;
        let transport = if needs_transport {
            Some(encoded.transport(&self.films.encoder().map_err(Failure::File)?)?)
        } else {
            None
        };
        if let Some(transport) = transport.as_ref().filter(|_| old_layout) {
            self.package(&layout::hls_prefix(key, None), transport)?;
        }
        let mut all = (0, 0);
        let mut put = |below: &str, package: &Package| {
            all.0 += package.objects.len() as u64;
            all.1 += package.objects.iter().map(film::Object::bytes).sum::<u64>();
            self.package(below, package)
        };
        match (self.packaging, &transport) {
            (Packaging::Ts, Some(transport)) => put(&below, transport)?,
            (Packaging::Both, Some(transport)) => {
                put(&layout::hls_transport(key, version), transport)?;
                put(&below, &encoded.package)?;
            }
            _ => put(&below, &encoded.package)?,
        }
        Ok(all)
    }

    /// Uploads the objects of a film below a prefix: what a playlist names before it, and the master last.
    pub fn package(&self, below: &str, package: &Package) -> Result<(), Failure> {
        for rank in package.objects.chunk_by(|a, b| a.rank() == b.rank()) {
            self.put_all(rank, |object| {
                let content = match &object.content {
                    film::Content::File(path) => Content::File(path),
                    film::Content::Bytes(bytes) => Content::Bytes(bytes),
                };
                (format!("{below}{}", object.name), content, object.content_type)
            })?;
        }
        Ok(())
    }
}
