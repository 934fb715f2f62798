//! From a developed picture to a file's bytes.

use crate::catalogue::{Format, Picture};
use crate::draw::Canvas;
use crate::{exif, scenes};
use image::codecs::gif::{GifEncoder, Repeat};
use image::codecs::{jpeg::JpegEncoder, png::PngEncoder, webp::WebPEncoder};
use image::{Delay, ExtendedColorType, Frame, ImageEncoder, ImageResult, RgbImage, imageops};

const JPEG_QUALITY: u8 = 84;

/// Draws the picture upright, with `width` x `height` pixels.
pub fn render(picture: &Picture, width: u32, height: u32) -> RgbImage {
    let mut canvas = Canvas::new(width as usize, height as usize);
    let how = (picture.scene)(&mut canvas);
    crate::draw::develop::develop(&canvas, how)
}

/// Like [`render`], with hardly any grain, which would cost too many bits in moving pictures.
pub(crate) fn without_grain(picture: &Picture, width: u32, height: u32) -> RgbImage {
    let mut canvas = Canvas::new(width as usize, height as usize);
    let how = (picture.scene)(&mut canvas);
    crate::draw::develop::develop(&canvas, crate::draw::Develop { grain: how.grain.min(0.2), ..how })
}

/// The bytes of the picture's file.
pub fn file(picture: &Picture) -> ImageResult<Vec<u8>> {
    let (width, height) = picture.size;
    if picture.format() == Format::Gif {
        return animation(width, height);
    }
    let upright = render(picture, width, height);
    let mut bytes = Vec::new();
    let rgb8 = ExtendedColorType::Rgb8;
    match picture.format() {
        Format::Png => PngEncoder::new(&mut bytes).write_image(&upright, width, height, rgb8)?,
        Format::WebP => WebPEncoder::new_lossless(&mut bytes).encode(&upright, width, height, rgb8)?,
        Format::Jpeg | Format::Gif => {
            let orientation = picture.shot.map_or(1, |s| s.orientation);
            let stored = lay(upright, orientation);
            JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY).encode_image(&stored)?;
            if let Some(shot) = &picture.shot {
                let (taken, offset) = picture.taken.split_at(19);
                let app1 = exif::app1(shot, taken, offset, stored.width(), stored.height());
                // The segment goes right after the two bytes with which every JPEG begins.
                bytes.splice(2..2, app1);
            }
        }
    }
    Ok(bytes)
}

/// Turns an upright picture into the form in which a camera held that way would have stored it. This is the inverse
/// of what a viewer does when it reads the orientation.
fn lay(upright: RgbImage, orientation: u16) -> RgbImage {
    match orientation {
        2 => imageops::flip_horizontal(&upright),
        3 => imageops::rotate180(&upright),
        4 => imageops::flip_vertical(&upright),
        5 => imageops::flip_horizontal(&imageops::rotate90(&upright)),
        6 => imageops::rotate270(&upright),
        7 => imageops::flip_horizontal(&imageops::rotate270(&upright)),
        8 => imageops::rotate90(&upright),
        _ => upright,
    }
}

fn animation(width: u32, height: u32) -> ImageResult<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new_with_speed(&mut bytes, 20);
    encoder.set_repeat(Repeat::Infinite)?;
    for i in 0..scenes::loops::FRAMES {
        let mut canvas = Canvas::new(width as usize, height as usize);
        let how = scenes::loops::lighthouse_at(&mut canvas, i as f32 / scenes::loops::FRAMES as f32);
        let rgb = crate::draw::develop::develop(&canvas, how);
        let rgba = image::DynamicImage::ImageRgb8(rgb).into_rgba8();
        encoder.encode_frame(Frame::from_parts(rgba, 0, 0, Delay::from_numer_denom_ms(100, 1)))?;
    }
    drop(encoder);
    Ok(bytes)
}
