//! Scales pictures down with a Lanczos filter.
//!
//! The scaler is generic code in hundreds of variants, which takes minutes to compile. In a crate of its own it is
//! compiled once, and not again for each change and each test of ingest.

use fast_image_resize::images::Image;
use fast_image_resize::pixels::{U8x3, U8x4};
use fast_image_resize::{FilterType, IntoImageView, PixelTrait, ResizeAlg, ResizeOptions, Resizer};
use image::{DynamicImage, RgbImage, RgbaImage};

/// A picture of `width` by `height` pixels, made from a picture in 8-bit RGB or RGBA. `None` for other pixels.
pub fn scale(picture: &DynamicImage, width: u32, height: u32) -> Option<DynamicImage> {
    // Because only these two kinds of pixel are named, the code for eleven others is left out.
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
