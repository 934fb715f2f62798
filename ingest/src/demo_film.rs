//! The demo's short film: it is packaged already, so ingest needs no ffmpeg for it.

use gallery::layout;
use gallery::media::MediaType;
use image::ImageFormat;
use image::metadata::Orientation;

use crate::bucket::Content;
use crate::catalogue::{Metadata, Row, Source};
use crate::digest::sha256_of_bytes;
use crate::facts::Facts;
use crate::failure::Failure;
use crate::publish::{Outcome, PLAYLIST, Publisher, SEGMENT};
use crate::sniff;
use crate::taken::Taken;
use crate::thumbnail;

/// Publishes the film in the same order as any other film. Nothing is uploaded if the gallery has it already.
pub fn publish(publisher: &Publisher) -> Result<Outcome, Failure> {
    let film = demo::short_film();
    let key = film.key;
    // The film has no file, and so no time of its last change. It is recognised by its content.
    let source = Source { sha256: sha256_of_bytes(film.original), modified: film.taken.to_owned() };
    let known = publisher.catalogue.known(key)?.and_then(|known| known.source);
    if !publisher.force && known.is_some_and(|known| known.sha256 == source.sha256) {
        return Ok(Outcome::Unchanged);
    }
    let poster = image::load_from_memory_with_format(film.poster, ImageFormat::Jpeg)
        .map_err(|error| Failure::File(format!("its poster is broken: {error}")))?;
    let thumbnails = thumbnail::make(poster, Orientation::NoTransforms).map_err(Failure::File)?;

    let below = layout::hls_prefix(key, None);
    let (mut playlists, segments): (Vec<&(&str, &[u8])>, Vec<_>) =
        film.hls.iter().partition(|(name, _)| name.ends_with("m3u8"));
    publisher.put_all(&segments, |(name, bytes)| (format!("{below}{name}"), Content::Bytes(bytes), SEGMENT))?;
    playlists.sort_by_key(|(name, _)| *name == "master.m3u8");
    for (name, bytes) in playlists {
        publisher.put(&format!("{below}{name}"), Content::Bytes(bytes), PLAYLIST)?;
    }
    publisher.thumbnails(key, &thumbnails)?;
    let mime = sniff::Film::Mp4.mime();
    publisher.put(key, Content::Bytes(film.original), mime)?;
    publisher.row(&Row {
        key,
        filename: key.rsplit('/').next().unwrap_or(key),
        kind: MediaType::Video,
        size: film.original.len() as u64,
        facts: Facts { taken: Taken::of_container(film.taken), ..Facts::default() },
        duration: Some(film.duration),
        codec: Some(film.codec.to_owned()),
        width: film.width,
        height: film.height,
        hls_qualities: Some(film.qualities.iter().map(|name| (*name).to_owned()).collect()),
        version: None,
        metadata: Metadata { source, mime: mime.to_owned(), note: None },
    })?;
    Ok(Outcome::Added)
}
