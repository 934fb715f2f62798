//! The URIs of a film's files at this service, as playlists hold them.
//!
//! The path has the film's key and the file's name, so every file of a film seems to lie in one folder, and every URI
//! is relative to it. A file below the film's own folder has its folder in the query: `index.m3u8?in=720p`. In the
//! path, the folder could be part of the key, which may hold slashes too.

use gallery::key::percent_encode;
use hls::{Kind, Reference};

use crate::catalogue::Film;

/// The parameter with a file's folder.
pub(crate) const FOLDER: &str = "in";
/// The parameter of a playlist whose name does not say that it is one.
pub(crate) const LIST: &str = "list";

/// Whether a file's name says that it is a playlist (RFC 8216 section 4).
pub(crate) fn is_list_name(name: &str) -> bool {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    extension.eq_ignore_ascii_case("m3u8") || extension.eq_ignore_ascii_case("m3u")
}

/// Whether a URI leads to a playlist. It then points at this service in every delivery, because what the playlist
/// names must be delivered too.
pub(crate) fn is_list(reference: &Reference<'_>) -> bool {
    is_list_kind(reference.kind) || is_list_name(reference.relative)
}

/// Whether a URI in a playlist in the film's own folder leads to its file as it stands. So it is in films of 0.1.0. A
/// query could mean something here.
pub(crate) fn leads_here(film: &Film, reference: &Reference<'_>) -> bool {
    let is_flat = !film.is_versioned && !reference.relative.contains('/');
    is_flat && !reference.suffix.starts_with('?') && !is_list(reference)
}

const fn is_list_kind(kind: Kind) -> bool {
    matches!(kind, Kind::Variant | Kind::Rendition | Kind::IFrames | Kind::RenditionReport)
}

pub(crate) fn encode(out: &mut String, text: &str) {
    out.extend(percent_encode(text));
}

/// Appends the URI of a file, relative to the film's folder `/api/hls/:key/`.
pub(crate) fn push(out: &mut String, film: &Film, reference: &Reference<'_>) {
    let (folder, name) = reference.relative.rsplit_once('/').unwrap_or(("", reference.relative));
    encode(out, name);
    let mut mark = '?';
    let mut add = |out: &mut String, name| {
        out.push(mark);
        mark = '&';
        out.push_str(name);
    };
    if film.is_versioned || is_list(reference) {
        add(out, "v=");
        out.push_str(&film.version);
    }
    if !folder.is_empty() {
        add(out, FOLDER);
        out.push('=');
        encode(out, folder);
    }
    if is_list_kind(reference.kind) && !is_list_name(name) {
        add(out, LIST);
    }
}
