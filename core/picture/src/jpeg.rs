//! JPEG, decoded at the scale that is needed.

use bytes::Bytes;
use gallery::layout::ThumbnailSize;
use jpeg_decoder::{CodingProcess, Decoder, PixelFormat};

use crate::{
    encode::{encode, memory_of_encoding},
    header::Header,
    limits::{check_memory, check_pixels},
    profile,
    refusal::Refusal,
    rows::Scaler,
    turn::Turn,
};

/// How many of 16 pixels in a row are enough. Most photos have 4000 pixels and some in a row: a half of them is a
/// little less than the 2048 of a screen, and takes a quarter of the time and of the memory.
const ENOUGH: (u32, u32) = (15, 16);

/// How a scan begins. No coded pixels hold these bytes.
const SCAN: &[u8] = b"\xff\xda";
/// The most scans. Encoders write some ten, and previews in other segments have a few more.
const MOST_SCANS: usize = 128;
/// How a part of a profile begins, and its most bytes.
const PROFILE: &[u8] = b"ICC_PROFILE\0";
const SEGMENT: usize = 65_535;

/// How often a text occurs.
fn count(bytes: &[u8], text: &[u8]) -> usize {
    bytes.windows(text.len()).filter(|window| *window == text).count()
}

/// What the frame header says (ITU-T T.81, B.2.2).
#[derive(Debug, PartialEq)]
struct Frame {
    width: u32,
    height: u32,
    is_progressive: bool,
    /// How often each component is sampled, across and down.
    sampling: Vec<(u8, u8)>,
    /// The most bytes of segments that the decoder keeps: those before the header, and profiles behind it.
    kept: usize,
}

impl Frame {
    fn find(bytes: &[u8]) -> Option<Self> {
        let mut at = 2;
        loop {
            // Any number of fill bytes may stand before a marker.
            while bytes.get(at..at + 2)? == [0xff, 0xff] {
                at += 1;
            }
            let [0xff, marker, high, low] = *bytes.get(at..at + 4)? else { return None };
            match marker {
                0xc0..=0xc2 => break,
                // Other kinds of frames, pixels before any frame, and what has no length: behind it, the decoder would
                // look for another frame.
                0x00 | 0x01 | 0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xda => return None,
                _ => at += 2 + usize::from(u16::from_be_bytes([high, low])),
            }
        }
        let header = bytes.get(at + 4..)?;
        let [_, height_high, height_low, width_high, width_low, components, rest @ ..] = header else { return None };
        let sampling = rest.chunks_exact(3).take((*components).into()).map(|one| (one[1] >> 4, one[1] & 15));
        let sampling: Vec<_> = sampling.collect();
        let is_sampled = |(across, down): &(u8, u8)| (1..=4).contains(across) && (1..=4).contains(down);
        (sampling.len() == usize::from(*components) && !sampling.is_empty() && sampling.iter().all(is_sampled)).then(
            || Self {
                width: u16::from_be_bytes([*width_high, *width_low]).into(),
                height: u16::from_be_bytes([*height_high, *height_low]).into(),
                is_progressive: bytes.get(at + 1) == Some(&0xc2),
                sampling,
                kept: at + SEGMENT * count(header, PROFILE),
            },
        )
    }

    /// The blocks of eight by eight coefficients, with those that fill up the edges.
    fn blocks(&self) -> u64 {
        let most = |side: fn(&(u8, u8)) -> u8| u32::from(self.sampling.iter().map(side).max().unwrap_or(1));
        let across = u64::from(self.width.div_ceil(8 * most(|sampling| sampling.0)));
        let down = u64::from(self.height.div_ceil(8 * most(|sampling| sampling.1)));
        self.sampling.iter().map(|(h, v)| across * u64::from(*h) * down * u64::from(*v)).sum()
    }

    /// The size of the picture that is made `scale` times smaller.
    fn scaled(&self, scale: u32) -> (u32, u32) {
        (self.width.div_ceil(scale), self.height.div_ceil(scale))
    }

