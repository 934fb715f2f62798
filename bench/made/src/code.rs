//! The code alone, beside `image`.

use std::time::Instant;

use bytes::Bytes;
use gallery::layout::ThumbnailSize;
use harness::Failure;
use image::{ImageFormat, codecs::jpeg::JpegEncoder, imageops::FilterType};
use serde_json::{Value, json};

use crate::{
    median,
    photos::{FORMATS, MEGAPIXELS, original},
    rounded,
};

pub fn measure(rounds: usize) -> Result<Value, Failure> {
    let mut result = json!({});
    for (format, _) in FORMATS {
        let source = Bytes::from(original(format, 0)?);
        for size in [ThumbnailSize::Large, ThumbnailSize::Screen] {
            let (mut ours, mut theirs) = (Vec::new(), Vec::new());
            for _ in 0..rounds {
                ours.push(milliseconds(|| Ok(picture::make(source.clone(), size)?.len()))?);
                // Its features in this program are those that it is compared in.
                if format != "webp" {
                    theirs.push(milliseconds(|| by_image(&source, format, size))?);
                }
            }
            let (ours, theirs) = (median(ours) / MEGAPIXELS, median(theirs) / MEGAPIXELS);
            eprintln!("{format} {}: {ours:.2} ms a megapixel, image {theirs:.2}", size.name());
            result[format][size.name()] = json!({
                "msPerMegapixel": rounded(ours),
                "image": (theirs > 0.0).then(|| rounded(theirs)),
                "ratio": (theirs > 0.0).then(|| rounded(ours / theirs)),
            });
        }
    }
    Ok(result)
}

fn milliseconds(work: impl FnOnce() -> Result<usize, Failure>) -> Result<f64, Failure> {
    let started = Instant::now();
    if work()? == 0 {
        return Err("an empty picture".into());
    }
    Ok(started.elapsed().as_secs_f64() * 1000.0)
}

/// The same size, from all pixels.
fn by_image(source: &[u8], format: &str, size: ThumbnailSize) -> Result<usize, Failure> {
    let format = ImageFormat::from_extension(format).ok_or("an unknown format")?;
    let picture = image::load_from_memory_with_format(source, format)?;
    let (width, height) = size.fit((picture.width(), picture.height()));
    let mut jpeg = Vec::new();
    let smaller = picture.resize_exact(width, height, FilterType::CatmullRom);
    smaller.write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, 82))?;
    Ok(jpeg.len())
}
