//! Turns films of earlier versions, which have an object for each segment, into films with one object for each of their
//! pictures and sounds. Nothing is encoded again but a sound that does not fit its pictures.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::thread;

use gallery::layout;
use hls::{PlaylistKind, Scope, Summary};

use crate::Options;
use crate::catalogue::Film;
use crate::failure::Failure;
use crate::film::{self, Streams};
use crate::pipeline::shielded;
use crate::progress::Progress;
use crate::publish::{OLD_VERSIONS_STAY, Publisher};
use crate::register::new_version;
use crate::tally::Tally;

/// The largest playlist and the largest segment, in bytes.
const MAX_PLAYLIST: u64 = 4 << 20;
const MAX_SEGMENT: u64 = 128 << 20;
/// How many segments are on their way at once.
const AT_ONCE: usize = 4;

/// Repackages these films, or all. What a stopped run has done stays done.
pub fn run(options: &Options, publisher: &Publisher, keys: &[String], tally: &Tally) -> Result<(), Failure> {
    let films = publisher.catalogue.films()?;
    for key in keys.iter().filter(|key| films.iter().all(|film| film.key != **key)) {
        tally.note(key, "the gallery has no film with this key".to_owned());
    }
    let films: Vec<_> = films.iter().filter(|film| keys.is_empty() || keys.contains(&film.key)).collect();
    let progress = Progress::files(options.show, "films", films.len() as u64);
    for film in films {
        if tally.must_stop() {
            break;
        }
        match shielded(|| one(publisher, film)) {
            Ok(true) => tally.repackaged(),
            Ok(false) => {}
            Err(Failure::File(reason)) => tally.note(&film.key, format!("left as it is: {reason}")),
            failed => tally.settle(failed.map(drop)),
        }
        progress.advance(1);
    }
    Ok(())
}

/// Whether there was something to do.
fn one(publisher: &Publisher, film: &Film) -> Result<bool, Failure> {
    has_all_in_its_variants(publisher, film)?;
    let mut sources = Vec::new();
    for quality in &film.qualities {
        let path = layout::hls_variant(&film.key, film.stored.version.as_deref(), quality);
        let text = publisher.bucket.get(&path, MAX_PLAYLIST)?;
        let text = text.ok_or_else(|| Failure::File(format!("{path} is not in the bucket")))?;
        match segments(&text, &layout::hls_prefix(&film.key, film.stored.version.as_deref()), &path)? {
            Some((segments, seconds)) => sources.push((quality, segments, seconds)),
            None => return Ok(false),
        }
    }
    if sources.is_empty() {
        return Err(Failure::File("its playlists are not known: ingest its original again".to_owned()));
    }
    if publisher.dry_run {
        return Ok(true);
    }
    let encoder = publisher.films.encoder().map_err(Failure::File)?;
    let folder = encoder.folder()?;
    let mut qualities = Vec::new();
    for (index, (quality, segments, seconds)) in sources.into_iter().enumerate() {
        let file = folder.path().join(format!("old/{index}.ts"));
        fetch(publisher, &segments, &file)?;
        qualities.push(Streams { quality: quality.clone(), file, seconds });
    }
    let repacked = encoder.repack(&qualities, folder)?;
    let version = new_version(&film.key, true);
    publisher.package(&layout::hls_prefix(&film.key, Some(&version)), &repacked.package)?;
    let due = (jiff::Timestamp::now() + OLD_VERSIONS_STAY).to_string();
    if publisher.catalogue.repackaged(film, &version, &repacked.package, &due)? {
        return Ok(true);
    }
    Err(Failure::File("it was taken out or replaced meanwhile; `doctor --repair` deletes what was made".to_owned()))
}

/// Sounds and subtitles of their own would be lost, and variants that the row does not know.
fn has_all_in_its_variants(publisher: &Publisher, film: &Film) -> Result<(), Failure> {
    let version = film.stored.version.as_deref();
    let (prefix, path) = (layout::hls_prefix(&film.key, version), layout::hls_master(&film.key, version));
    let Some(text) = publisher.bucket.get(&path, MAX_PLAYLIST)? else { return Ok(()) };
    // The newest kind has them, and is left alone by its byte ranges.
    let known: Vec<_> = film.qualities.iter().map(|quality| layout::hls_variant(&film.key, version, quality)).collect();
    let (mut apart, mut unknown, mut is_new) = (false, false, false);
    let scope = Scope { prefix: &prefix, base: &path, public_base: None };
    hls::rewrite(&text, &scope, &mut String::new(), |out, reference| {
        out.push_str(reference.raw);
        apart |= reference.kind == hls::Kind::Rendition;
        is_new |= reference.kind == hls::Kind::IFrames;
        unknown |= reference.kind == hls::Kind::Variant && !known.iter().any(|path| path == reference.key);
    })
    .map_err(|_| Failure::File(format!("{path} is no whole playlist")))?;
    if unknown || (apart && !is_new) {
        return Err(Failure::File(
            "its sounds or sizes are not all in its playlists: ingest its original again".to_owned(),
        ));
    }
    Ok(())
}