    /// The memory for decoding at a scale beside the source, in bytes, and that for what comes then.
    fn memory(&self, scale: u32, to: (u32, u32)) -> u64 {
        let (width, height) = self.scaled(scale);
        let (blocks, channels) = (self.blocks(), self.sampling.len() as u64);
        let planes = blocks * u64::from(8 / scale).pow(2);
        let image = u64::from(width) * u64::from(height) * channels;
        // All coefficients of a progressive picture, else those of two rows of blocks, four blocks high.
        let coefficients = if self.is_progressive { 128 * blocks } else { 0 };
        let rows = 2 * 128 * 4 * u64::from(self.width / 8 + 4) * channels;
        let decoding = self.kept as u64 + coefficients + rows + planes + image;
        let shown = if channels == 1 { 1 } else { 3 };
        decoding.max(image + Scaler::memory((width, height), to, shown) + memory_of_encoding(to, shown))
    }

    /// The scale at which the picture is decoded, and the size of what is made then: the coarsest one that leaves
    /// [`ENOUGH`] of the pixels that are wanted, else the next coarser.
    fn plan(&self, wanted: (u32, u32), source: u64) -> Result<(u32, (u32, u32)), Refusal> {
        let is_enough = |scale: &u32| {
            let (width, height) = self.scaled(*scale);
            let is_enough = |side: u32, wanted: u32| side * ENOUGH.1 >= wanted * ENOUGH.0;
            is_enough(width, wanted.0) && is_enough(height, wanted.1)
        };
        let best = [8, 4, 2].into_iter().find(is_enough).unwrap_or(1);
        let coarser = [best, 2 * best].into_iter().filter(|scale| *scale <= 8);
        let mut plans = coarser.map(|scale| {
            let (width, height) = self.scaled(scale);
            (scale, (wanted.0.min(width), wanted.1.min(height)))
        });
        let fits = |(scale, to): &(u32, (u32, u32))| check_memory(source + self.memory(*scale, *to)).is_ok();
        plans.find(fits).ok_or(Refusal::TooLarge)
    }
}

pub fn make(source: Bytes, size: ThumbnailSize) -> Result<Vec<u8>, Refusal> {
    let frame = Frame::find(&source).ok_or(Refusal::Unknown)?;
    // Each scan goes over the whole picture, and may have next to no bytes.
    if count(&source, SCAN) > MOST_SCANS {
        return Err(Refusal::TooLarge);
    }
    check_pixels(frame.width, frame.height)?;
    let (header, format, scale, pixels, to) = decode(&source, &frame, size)?;
    drop(source);
    let channels = if format == PixelFormat::L8 { 1 } else { 3 };
    let (width, height) = frame.scaled(scale);
    // The last of its pixels may stand for fewer than the others do.
    let extent = [frame.width, frame.height].map(|side| f64::from(side) / f64::from(scale));
    let mut scaler = Scaler::of_part((width, height), extent.into(), to, channels, header.turn);
    let row = width as usize * format.pixel_bytes();
    let mut inks = vec![0; width as usize * 3];
    for row in pixels.chunks_exact(row.max(1)) {
        if format == PixelFormat::CMYK32 {
            on_paper(row, &mut inks);
            scaler.push(&inks);
        } else {
            scaler.push(row);
        }
    }
    drop(pixels);
    encode(scaler, header.profile.as_deref())
}

type Decoded = (Header, PixelFormat, u32, Vec<u8>, (u32, u32));

/// The scale that is needed, the pixels at this scale, and the size of the picture to make of them.
fn decode(source: &[u8], frame: &Frame, size: ThumbnailSize) -> Result<Decoded, Refusal> {
    let mut decoder = Decoder::new(source);
    decoder.read_info().map_err(|error| refusal(&error))?;
    let info = decoder.info().ok_or(Refusal::Broken)?;
    // What was planned with is what is decoded.
    let is_progressive = info.coding_process == CodingProcess::DctProgressive;
    if (u32::from(info.width), u32::from(info.height), is_progressive)
        != (frame.width, frame.height, frame.is_progressive)
    {
        return Err(Refusal::Broken);
    }
    let channels = match info.pixel_format {
        PixelFormat::L8 => 1,
        PixelFormat::RGB24 => 3,
        PixelFormat::CMYK32 => 4,
        PixelFormat::L16 => return Err(Refusal::Unknown),
    };
    if channels != frame.sampling.len() {
        return Err(Refusal::Broken);
    }
    let turn = decoder.exif_data().map_or(Turn::NONE, Turn::of_exif);
    let mut header = Header { width: frame.width, height: frame.height, turn, profile: None };
    let (scale, to) = frame.plan(header.fit(size), source.len() as u64)?;
    let (width, height) = frame.scaled(scale);
    let side = |side: u32| u16::try_from(side).unwrap_or(u16::MAX);
    let scaled = decoder.scale(side(width), side(height)).map_err(|error| refusal(&error))?;
    if (u32::from(scaled.0), u32::from(scaled.1)) != (width, height) {
        return Err(Refusal::Unknown);
    }
    let pixels = decoder.decode().map_err(|error| refusal(&error))?;
    if pixels.len() != width as usize * height as usize * channels {
        return Err(Refusal::Broken);
    }
    // The inks of a profile are not those of the picture any more.
    header.profile = profile::usable(decoder.icc_profile(), channels).filter(|_| channels != 4);
    Ok((header, info.pixel_format, scale, pixels, to))
}

