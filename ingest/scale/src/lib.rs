//! Pictures made smaller, with a Lanczos filter.
//!
//! A crate of its own because the scaler is generic code in hundreds of variants, minutes of compiling:
//! here that is done once, and not again for each change and each test of ingest.

use fast_image_resize::images::Image;
use fast_image_resize::pixels::{U8x3, U8x4};
use fast_image_resize::{FilterType, IntoImageView, PixelTrait, ResizeAlg, ResizeOptions, Resizer};
use image::{DynamicImage, RgbImage, RgbaImage};

/// A picture of `width` by `height` pixels made from one of 8-bit RGB or RGBA; `None` for other pixels.
pub fn scale(picture: &DynamicImage, width: u32, height: u32) -> Option<DynamicImage> {
    // Naming the two kinds of pixel leaves out eleven others.
    match picture {
        DynamicImage::ImageRgb8(_) => {
            RgbImage::from_raw(width, height, pixels::<U8x3>(picture, width, height)?).map(DynamicImage::ImageRgb8)
        }
        DynamicImage::ImageRgba8(_) => {
            RgbaImage::from_raw(width, height, pixels::<U8x4>(picture, width, height)?).map(DynamicImage::ImageRgba8)
        }
        _ => None,
    }
}

fn pixels<P: PixelTrait>(picture: &DynamicImage, width: u32, height: u32) -> Option<Vec<u8>> {
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3));
    let mut smaller = Image::new(width, height, P::pixel_type());
    let from = picture.image_view::<P>()?;
    Resizer::new().resize_typed(&from, &mut smaller.typed_image_mut::<P>()?, &options).ok()?;
    Some(smaller.into_vec())
}
