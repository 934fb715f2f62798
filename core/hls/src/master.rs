use std::fmt::{self, Write as _};

use crate::rewrite::{is_quotable, is_safe_uri};

/// One variant of a film, as its `EXT-X-STREAM-INF` states it (RFC 8216bis 4.4.6.2). `None` means that a value is not
/// known, and its attribute is left out.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Variant {
    /// The URI as it stands in the playlist, already percent-encoded.
    pub uri: String,
    /// Peak bits per second, see [`measure`](crate::measure). 0 means not known: the attribute is
    /// then left out, although the RFC requires it, because a guess misleads players more.
    pub bandwidth: u64,
    /// Bits per second.
    pub average_bandwidth: Option<u64>,
    /// RFC 6381, such as `avc1.64001f,mp4a.40.2`.
    pub codecs: Option<String>,
    /// Width and height in pixels, as displayed.
    pub resolution: Option<(u32, u32)>,
    /// Frames per second.
    pub frame_rate: Option<f64>,
    /// The name of the quality (`1080p`), written as NAME. Players that do not know NAME ignore it.
    pub name: Option<String>,
}

/// A variant that cannot be written without changing what the playlist says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MasterError {
    /// The index into the given list.
    pub variant: usize,
    /// The attribute at fault: `URI`, `CODECS`, `NAME` or `FRAME-RATE`.
    pub attribute: &'static str,
}

impl fmt::Display for MasterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "variant {}: {} cannot be written", self.variant, self.attribute)
    }
}

impl std::error::Error for MasterError {}

/// Builds a master playlist. The variant with the highest bandwidth comes first. Where bandwidths are equal or not
/// known, the [number](quality_order) in the name decides, and then the given order.
///
/// A native Apple player starts with the first variant. Apple's authoring specification asks for a default of about
/// 2000 kbit/s there. This list is not rearranged for that default, so that its order is the same for every film and
/// every reader (hls.js, Shaka and `ExoPlayer` choose their first variant by their own estimate).
///
/// Returns an error if a text holds a quote or a control character, if a URI could not stand on a line of its own, or
/// if a frame rate is not a positive number.
pub fn master(variants: &[Variant], independent_segments: bool) -> Result<String, MasterError> {
    for (index, variant) in variants.iter().enumerate() {
        check(variant).map_err(|attribute| MasterError { variant: index, attribute })?;
    }
    // The variants are few, so each is inserted at its place.
    let mut order: Vec<&Variant> = Vec::with_capacity(variants.len());
    let rank = |variant: &Variant| (variant.bandwidth, variant.name.as_deref().map_or(0, quality_order));
    for variant in variants {
        let place = rank(variant);
        order.insert(order.partition_point(|other| rank(other) >= place), variant);
    }

    let mut out = String::from("#EXTM3U\n");
    if independent_segments {
        out.push_str("#EXT-X-INDEPENDENT-SEGMENTS\n");
    }
    for variant in order {
        out.push_str("#EXT-X-STREAM-INF:");
        attributes(variant, &mut out);
        out.push('\n');
        out.push_str(&variant.uri);
        out.push('\n');
    }
    Ok(out)
}

fn check(variant: &Variant) -> Result<(), &'static str> {
    if !is_safe_uri(&variant.uri) {
        return Err("URI");
    }
    if !variant.codecs.as_deref().is_none_or(is_quotable) {
        return Err("CODECS");
    }
    if !variant.name.as_deref().is_none_or(is_quotable) {
        return Err("NAME");
    }
    // A frame rate is written with three decimals. A lower rate would read as 0.
    if variant.frame_rate.is_some_and(|rate| !(rate.is_finite() && rate >= 0.001)) {
        return Err("FRAME-RATE");
    }
    Ok(())
}

/// Appends what is known, separated by commas.
fn attributes(variant: &Variant, out: &mut String) {
    let start = out.len();
    let mut write = |attribute: fmt::Arguments<'_>| {
        if out.len() > start {
            out.push(',');
        }
        // Writing to a String cannot fail.
        let _ = out.write_fmt(attribute);
    };
    if variant.bandwidth > 0 {
        write(format_args!("BANDWIDTH={}", variant.bandwidth));
    }
    if let Some(average) = variant.average_bandwidth {
        write(format_args!("AVERAGE-BANDWIDTH={average}"));
    }
    if let Some(codecs) = &variant.codecs {
        write(format_args!("CODECS=\"{codecs}\""));
    }
    if let Some((width, height)) = variant.resolution {
        write(format_args!("RESOLUTION={width}x{height}"));
    }
    if let Some(rate) = variant.frame_rate {
        // Whole thousandths: formatting a float is 18 kB of code.
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "positive and finite; more than fits is no rate"
        )]
        let thousandths = (rate * 1000.0).round() as u64;
        write(format_args!("FRAME-RATE={}.{:03}", thousandths / 1000, thousandths % 1000));
    }
    if let Some(name) = &variant.name {
        write(format_args!("NAME=\"{name}\""));
    }
}

/// The number in a quality's name, by which qualities are sorted. `1080p` is 1080, `1920x1080` is 1080, `4k` is 2160,
/// and a name without a number is 0.
pub fn quality_order(name: &str) -> u64 {
    let (first, rest) = number(name);
    match rest.bytes().next() {
        Some(b'x' | b'X') if rest[1..].starts_with(|c: char| c.is_ascii_digit()) => number(rest).0,
        // 4k is 2160 lines, 8k is 4320.
        Some(b'k' | b'K') => first.saturating_mul(540),
        _ => first,
    }
}

/// The first run of digits in `text` and the text after it.
fn number(text: &str) -> (u64, &str) {
    let Some(from) = text.find(|c: char| c.is_ascii_digit()) else {
        return (0, "");
    };
    let digits = &text[from..];
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let value = digits[..end].bytes().fold(0u64, |sum, b| sum.saturating_mul(10).saturating_add(u64::from(b - b'0')));
    (value, &digits[end..])
}
