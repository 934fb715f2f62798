//! A film's renditions on disk: checked, measured, and the master playlist that names them.

use std::fs;
use std::path::{Path, PathBuf};

use hls::{PlaylistKind, Scope, Variant};

use super::ladder::{FrameRate, Rung};
use super::ts;

/// All objects of a film below `hls/{key}/`.
pub struct Package {
    /// The renditions, highest first.
    pub renditions: Vec<Rendition>,
    pub master: String,
    /// The duration of the longest rendition, in seconds.
    pub duration: f64,
}

pub struct Rendition {
    /// A name such as `720p`.
    pub name: String,
    pub width: u32,
    pub height: u32,
    pub playlist: PathBuf,
    pub segments: Vec<PathBuf>,
}

/// Reads the encoded files in `folder`. Playlists that are not whole, missing segments and segments that do not begin
/// with a keyframe are errors.
pub fn read(folder: &Path, rungs: &[Rung], rate: FrameRate) -> Result<Package, String> {
    let mut package = Package { renditions: Vec::new(), master: String::new(), duration: 0.0 };
    let mut variants = Vec::new();
    for rung in rungs {
        let (rendition, variant, duration) = rendition(folder, rung, rate)?;
        package.renditions.push(rendition);
        package.duration = package.duration.max(duration);
        variants.push(variant);
    }
    package.master = hls::master(&variants, true).map_err(|error| error.to_string())?;
    Ok(package)
}

fn rendition(folder: &Path, rung: &Rung, rate: FrameRate) -> Result<(Rendition, Variant, f64), String> {
    let name = &rung.name;
    let uri = format!("{name}.m3u8");
    let playlist = folder.join(&uri);
    let explain = |problem: &dyn std::fmt::Display| format!("the {name} rendition did not come out right: {problem}");
    let text = fs::read_to_string(&playlist).map_err(|error| explain(&error))?;

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

    let segments: Vec<PathBuf> = names.iter().map(|name| folder.join(name)).collect();
    let mut sizes = Vec::with_capacity(segments.len());
    let mut codecs = None;
    for segment in &segments {
        let bytes = fs::read(segment).map_err(|error| explain(&error))?;
        sizes.push(bytes.len() as u64);
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
        resolution: Some((rung.width, rung.height)),
        frame_rate: Some(rate.per_second()),
        name: Some(name.clone()),
    };
    let rendition = Rendition { name: name.clone(), width: rung.width, height: rung.height, playlist, segments };
    Ok((rendition, variant, bandwidth.duration))
}