/// The segments of a playlist, in order, and their seconds in all. `None` if it has byte ranges: the film is of the new
/// kind already.
fn segments(text: &[u8], prefix: &str, path: &str) -> Result<Option<(Vec<String>, f64)>, Failure> {
    let lines = String::from_utf8_lossy(text);
    let has = |tag: &str| lines.lines().any(|line| line.starts_with(tag));
    if has("#EXT-X-BYTERANGE:") {
        return Ok(None);
    }
    for (tag, what) in
        [("#EXT-X-MAP:", "fragmented MP4"), ("#EXT-X-KEY:", "encrypted"), ("#EXT-X-DISCONTINUITY", "of several pieces")]
    {
        if has(tag) {
            return Err(Failure::File(format!("its segments are {what}: ingest its original again")));
        }
    }
    let scope = Scope { prefix, base: path, public_base: None };
    let mut names = Vec::new();
    let summary = hls::rewrite(text, &scope, &mut String::new(), |out, reference| {
        out.push_str(reference.raw);
        names.push(reference.key.to_owned());
    });
    match summary.and_then(Summary::whole) {
        Ok(Summary { kind: PlaylistKind::Media, segments: 1.., duration, .. }) => Ok(Some((names, duration))),
        _ => Err(Failure::File(format!("{path} is no whole playlist"))),
    }
}

/// Writes segments one behind the other into a file.
fn fetch(publisher: &Publisher, segments: &[String], to: &Path) -> Result<(), Failure> {
    let unwritable = |error: std::io::Error| Failure::File(format!("{} cannot be written: {error}", to.display()));
    let mut file = File::create(to).map_err(unwritable)?;
    for some in segments.chunks(AT_ONCE) {
        if publisher.stop.is_requested() {
            return Err(Failure::Stopped);
        }
        let get = |key: &String| publisher.bucket.get(key, MAX_SEGMENT);
        let fetched: Vec<_> = thread::scope(|scope| {
            let started: Vec<_> = some.iter().map(|key| scope.spawn(move || get(key))).collect();
            started.into_iter().map(std::thread::ScopedJoinHandle::join).collect()
        });
        for (key, bytes) in some.iter().zip(fetched) {
            let bytes = bytes.map_err(|_| Failure::File("reading it failed unexpectedly".to_owned()))??;
            let bytes = bytes.ok_or_else(|| Failure::File(format!("{key} is not in the bucket")))?;
            if !film::is_whole(&bytes) {
                return Err(Failure::File(format!("{key} is damaged: ingest its original again")));
            }
            file.write_all(&bytes).map_err(unwritable)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &str) -> Result<Option<(Vec<String>, f64)>, Failure> {
        let text = format!("#EXTM3U\n#EXT-X-TARGETDURATION:4\n{lines}#EXT-X-ENDLIST\n");
        segments(text.as_bytes(), "hls/a/", "hls/a/720p.m3u8")
    }

    #[test]
    fn what_can_be_repackaged() {
        let (segments, seconds) = read("#EXTINF:4,\n1.ts\n#EXTINF:2.5,\nmore/2.ts\n").unwrap().unwrap();
        assert_eq!(segments, ["hls/a/1.ts", "hls/a/more/2.ts"]);
        assert!((seconds - 6.5).abs() < 1e-9);
        assert!(read("#EXTINF:4,\n#EXT-X-BYTERANGE:9@0\n1.mp4\n").unwrap().is_none());
        for (lines, word) in [
            ("#EXT-X-MAP:URI=\"i.mp4\"\n#EXTINF:4,\n1.m4s\n", "fragmented"),
            ("#EXT-X-KEY:METHOD=AES-128,URI=\"k\"\n#EXTINF:4,\n1.ts\n", "encrypted"),
            ("#EXTINF:4,\n1.ts\n#EXT-X-DISCONTINUITY\n#EXTINF:4,\n2.ts\n", "several"),
            ("", "no whole playlist"),
            ("#EXTINF:4,\n../../1.ts\n", "no whole playlist"),
        ] {
            let Err(Failure::File(reason)) = read(lines) else { panic!("{lines}") };
            assert!(reason.contains(word), "{reason}");
        }
    }
}
