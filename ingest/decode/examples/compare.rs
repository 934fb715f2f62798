//! Decodes files, and writes each as BMP beside it, to be compared by hand with what other decoders make of it.

#![allow(clippy::print_stdout, reason = "its words are for a person")]

use std::time::Instant;

use ingest_decode::Format;

fn main() {
    for path in std::env::args().skip(1) {
        let bytes = std::fs::read(&path).expect("a file");
        let format = match path.rsplit('.').next().unwrap_or_default().to_ascii_lowercase().as_str() {
            "heic" | "heif" | "hif" | "avif" => Format::Heif,
            "tif" | "tiff" => Format::Tiff,
            "jpg" | "jpeg" => Format::Jpeg,
            _ => Format::Raw,
        };
        let started = Instant::now();
        match ingest_decode::decode(&bytes, format) {
            Ok(picture) => {
                let (size, kind) = (picture.size, picture.pixels.color());
                let facts = picture.exif.map_or(0, |exif| exif.len());
                let time = started.elapsed().as_millis();
                println!("{path}: {size:?} {kind:?}, turned {}, EXIF {facts}, {time} ms", picture.orientation);
                picture
                    .pixels
                    .save_with_format(format!("{path}.ours.bmp"), image::ImageFormat::Bmp)
                    .expect("room for a file");
            }
            Err(error) => println!("{path}: {error}"),
        }
    }
}
