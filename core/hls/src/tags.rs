use crate::{Kind, PlaylistKind};

/// What a line that starts with `#` means to the scanner (RFC 8216bis 4.4). Tags are case-sensitive.
pub(crate) enum Tag<'a> {
    /// `EXTINF`, and the text after its colon.
    Segment(&'a str),
    /// `EXT-X-STREAM-INF`: its attributes hold no URI.
    Variant,
    /// A tag whose attribute list may hold URIs.
    Uris(Kind, &'a str),
    Define(&'a str),
    TargetDuration(&'a str),
    Version(&'a str),
    End,
    /// A tag that only says what kind of playlist this is.
    Of(PlaylistKind),
    /// A comment, a tag that both kinds of playlist may hold, or an unknown tag.
    Other,
}

pub(crate) fn read(line: &str) -> Tag<'_> {
    if let Some(rest) = line.strip_prefix("#EXTINF:") {
        return Tag::Segment(rest);
    }
    let Some(tag) = line.strip_prefix("#EXT-X-") else {
        return Tag::Other;
    };
    match tag.split_once(':') {
        Some((name, rest)) => with_value(name, rest),
        None => match tag {
            "ENDLIST" => Tag::End,
            "DISCONTINUITY" | "GAP" | "I-FRAMES-ONLY" => Tag::Of(PlaylistKind::Media),
            _ => Tag::Other,
        },
    }
}

fn with_value<'a>(name: &str, rest: &'a str) -> Tag<'a> {
    match name {
        "STREAM-INF" => Tag::Variant,
        "MEDIA" => Tag::Uris(Kind::Rendition, rest),
        // The second is not in the RFC. Roku's players, among others, show its pictures above the timeline.
        "I-FRAME-STREAM-INF" | "IMAGE-STREAM-INF" => Tag::Uris(Kind::IFrames, rest),
        "MAP" => Tag::Uris(Kind::Map, rest),
        "KEY" => Tag::Uris(Kind::Key, rest),
        "SESSION-KEY" => Tag::Uris(Kind::SessionKey, rest),
        "SESSION-DATA" => Tag::Uris(Kind::SessionData, rest),
        "PART" => Tag::Uris(Kind::Part, rest),
        "PRELOAD-HINT" => Tag::Uris(Kind::PreloadHint, rest),
        "RENDITION-REPORT" => Tag::Uris(Kind::RenditionReport, rest),
        "CONTENT-STEERING" => Tag::Uris(Kind::Steering, rest),
        "DATERANGE" => Tag::Uris(Kind::Asset, rest),
        "DEFINE" => Tag::Define(rest),
        "TARGETDURATION" => Tag::TargetDuration(rest),
        "VERSION" => Tag::Version(rest),
        "BITRATE"
        | "BYTERANGE"
        | "DISCONTINUITY-SEQUENCE"
        | "MEDIA-SEQUENCE"
        | "PART-INF"
        | "PLAYLIST-TYPE"
        | "PROGRAM-DATE-TIME"
        | "SERVER-CONTROL"
        | "SKIP" => Tag::Of(PlaylistKind::Media),
        _ => Tag::Other,
    }
}

/// The kind of playlist that holds tags with this kind of URI.
pub(crate) fn home(kind: Kind) -> PlaylistKind {
    match kind {
        Kind::Variant | Kind::Rendition | Kind::IFrames | Kind::SessionKey | Kind::SessionData | Kind::Steering => {
            PlaylistKind::Master
        }
        Kind::Segment
        | Kind::Map
        | Kind::Key
        | Kind::Part
        | Kind::PreloadHint
        | Kind::RenditionReport
        | Kind::Asset => PlaylistKind::Media,
    }
}

/// The attributes of a tag with this kind that hold URIs. `list` is the tag's whole attribute list.
pub(crate) fn uri_attributes(kind: Kind, list: &str) -> &'static [&'static str] {
    match kind {
        Kind::Steering => &["SERVER-URI"],
        // RFC 8216bis appendix D. X-URI belongs to Apple's preload and schedule classes; in other classes it is a
        // client's own attribute.
        Kind::Asset if list.contains("CLASS=\"com.apple.hls.") => &["X-ASSET-URI", "X-ASSET-LIST", "X-URI"],
        Kind::Asset => &["X-ASSET-URI", "X-ASSET-LIST"],
        _ => &["URI"],
    }
}
