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
    let mut decoder = WebPDecoder::new(Cursor::new(source)).map_err(|error| refusal(&error))?;
    decoder.set_memory_limit(CHUNKS);
    let (width, height) = decoder.dimensions();
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

fn refusal(error: &DecodingError) -> Refusal {
    match error {
        DecodingError::MemoryLimitExceeded | DecodingError::ImageTooLarge => Refusal::TooLarge,
        DecodingError::UnsupportedFeature(_) => Refusal::Unknown,
        _ => Refusal::Broken,
    }
}
