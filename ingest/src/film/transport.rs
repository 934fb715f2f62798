//! The kind of package that every earlier version wrote: a transport stream for each segment. It is made from encoded
//! pictures and sound without encoding them again.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use hls::{PlaylistKind, Scope, Variant};

use super::Encoder;
use super::package::{Media, Object, PLAYLIST, Package, Pictures};
use super::segments::SEGMENT;
use super::tools::input;
use super::ts;
use crate::child::confine::Limits;
use crate::child::process::{self, Failure};

/// RFC 3555 section 4.2.9.
pub const SEGMENT_TYPE: &str = "video/mp2t";
/// In bytes (ISO/IEC 13818-1 section 2.4.3.2).
const PACKET: usize = 188;
const PATIENCE: Duration = Duration::from_mins(5);

/// Writes `{quality}.m3u8` and `{quality}_NNN.ts` into `folder`, each with the first sound of the film.
pub fn write(encoder: &Encoder, media: &Media, folder: &Path, limits: Limits) -> Result<(), Failure> {
    for pictures in &media.pictures {
        let name = &pictures.quality.name;
        let mut command = encoder.tools.ffmpeg();
        // The names below are relative, so that ffmpeg does not take a `%` in the folder's path for a counter.
        command.current_dir(folder).args(["-progress", "pipe:1"]);
        for file in std::iter::once(pictures.file.clone()).chain(media.first_sound()) {
            command.args(["-f", "mov"]);
            input(&mut command, &file);
        }
        command.args(["-map", "0:v:0"]);
        if media.first_sound().is_some() {
            command.args(["-map", "1:a:0"]);
        }
        command.args(["-c", "copy", "-f", "hls", "-hls_playlist_type", "vod", "-hls_flags", "independent_segments"]);
        command.arg("-hls_time").arg(SEGMENT.to_string());
        command.arg("-hls_segment_filename").arg(format!("{name}_%03d.ts")).arg(format!("{name}.m3u8"));
        process::run(&mut command, limits, encoder.stop, PATIENCE, |_| true)?;
    }
    Ok(())
}

/// Reads what was written. Playlists that are not whole, missing segments and segments that do not begin with a
/// keyframe are errors.
pub fn read(folder: &Path, media: &Media) -> Result<Package, String> {
    let mut package = Package { qualities: Vec::new(), objects: Vec::new() };
    let (mut variants, mut playlists) = (Vec::new(), Vec::new());
    for pictures in &media.pictures {
        let (segments, playlist, variant) = rendition(folder, pictures)?;
        package.qualities.push(pictures.quality.clone());
        package.objects.extend(segments.into_iter().map(|name| Object::file(name, folder, SEGMENT_TYPE)));
        playlists.push(Object::text(variant.uri.clone(), playlist, PLAYLIST));
        variants.push(variant);
    }
    let master = hls::master(&variants, true).map_err(|error| error.to_string())?;
    package.objects.append(&mut playlists);
    package.objects.push(Object::text("master.m3u8".to_owned(), master, PLAYLIST));
    Ok(package)
}

fn rendition(folder: &Path, pictures: &Pictures) -> Result<(Vec<String>, String, Variant), String> {
    let quality = &pictures.quality;
    let (name, uri) = (&quality.name, format!("{}.m3u8", quality.name));
    let explain = |problem: &dyn std::fmt::Display| format!("the {name} rendition did not come out right: {problem}");
    let text = fs::read_to_string(folder.join(&uri)).map_err(|error| explain(&error))?;

    let mut names = Vec::new();
    let scope = Scope { prefix: "film/", base: "film/list.m3u8", public_base: None };
    let summary = hls::rewrite(text.as_bytes(), &scope, &mut String::new(), |out, reference| {
        out.push_str(reference.raw);
        names.push(reference.relative.to_owned());
    })
    .and_then(hls::Summary::whole)
    .map_err(|error| explain(&error))?;
    if summary.kind != PlaylistKind::Media || summary.segments == 0 {
        return Err(explain(&"it has no segments"));
    }
    // ffmpeg rounds to nearest, which is 0 for a film of less than half a second.
    let text = text.replace("#EXT-X-TARGETDURATION:0\n", "#EXT-X-TARGETDURATION:1\n");

    let segments: Vec<PathBuf> = names.iter().map(|name| folder.join(name)).collect();
    let mut sizes = Vec::with_capacity(segments.len());
    let mut codecs = None;
    for segment in &segments {
        let bytes = fs::read(segment).map_err(|error| explain(&error))?;
        sizes.push(bytes.len() as u64);
        // On a full disk ffmpeg's packager loses what it writes, says nothing, and ends well.
        if !bytes.len().is_multiple_of(PACKET) {
            return Err(explain(&"a segment is written only in part"));
        }
        let read = ts::read(&bytes).ok_or_else(|| explain(&"a segment holds no H.264"))?;
        if !read.starts_with_keyframe {
            return Err(explain(&"a segment does not begin with a keyframe"));
        }
        codecs.get_or_insert(read.codecs());
    }
    let bandwidth = hls::measure::bandwidth(&text, &sizes).map_err(|error| explain(&error))?;
    let variant = Variant {
        uri,
        bandwidth: bandwidth.peak,
        average_bandwidth: Some(bandwidth.average),
        codecs,
        resolution: Some((quality.width, quality.height)),
        frame_rate: Some(pictures.rate),
        name: Some(name.clone()),
    };
    Ok((names, text, variant))
}

/// Whether a segment is whole and can be entered at its beginning.
pub fn is_whole(segment: &[u8]) -> bool {
    segment.len().is_multiple_of(PACKET) && ts::read(segment).is_some_and(|segment| segment.starts_with_keyframe)
}
