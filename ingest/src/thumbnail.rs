//! Pictures scaled to the thumbnails' sizes, as lossy WebP without metadata.

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use gallery::layout::ThumbnailSize;
use gallery::rendition::{Rendition, Renditions};
use image::metadata::Orientation;
use image::{DynamicImage, GenericImageView};

/// libwebp's scale of 0 to 100. At 80, the loss is not visible at these sizes.
const QUALITY: f32 = 80.0;

/// A thumbnail ready for upload.
#[derive(Debug, PartialEq, Eq)]
pub struct Thumbnail {
    pub size: ThumbnailSize,
    pub width: u32,
    pub height: u32,
    pub webp: Vec<u8>,
}

/// What is made of a picture.
#[derive(Debug, PartialEq, Eq)]
pub struct Thumbnails {
    /// Largest first. A size that would be the same as the next smaller one is left out.
    pub pictures: Vec<Thumbnail>,
    /// In Base64.
    pub thumbhash: String,
    /// Whether every browser shows the original too.
    pub original: bool,
}

impl Thumbnails {
    /// What the row of the item says of them.
    pub fn renditions(&self, version: &str) -> Renditions {
        let rendition = |picture: &Thumbnail| Rendition {
            name: picture.size.name().to_owned(),
            format: "webp".to_owned(),
            width: picture.width,
            height: picture.height,
            bytes: picture.webp.len() as u64,
            crc: Some(crc32fast::hash(&picture.webp)),
        };
        Renditions {
            version: version.to_owned(),
            original: self.original,
            all: self.pictures.iter().map(rendition).collect(),
        }
    }
}

/// The thumbnails of a picture, turned upright. Each is scaled from the next larger one: scaling the whole picture for
/// each would cost several times as much and look the same.
pub fn make(picture: DynamicImage, orientation: Orientation) -> Result<Thumbnails, String> {
    let stored = picture.dimensions();
    let picture = eight_bit(picture);
    let largest = ThumbnailSize::Screen.fit(stored);
    let mut current = scale(&picture, largest)?.unwrap_or(picture);
    current.apply_orientation(orientation);
    // Each size is computed from the size of the picture, so that rounding errors do not add up.
    let is_turned = current.dimensions() != largest;
    let upright = if is_turned { (stored.1, stored.0) } else { stored };
    let mut pictures = Vec::with_capacity(ThumbnailSize::ALL.len());
    let mut smaller = ThumbnailSize::ALL.into_iter().rev().skip(1);
    for size in ThumbnailSize::ALL.into_iter().rev() {
        let (width, height) = size.fit(upright);
        if let Some(picture) = scale(&current, (width, height))? {
            current = picture;
        }
        if smaller.next().is_none_or(|smaller| smaller.fit(upright) != (width, height)) {
            pictures.push(Thumbnail { size, width, height, webp: webp(&current)? });
        }
    }
    Ok(Thumbnails { pictures, thumbhash: thumbhash(current)?, original: false })
}

/// A ThumbHash takes a picture of at most this many pixels a side.
const LONGEST_FOR_A_HASH: u32 = 100;

/// The ThumbHash of a picture in Base64.
pub fn thumbhash(picture: DynamicImage) -> Result<String, String> {
    let (width, height) = fitted(picture.dimensions(), LONGEST_FOR_A_HASH);
    let small = scale(&picture, (width, height))?.unwrap_or(picture).into_rgba8();
    let hash = thumbhash::rgba_to_thumb_hash(width as usize, height as usize, &small);
    Ok(STANDARD_NO_PAD.encode(hash))
}

/// The size of a picture whose longest side may be `longest`; no picture is enlarged.
pub fn fitted((width, height): (u32, u32), longest: u32) -> (u32, u32) {
    let long = u64::from(width.max(height));
    let fit = |side: u32| {
        let side = (u64::from(side) * u64::from(longest) + long / 2) / long.max(1);
        u32::try_from(side.max(1)).unwrap_or(longest)
    };
    if long <= u64::from(longest) { (width, height) } else { (fit(width), fit(height)) }
}

/// Scales to a size. `None` if the picture has this size already.
fn scale(picture: &DynamicImage, (width, height): (u32, u32)) -> Result<Option<DynamicImage>, String> {
    if picture.dimensions() == (width, height) {
        return Ok(None);
    }
    ingest_scale::scale(picture, width, height).map(Some).ok_or_else(|| "this pixel format cannot be scaled".to_owned())
}

/// The picture as RGB, or as RGBA if a part of it is transparent. WebP accepts both.
fn eight_bit(picture: DynamicImage) -> DynamicImage {
    if !picture.color().has_alpha() {
        return DynamicImage::ImageRgb8(picture.into_rgb8());
    }
    let picture = picture.into_rgba8();
    if picture.pixels().all(|pixel| pixel.0[3] == u8::MAX) {
        DynamicImage::ImageRgb8(DynamicImage::ImageRgba8(picture).into_rgb8())
    } else {
        DynamicImage::ImageRgba8(picture)
    }
}

