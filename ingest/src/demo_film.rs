//! The demo's short film: it is packaged already, so ingest needs no ffmpeg for it.

use gallery::layout;
use gallery::media::MediaType;
use image::ImageFormat;
use image::metadata::Orientation;

use crate::blank::{self, Examination};
use crate::bucket::Content;
use crate::facts::Facts;
use crate::failure::Failure;
use crate::film::{PLAYLIST, SEGMENT_TYPE};
use crate::outcome::Outcome;
use crate::publish::{Described, Packaged, Publisher};
use crate::register::Answer;
use crate::sniff;
use crate::taken::Taken;
use crate::thumbnail;

/// Publishes the film in the same order as any other film. Nothing is uploaded if the gallery has it already.
pub fn publish(publisher: &Publisher) -> Result<Outcome, Failure> {
    let film = demo::short_film();
    let key = film.key;
    // The film has no file, and so no time of its last change. It is recognised by its content.
    let claim = match publisher.register.ask_bytes(key, film.original, film.taken) {
        Answer::Known(outcome) => {
            if !publisher.dry_run {
                let examination = Examination::of_bytes(film.original);
                let kept = blank::kept(publisher.bucket, key, film.original.len() as u64, &examination)?;
                publisher.catalogue.fill_patches(kept.map(|kept| (key.to_owned(), kept)).as_slice())?;
            }
            return Ok(outcome);
        }
        Answer::New(claim) if publisher.dry_run => return Ok(claim.forego()),
        Answer::New(claim) => claim,
    };
    let poster = image::load_from_memory_with_format(film.poster, ImageFormat::Jpeg)
        .map_err(|error| Failure::File(format!("its poster is broken: {error}")))?;
    let thumbnails = thumbnail::make(poster, Orientation::NoTransforms).map_err(Failure::File)?;

    let below = layout::hls_prefix(key, Some(&claim.version));
    let (mut playlists, segments): (Vec<&(&str, &[u8])>, Vec<_>) =
        film.hls.iter().partition(|(name, _)| name.ends_with("m3u8"));
    publisher.begin(key)?;
    publisher.put_all(&segments, |(name, bytes)| (format!("{below}{name}"), Content::Bytes(bytes), SEGMENT_TYPE))?;
    playlists.sort_by_key(|(name, _)| *name == "master.m3u8");
    for (name, bytes) in playlists {
        publisher.put(&format!("{below}{name}"), Content::Bytes(bytes), PLAYLIST)?;
    }
    let renditions = publisher.thumbnails(key, &claim.version, &thumbnails)?;
    let mime = sniff::Film::Mp4.mime();
    let tag = publisher.put(key, Content::Bytes(film.original), mime)?;
    let outcome = claim.outcome();
    let item = Described {
        key,
        filename: key.rsplit('/').next().unwrap_or(key),
        kind: MediaType::Video,
        mime,
        size: film.original.len() as u64,
        facts: Facts { taken: Taken::of_container(film.taken), ..Facts::default() },
        width: film.width,
        height: film.height,
        renditions,
        thumbhash: &thumbnails.thumbhash,
        note: None,
        kept: Examination::of_bytes(film.original).in_object(tag.as_deref()),
        shared: None,
    };
    let package = Packaged {
        duration: film.duration,
        codec: film.codec.to_owned(),
        qualities: film.qualities.iter().map(|name| (*name).to_owned()).collect(),
        objects: (film.hls.len() as u64, film.hls.iter().map(|(_, bytes)| bytes.len() as u64).sum()),
    };
    publisher.row(*claim, item, Some(&package))?;
    Ok(outcome)
}