fn refusal(error: &jpeg_decoder::Error) -> Refusal {
    match error {
        jpeg_decoder::Error::Unsupported(_) => Refusal::Unknown,
        _ => Refusal::Broken,
    }
}

/// What inks look like on paper, where 0 is no ink.
fn on_paper(inks: &[u8], out: &mut [u8]) {
    for (inks, out) in inks.chunks_exact(4).zip(out.chunks_exact_mut(3)) {
        let paper = 255 - u32::from(inks[3]);
        for (ink, out) in inks.iter().zip(out) {
            *out = u8::try_from(((255 - u32::from(*ink)) * paper + 127) / 255).unwrap_or(u8::MAX);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(width: u32, height: u32, is_progressive: bool, sampling: &[(u8, u8)]) -> Frame {
        Frame { width, height, is_progressive, sampling: sampling.to_vec(), kept: 0 }
    }

    const HALVED: [(u8, u8); 3] = [(2, 2), (1, 1), (1, 1)];
    const FULL: [(u8, u8); 3] = [(1, 1); 3];

    #[test]
    fn the_frame_is_found_behind_other_segments() {
        let head = b"\xff\xd8\xff\xe1\0\x04ab\xff\xff\xff\xfe\0\x02";
        let sof = b"\xff\xc2\0\x11\x08\x00\x30\x00\x40\x03\x01\x22\0\x02\x11\x01\x03\x11\x01";
        let whole = [&head[..], sof].concat();
        let wanted = Frame { kept: head.len(), ..frame(64, 48, true, &HALVED) };
        assert_eq!(Frame::find(&whole), Some(wanted));
        for length in 0..whole.len() {
            assert_eq!(Frame::find(&whole[..length]), None, "{length} bytes");
        }
        for (at, byte) in [(1, 0xc3), (1, 0xda), (1, 0xc9), (1, 0), (1, 1), (1, 0xd0), (11, 0x02), (11, 0x51), (9, 0)] {
            let mut other = sof.to_vec();
            other[at] = byte;
            assert_eq!(Frame::find(&[&head[..], &other].concat()), None, "{byte:x} at {at}");
        }
    }

    #[test]
    fn the_scale_is_the_coarsest_that_leaves_enough() {
        let photo = frame(4000, 3000, false, &HALVED);
        for (wanted, scale) in [((150, 113), 8), ((500, 375), 8), ((800, 600), 4), ((1999, 1500), 2), ((2200, 1650), 1)]
        {
            assert_eq!(photo.plan(wanted, 2 << 20), Ok((scale, wanted)), "{wanted:?}");
        }
        assert_eq!(photo.plan((2048, 1536), 2 << 20), Ok((2, (2000, 1500))));
    }

    #[test]
    fn what_does_not_fit_is_made_of_fewer_pixels_or_refused() {
        let photo = frame(7296, 5472, false, &FULL);
        assert_eq!(photo.plan((2048, 1536), 20 << 20), Ok((4, (1824, 1368))));
        assert_eq!(frame(7296, 5472, false, &HALVED).plan((2048, 1536), 8 << 20), Ok((2, (2048, 1536))));
        assert_eq!(frame(4000, 3000, true, &HALVED).plan((800, 600), 8 << 20), Ok((4, (800, 600))));
        assert_eq!(frame(7296, 5472, true, &FULL).plan((150, 113), 8 << 20), Err(Refusal::TooLarge));
    }
}