fn webp(picture: &DynamicImage) -> Result<Vec<u8>, String> {
    let (width, height) = picture.dimensions();
    let encoder = match picture {
        DynamicImage::ImageRgb8(picture) => webp::Encoder::from_rgb(picture, width, height),
        DynamicImage::ImageRgba8(picture) => webp::Encoder::from_rgba(picture, width, height),
        _ => return Err("thumbnails are made of 8-bit colour".to_owned()),
    };
    encoder.encode_simple(false, QUALITY).map(|webp| webp.to_vec()).map_err(|error| format!("libwebp: {error:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Rgb, RgbImage, Rgba, RgbaImage};

    fn decoded(thumbnail: &Thumbnail) -> DynamicImage {
        image::load_from_memory_with_format(&thumbnail.webp, image::ImageFormat::WebP).unwrap()
    }

    /// The sizes of the thumbnails, from `screen` on. The last has none that is smaller.
    fn sizes(width: u32, height: u32, orientation: Orientation) -> Vec<(&'static str, u32, u32)> {
        let picture = DynamicImage::ImageRgb8(RgbImage::new(width, height));
        let thumbnails = make(picture, orientation).unwrap();
        for picture in &thumbnails.pictures {
            assert_eq!(decoded(picture).dimensions(), (picture.width, picture.height));
        }
        thumbnails.pictures.iter().map(|picture| (picture.size.name(), picture.width, picture.height)).collect()
    }

    #[test]
    fn nothing_is_enlarged_and_nothing_made_twice() {
        let upright = Orientation::NoTransforms;
        let photo = [("screen", 2048, 1536), ("large", 800, 600), ("medium", 400, 300), ("small", 150, 113)];
        assert_eq!(sizes(4000, 3000, upright), photo);
        let turned = photo.map(|(name, width, height)| (name, height, width));
        assert_eq!(sizes(4000, 3000, Orientation::Rotate90), turned);
        assert_eq!(sizes(1600, 1200, upright)[0], ("screen", 1600, 1200));
        assert_eq!(sizes(300, 200, upright), [("medium", 300, 200), ("small", 150, 100)]);
        assert_eq!(sizes(1, 1, upright), [("small", 1, 1)]);
        let panorama = [("screen", 8192, 768), ("large", 3200, 300), ("medium", 1600, 150), ("small", 600, 56)];
        assert_eq!(sizes(16_000, 1500, upright), panorama);
        assert_eq!(sizes(9000, 3, upright)[1], ("large", 3200, 1));
    }

    #[test]
    fn a_hash_has_the_colour_of_the_picture() {
        let picture = RgbImage::from_pixel(900, 600, Rgb([200, 40, 90]));
        let made = make(DynamicImage::ImageRgb8(picture), Orientation::NoTransforms).unwrap();
        let hash = STANDARD_NO_PAD.decode(&made.thumbhash).unwrap();
        let (red, green, blue, alpha) = thumbhash::thumb_hash_to_average_rgba(&hash).unwrap();
        let near = |value: f32, wanted: f32| (value * 255.0 - wanted).abs() < 8.0;
        assert!(near(red, 200.0) && near(green, 40.0) && near(blue, 90.0) && alpha > 0.99, "{red} {green} {blue}");
    }

    #[test]
    fn transparency_stays_and_does_not_bleed() {
        // Left half invisible red, right half solid blue.
        let picture =
            RgbaImage::from_fn(1000, 500, |x, _| if x < 500 { Rgba([255, 0, 0, 0]) } else { Rgba([0, 0, 255, 255]) });
        let thumbnails = make(DynamicImage::ImageRgba8(picture), Orientation::NoTransforms).unwrap();
        let large = decoded(&thumbnails.pictures[1]).into_rgba8();
        assert_eq!(large.get_pixel(100, 200).0[3], 0);
        let solid = large.get_pixel(410, 200).0;
        assert_eq!(solid[3], 255);
        assert!(solid[0] < 40 && solid[2] > 200, "{solid:?}");
    }

    #[test]
    fn sixteen_bit_and_grey_are_read() {
        let grey = image::ImageBuffer::from_pixel(900, 900, image::Luma([40_000u16]));
        let thumbnails = make(DynamicImage::ImageLuma16(grey), Orientation::NoTransforms).unwrap();
        let Rgb(pixel) = *decoded(&thumbnails.pictures[0]).into_rgb8().get_pixel(10, 10);
        assert!(pixel.iter().all(|value| value.abs_diff(156) <= 3), "{pixel:?}");
    }
}
