//! Pictures scaled to the three thumbnail sizes, as lossy WebP without metadata.

use gallery::layout::ThumbnailSize;
use image::metadata::Orientation;
use image::{DynamicImage, GenericImageView};

/// libwebp's scale of 0 to 100. At 80, the loss is not visible at these sizes.
const QUALITY: f32 = 80.0;

/// A thumbnail ready for upload.
#[derive(Debug)]
pub struct Thumbnail {
    pub size: ThumbnailSize,
    pub webp: Vec<u8>,
}

/// The three thumbnails of a picture, turned upright. Each is scaled from the next larger one: scaling the
/// whole picture three times would cost three times as much and look the same.
pub fn make(picture: DynamicImage, orientation: Orientation) -> Result<Vec<Thumbnail>, String> {
    let stored = picture.dimensions();
    let picture = eight_bit(picture);
    let mut current = scale(&picture, fitted(stored, ThumbnailSize::Large.pixels()))?.unwrap_or(picture);
    current.apply_orientation(orientation);
    // Each size is computed from the size of the picture, so that rounding errors do not add up.
    let is_turned = current.dimensions() != fitted(stored, ThumbnailSize::Large.pixels());
    let upright = if is_turned { (stored.1, stored.0) } else { stored };
    let mut thumbnails = Vec::with_capacity(3);
    for size in [ThumbnailSize::Large, ThumbnailSize::Medium, ThumbnailSize::Small] {
        if let Some(smaller) = scale(&current, fitted(upright, size.pixels()))? {
            current = smaller;
        }
        thumbnails.push(Thumbnail { size, webp: webp(&current)? });
    }
    Ok(thumbnails)
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

    fn sizes(width: u32, height: u32, orientation: Orientation) -> Vec<(u32, u32)> {
        let picture = DynamicImage::ImageRgb8(RgbImage::new(width, height));
        let thumbnails = make(picture, orientation).unwrap();
        assert_eq!(
            thumbnails.iter().map(|t| t.size).collect::<Vec<_>>(),
            [ThumbnailSize::Large, ThumbnailSize::Medium, ThumbnailSize::Small]
        );
        thumbnails.iter().map(|t| decoded(t).dimensions()).collect()
    }

    #[test]
    fn the_longest_side_decides_and_nothing_is_enlarged() {
        let upright = Orientation::NoTransforms;
        assert_eq!(sizes(1600, 1200, upright), [(800, 600), (400, 300), (150, 113)]);
        assert_eq!(sizes(1600, 1200, Orientation::Rotate90), [(600, 800), (300, 400), (113, 150)]);
        assert_eq!(sizes(300, 200, upright), [(300, 200), (300, 200), (150, 100)]);
        assert_eq!(sizes(1, 1, upright), [(1, 1); 3]);
        assert_eq!(sizes(9000, 3, upright), [(800, 1), (400, 1), (150, 1)]);
    }

    #[test]
    fn transparency_stays_and_does_not_bleed() {
        // Left half invisible red, right half solid blue.
        let picture =
            RgbaImage::from_fn(1000, 500, |x, _| if x < 500 { Rgba([255, 0, 0, 0]) } else { Rgba([0, 0, 255, 255]) });
        let thumbnails = make(DynamicImage::ImageRgba8(picture), Orientation::NoTransforms).unwrap();
        let large = decoded(&thumbnails[0]).into_rgba8();
        assert_eq!(large.get_pixel(100, 200).0[3], 0);
        let solid = large.get_pixel(410, 200).0;
        assert_eq!(solid[3], 255);
        assert!(solid[0] < 40 && solid[2] > 200, "{solid:?}");
    }

    #[test]
    fn sixteen_bit_and_grey_are_read() {
        let grey = image::ImageBuffer::from_pixel(900, 900, image::Luma([40_000u16]));
        let thumbnails = make(DynamicImage::ImageLuma16(grey), Orientation::NoTransforms).unwrap();
        let Rgb(pixel) = *decoded(&thumbnails[0]).into_rgb8().get_pixel(10, 10);
        assert!(pixel.iter().all(|value| value.abs_diff(156) <= 3), "{pixel:?}");
    }
}
