//! The demo film: packaged beforehand, so that it needs no encoder.

use std::path::Path;

use gallery::layout;
use gallery::media::MediaType;
use image::metadata::Orientation;

use crate::bucket::Content;
use crate::catalogue::{Metadata, Row, Source};
use crate::digest::sha256_of_bytes;
use crate::facts::Facts;
use crate::publish::{Failure, Outcome, PLAYLIST, Publisher};
use crate::tally::Tally;
use crate::thumbnail;

/// Publishes the film unless it is there, and counts it.
pub fn publish(publisher: &Publisher, tally: &Tally) {
    tally.add_film();
    if !tally.must_stop() {
        tally.count_key(demo::short_film().key, put(publisher, demo::short_film()));
    }
}

/// Segments and playlists, thumbnails, original, row: in the order of every other film.
fn put(publisher: &Publisher, film: &demo::PackagedFilm) -> Result<Outcome, Failure> {
    let size = film.original.len() as u64;
    let source = Source { sha256: sha256_of_bytes(film.original), modified: film.taken.to_owned() };
    let known = publisher.catalogue.known(film.key)?.filter(|known| !publisher.force && known.size == size);
    if known.and_then(|known| known.source).is_some_and(|known| known.sha256 == source.sha256) {
        return Ok(Outcome::Unchanged);
    }
    let below = layout::hls_prefix(film.key);
    // The master comes first in the package and last into the bucket.
    let files: Vec<_> = film.hls.iter().rev().collect();
    publisher.put_all(&files, |(name, bytes)| {
        let is_playlist = Path::new(name).extension().is_some_and(|extension| extension == "m3u8");
        (format!("{below}{name}"), Content::Bytes(bytes), if is_playlist { PLAYLIST } else { "video/mp2t" })
    })?;
    let poster = image::load_from_memory(film.poster).map_err(|error| Failure::File(format!("its poster: {error}")))?;
    let thumbnails = thumbnail::make(poster, Orientation::NoTransforms).map_err(Failure::File)?;
    publisher.thumbnails(film.key, &thumbnails)?;
    publisher.put(film.key, Content::Bytes(film.original), "video/mp4")?;
    publisher.row(&Row {
        key: film.key,
        filename: film.key.rsplit('/').next().unwrap_or(film.key),
        kind: MediaType::Video,
        size,
        facts: Facts { date_taken: Some(film.taken.to_owned()), ..Facts::default() },
        duration: Some(film.duration),
        codec: Some(film.codec.to_owned()),
        width: film.width,
        height: film.height,
        hls_qualities: Some(film.qualities.iter().map(|quality| (*quality).to_owned()).collect()),
        metadata: Metadata { source, mime: "video/mp4".to_owned(), note: None },
    })?;
    Ok(Outcome::Added)
}
