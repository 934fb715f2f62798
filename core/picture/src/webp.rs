//! WebP: the still picture, or the first one of an animation. Transparent pixels are shown on white.

use std::io::Cursor;

use bytes::Bytes;
use gallery::layout::ThumbnailSize;
use image_webp::{DecodingError, WebPDecoder};

use crate::{
    encode::{encode, memory_of_encoding},
    header::Header,
    limits::{check_memory, check_pixels},
    png::on_white,
    profile,
    refusal::Refusal,
    rows::Scaler,
    turn::Turn,
};

/// The most memory for chunks beside the pixels, in bytes.
const CHUNKS: usize = 1 << 20;

/// The bytes that the decoder needs for each two pixels of a picture, by what it is made of.
fn per_two_pixels(is_lossy: bool, has_alpha: bool, is_animated: bool) -> u64 {
    match (is_animated, is_lossy, has_alpha) {
        // The canvas, and the frame that is drawn on it.
        (true, ..) => 32,
        // Planes in YUV, and the picture.
        (_, true, false) => 9,
        // The same, with the alpha, which is coded as a picture of its own.
        (_, true, true) => 24,
        (_, false, _) => 20,
    }
}

pub fn make(source: Bytes, size: ThumbnailSize) -> Result<Vec<u8>, Refusal> {
    let length = source.len() as u64;
    let mut decoder = WebPDecoder::new(Cursor::new(source.clone())).map_err(|error| refusal(&error))?;
    decoder.set_memory_limit(CHUNKS);
    let (width, height) = decoder.dimensions();
    // The decoder makes room for what a frame says of itself, and compares the sizes when it has decoded the frame.
    if !frames_fit(source.get(12..).unwrap_or_default(), (width, height)) {
        return Err(Refusal::Broken);
    }
    drop(source);
    let pixels = check_pixels(width, height)?;
    let has_alpha = decoder.has_alpha();
    let decoding = pixels * per_two_pixels(decoder.is_lossy(), has_alpha, decoder.is_animated()) / 2;
    // The decoder copies the parts that it reads.
    check_memory(2 * length + 2 * CHUNKS as u64 + decoding)?;

    let header = Header {
        width,
        height,
        turn: decoder.exif_metadata().ok().flatten().map_or(Turn::NONE, |exif| Turn::of_exif(&exif)),
        profile: profile::usable(decoder.icc_profile().ok().flatten(), 3),
    };
    let to = header.fit(size);
    let samples = if has_alpha { 4 } else { 3 };
    let image = decoder.output_buffer_size().ok_or(Refusal::TooLarge)?;
    check_memory(image as u64 + Scaler::memory((width, height), to, 3) + memory_of_encoding(to, 3))?;
    let mut pixels = vec![0; image];
    decoder.read_image(&mut pixels).map_err(|error| refusal(&error))?;
    drop(decoder);

    let mut scaler = Scaler::new((width, height), to, 3, header.turn);
    let mut shown = Vec::new();
    for row in pixels.chunks_exact(width as usize * samples) {
        if has_alpha {
            on_white(row, samples, &mut shown);
            scaler.push(&shown);
        } else {
            scaler.push(row);
        }
    }
    drop(pixels);
    encode(scaler, header.profile.as_deref())
}

/// Whether all pictures among RIFF chunks have the size of their canvas or frame (RFC 9649 sections 2.5 to 2.7).
fn frames_fit(mut chunks: &[u8], canvas: (u32, u32)) -> bool {
    while let Some((head, rest)) = chunks.split_first_chunk::<8>() {
        let [a, b, c, d, length @ ..] = *head;
        let length = u32::from_le_bytes(length) as usize;
        let data = rest.get(..length).unwrap_or(rest);
        let fits = match &[a, b, c, d] {
            b"VP8 " => lossy(data).is_some_and(|size| size == canvas),
            b"VP8L" => lossless(data).is_some_and(|size| size == canvas),
            b"ANMF" => data.split_first_chunk::<16>().is_some_and(|(frame, chunks)| {
                let side = |at: usize| u32::from_le_bytes([frame[at], frame[at + 1], frame[at + 2], 0]) + 1;
                let size = (side(6), side(9));
                size.0 <= canvas.0 && size.1 <= canvas.1 && frames_fit(chunks, size)
            }),
            _ => true,
        };
        if !fits {
            return false;
        }
        chunks = rest.get(length.saturating_add(length % 2)..).unwrap_or_default();
    }
    true
}

/// The size in the header of a key frame (RFC 6386 section 9.1).
fn lossy(data: &[u8]) -> Option<(u32, u32)> {
    let [_, _, _, 0x9d, 0x01, 0x2a, sides @ ..] = data.first_chunk::<10>()? else { return None };
    let side = |low, high| u32::from(u16::from_le_bytes([low, high]) & 0x3fff);
    Some((side(sides[0], sides[1]), side(sides[2], sides[3])))
}

/// The size in the header of a lossless picture (RFC 9649 section 3.4).
fn lossless(data: &[u8]) -> Option<(u32, u32)> {
    let [0x2f, bits @ ..] = data.first_chunk::<5>()? else { return None };
    let bits = u32::from_le_bytes(*bits);
    Some(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
}

fn refusal(error: &DecodingError) -> Refusal {
    match error {
        DecodingError::MemoryLimitExceeded | DecodingError::ImageTooLarge => Refusal::TooLarge,
        DecodingError::UnsupportedFeature(_) => Refusal::Unknown,
        _ => Refusal::Broken,
    }
}
