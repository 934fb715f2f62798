//! PNG, row by row. Transparent pixels are shown on white.

use std::io::Cursor;

use gallery::layout::ThumbnailSize;
use png::{BitDepth, ColorType, Decoder, DecodingError, Limits, Reader, Transformations};

use crate::{
    encode::{encode, memory_of_encoding},
    header::Header,
    limits::{check_memory, check_pixels},
    profile,
    refusal::Refusal,
    rows::Scaler,
    turn::Turn,
};

/// The most memory for chunks beside the pixels, in bytes.
const CHUNKS: usize = 1 << 20;
/// What the decoder needs for inflating, and how many rows it holds.
const INFLATING: u64 = 512 << 10;
const HELD_ROWS: u64 = 6;

pub fn make(source: &[u8], size: ThumbnailSize) -> Result<Vec<u8>, Refusal> {
    let mut decoder = Decoder::new_with_limits(Cursor::new(source), Limits { bytes: CHUNKS });
    decoder.set_transformations(Transformations::EXPAND | Transformations::STRIP_16);
    decoder.set_ignore_text_chunk(true);
    let info = decoder.read_header_info().map_err(|error| refusal(&error))?;
    let (width, height) = (info.width, info.height);
    check_pixels(width, height)?;
    let raw = u64::from(width) * 8;
    check_memory(source.len() as u64 + CHUNKS as u64 + INFLATING + HELD_ROWS * raw)?;

    let mut reader = decoder.read_info().map_err(|error| refusal(&error))?;
    let (colours, depth) = reader.output_color_type();
    let samples = colours.samples();
    if depth != BitDepth::Eight || colours == ColorType::Indexed {
        return Err(Refusal::Unknown);
    }
    let channels = if samples < 3 { 1 } else { 3 };
    let info = reader.info();
    let header = Header {
        width,
        height,
        turn: info.exif_metadata.as_deref().map_or(Turn::NONE, Turn::of_exif),
        profile: profile::usable(info.icc_profile.as_ref().map(|profile| profile.to_vec()), channels),
    };
    let is_interlaced = info.interlaced;
    let to = header.fit(size);
    let whole = if is_interlaced { reader.output_buffer_size().ok_or(Refusal::TooLarge)? } else { 0 };
    let scaling = Scaler::memory((width, height), to, channels as u64) + memory_of_encoding(to, channels as u64);
    let held = source.len() as u64 + CHUNKS as u64 + INFLATING + HELD_ROWS * raw;
    check_memory(held + whole as u64 + scaling)?;

    let mut rows = Rows { scaler: Scaler::new((width, height), to, channels, header.turn), samples, row: Vec::new() };
    if is_interlaced {
        let mut pixels = vec![0; whole];
        reader.next_frame(&mut pixels).map_err(|error| refusal(&error))?;
        for row in pixels.chunks_exact((width as usize * samples).max(1)) {
            rows.push(row);
        }
    } else {
        read(&mut reader, height, &mut rows)?;
    }
    drop(reader);
    encode(rows.scaler, header.profile.as_deref())
}

/// The rows of the picture alone: an animation has more.
fn read(reader: &mut Reader<Cursor<&[u8]>>, height: u32, rows: &mut Rows) -> Result<(), Refusal> {
    for _ in 0..height {
        let row = reader.next_row().map_err(|error| refusal(&error))?.ok_or(Refusal::Broken)?;
        rows.push(row.data());
    }
    Ok(())
}

struct Rows {
    scaler: Scaler,
    /// How many samples a pixel has, with that of its alpha.
    samples: usize,
    row: Vec<u8>,
}

impl Rows {
    fn push(&mut self, row: &[u8]) {
        if self.samples % 2 == 1 {
            return self.scaler.push(row);
        }
        on_white(row, self.samples, &mut self.row);
        self.scaler.push(&self.row);
    }
}

/// Pixels with alpha, which is the last of their samples, as they look on white.
pub fn on_white(row: &[u8], samples: usize, out: &mut Vec<u8>) {
    out.clear();
    for pixel in row.chunks_exact(samples) {
        let [shown @ .., alpha] = pixel else { continue };
        let alpha = u32::from(*alpha);
        out.extend(shown.iter().map(|sample| {
            let mixed = u32::from(*sample) * alpha + 255 * (255 - alpha);
            u8::try_from((mixed + 127) / 255).unwrap_or(u8::MAX)
        }));
    }
}

fn refusal(error: &DecodingError) -> Refusal {
    match error {
        DecodingError::LimitsExceeded => Refusal::TooLarge,
        _ => Refusal::Broken,
    }
}
