//! Colours of any space as sRGB of 8 bits.

use image::{DynamicImage, RgbImage, RgbaImage};
use moxcms::{
    Chromaticity, CicpColorPrimaries, CicpProfile, ColorPrimaries, ColorProfile, DataColorSpace, Layout,
    MatrixCoefficients, ToneReprCurve, TransferCharacteristics, TransformOptions, XyY,
};

/// What the samples of a picture mean.
pub struct Space(Meaning);

enum Meaning {
    Srgb,
    Profile(Box<ColorProfile>),
}

impl Space {
    pub const SRGB: Self = Self(Meaning::Srgb);

    /// The space of an ICC profile. One that cannot be read counts as sRGB, as it does for browsers.
    pub fn icc(profile: &[u8]) -> Self {
        ColorProfile::new_from_slice(profile).map_or(Self::SRGB, Self::profile)
    }

    /// The space of code points (ITU-T H.273), for pictures with the light of a screen. Unknown ones count as sRGB.
    pub fn coded(primaries: u16, transfer: u16) -> Self {
        let (Ok(primaries), Ok(transfer)) = (u8::try_from(primaries), u8::try_from(transfer)) else {
            return Self::SRGB;
        };
        // The light of HDR is not for this: see `hdr`.
        if matches!(transfer, 16 | 18) {
            return Self::SRGB;
        }
        // What a camera codes with BT.709 is shown by every viewer as if it were coded with sRGB.
        let transfer = if matches!(transfer, 1 | 2 | 6 | 14 | 15) { 13 } else { transfer };
        let (Ok(color_primaries), Ok(transfer_characteristics)) =
            (CicpColorPrimaries::try_from(primaries), TransferCharacteristics::try_from(transfer))
        else {
            return Self::SRGB;
        };
        let cicp = CicpProfile {
            color_primaries,
            transfer_characteristics,
            matrix_coefficients: MatrixCoefficients::Identity,
            full_range: true,
        };
        let profile = ColorProfile::new_from_cicp(cicp);
        if profile.red_trc.is_none() { Self::SRGB } else { Self::profile(profile) }
    }

    /// The space of PNG's numbers: the exponent of the coded values and x and y of white, red, green and blue, in
    /// 100,000ths.
    pub fn gamma(gamma: u32, primaries: Option<[u32; 8]>) -> Self {
        let mut profile = ColorProfile::new_srgb();
        // This is how programs write sRGB here.
        if !(45_000..=46_000).contains(&gamma) {
            #[allow(clippy::cast_possible_truncation)] // to the precision of a curve
            let curve = ToneReprCurve::Parametric(vec![(100_000.0 / f64::from(gamma)) as f32]);
            profile.cicp = None;
            profile.red_trc = Some(curve.clone());
            profile.green_trc = Some(curve.clone());
            profile.blue_trc = Some(curve);
        }
        if let Some(numbers) = primaries.filter(|numbers| numbers.iter().all(|number| (1..100_000).contains(number))) {
            let numbers = numbers.map(|number| f64::from(number) / 100_000.0);
            #[allow(clippy::cast_possible_truncation)] // five digits
            let at = |index: usize| Chromaticity { x: numbers[index] as f32, y: numbers[index + 1] as f32 };
            let white = XyY { x: numbers[0], y: numbers[1], yb: 1.0 };
            profile.update_rgb_colorimetry(white, ColorPrimaries { red: at(2), green: at(4), blue: at(6) });
        }
        Self::profile(profile)
    }

    fn profile(profile: ColorProfile) -> Self {
        if is_srgb(&profile) { Self::SRGB } else { Self(Meaning::Profile(Box::new(profile))) }
    }

    pub fn is_srgb(&self) -> bool {
        matches!(self.0, Meaning::Srgb)
    }

    /// The picture as sRGB of 8 bits. A space that does not fit the samples is left aside, as browsers do.
    pub fn to_srgb(&self, picture: DynamicImage) -> DynamicImage {
        match &self.0 {
            Meaning::Srgb => eight_bit(picture),
            Meaning::Profile(profile) => convert(profile, picture),
        }
    }

    /// CMYK, where 0 is no ink, as sRGB.
    pub fn cmyk_to_srgb(&self, inks: &[u8], width: u32, height: u32) -> Option<DynamicImage> {
        let mut out = vec![0; inks.len() / 4 * 3];
        let is_done = match &self.0 {
            Meaning::Profile(profile) if profile.color_space == DataColorSpace::Cmyk => profile
                .create_transform_8bit(Layout::Rgba, &ColorProfile::new_srgb(), Layout::Rgb, options(profile))
                .is_ok_and(|transform| transform.transform(inks, &mut out).is_ok()),
            _ => false,
        };
        if !is_done {
            for (inks, out) in inks.chunks_exact(4).zip(out.chunks_exact_mut(3)) {
                let paper = 255 - u32::from(inks[3]);
                for (ink, out) in inks.iter().zip(out) {
                    *out = u8::try_from(((255 - u32::from(*ink)) * paper + 127) / 255).unwrap_or(u8::MAX);
                }
            }
        }
        RgbImage::from_raw(width, height, out).map(DynamicImage::ImageRgb8)
    }
}

/// The intent of the profile: what its maker wanted.
fn options(profile: &ColorProfile) -> TransformOptions {
    TransformOptions { rendering_intent: profile.rendering_intent, ..TransformOptions::default() }
}

/// Whether a profile changes nothing that can be seen. Most pictures have such a profile.
fn is_srgb(profile: &ColorProfile) -> bool {
    const STEPS: [u8; 6] = [0, 20, 70, 128, 200, 255];
    if profile.color_space != DataColorSpace::Rgb {
        return false;
    }
    let cube = STEPS.iter().flat_map(|r| STEPS.iter().flat_map(move |g| STEPS.iter().flat_map(move |b| [*r, *g, *b])));
    let cube: Vec<u8> = cube.collect();
    let mut out = vec![0; cube.len()];
    profile
        .create_transform_8bit(Layout::Rgb, &ColorProfile::new_srgb(), Layout::Rgb, options(profile))
        .is_ok_and(|transform| transform.transform(&cube, &mut out).is_ok())
        && cube.iter().zip(&out).all(|(a, b)| a.abs_diff(*b) <= 1)
}

/// How the samples of a picture are taken to sRGB.
fn convert(profile: &ColorProfile, picture: DynamicImage) -> DynamicImage {
    let is_grey = !picture.color().has_color();
    match (profile.color_space, picture) {
        (DataColorSpace::Rgb, DynamicImage::ImageRgb8(picture)) => {
            DynamicImage::ImageRgb8(in_place(profile, Layout::Rgb, picture))
        }
        (DataColorSpace::Rgb, DynamicImage::ImageRgba8(picture)) => {
            DynamicImage::ImageRgba8(in_place(profile, Layout::Rgba, picture))
        }
        // The first 8 of 16 bits are not enough where the space is wide, or linear.
        (DataColorSpace::Rgb, picture) if !is_grey && picture.color().has_alpha() => {
            let picture = picture.into_rgba16();
            eight_bit(DynamicImage::ImageRgba16(in_place16(profile, Layout::Rgba, picture)))
        }
        (DataColorSpace::Rgb, picture) if !is_grey => {
            let picture = picture.into_rgb16();
            eight_bit(DynamicImage::ImageRgb16(in_place16(profile, Layout::Rgb, picture)))
        }
        (DataColorSpace::Gray, picture) if is_grey => grey(profile, picture),
        (_, picture) => eight_bit(picture),
    }
}

type Buffer<P, T> = image::ImageBuffer<P, Vec<T>>;

fn in_place<P: image::Pixel<Subpixel = u8>>(
    profile: &ColorProfile,
    layout: Layout,
    mut picture: Buffer<P, u8>,
) -> Buffer<P, u8> {
    let srgb = ColorProfile::new_srgb();
    if let Ok(transform) = profile.create_in_place_transform_8bit(layout, &srgb, options(profile)) {
        // An error is one of sizes, and leaves the picture as it is.
        let _ = transform.transform(&mut picture);
    }
    picture
}

fn in_place16<P: image::Pixel<Subpixel = u16>>(
    profile: &ColorProfile,
    layout: Layout,
    mut picture: Buffer<P, u16>,
) -> Buffer<P, u16> {
    let srgb = ColorProfile::new_srgb();
    if let Ok(transform) = profile.create_in_place_transform_16bit(layout, &srgb, options(profile)) {
        let _ = transform.transform(&mut picture);
    }
    picture
}

/// A profile for grey has one curve, so 65,536 values say it all.
fn grey(profile: &ColorProfile, picture: DynamicImage) -> DynamicImage {
    let all: Vec<u16> = (0..=u16::MAX).collect();
    let mut curve = vec![0; all.len() * 3];
    let srgb = ColorProfile::new_srgb();
    let is_known = profile
        .create_transform_16bit(Layout::Gray, &srgb, Layout::Rgb, options(profile))
        .is_ok_and(|transform| transform.transform(&all, &mut curve).is_ok());
    if !is_known {
        return eight_bit(picture);
    }
    let mut picture = picture.into_luma_alpha16();
    for pixel in picture.pixels_mut() {
        pixel.0[0] = curve[usize::from(pixel.0[0]) * 3];
    }
    let picture = DynamicImage::ImageLumaA16(picture);
    if picture.as_luma_alpha16().is_some_and(|picture| picture.pixels().all(|pixel| pixel.0[1] == u16::MAX)) {
        DynamicImage::ImageRgb8(picture.into_rgb8())
    } else {
        DynamicImage::ImageRgba8(picture.into_rgba8())
    }
}

/// As RGB or RGBA of 8 bits.
pub fn eight_bit(picture: DynamicImage) -> DynamicImage {
    match picture {
        DynamicImage::ImageRgb8(_) | DynamicImage::ImageRgba8(_) => picture,
        _ if picture.color().has_alpha() => DynamicImage::ImageRgba8(picture.into_rgba8()),
        _ => DynamicImage::ImageRgb8(picture.into_rgb8()),
    }
}

/// Pixels of RGBA, without the alpha if all are opaque.
pub fn from_rgba(width: u32, height: u32, data: Vec<u8>, has_alpha: bool) -> Option<DynamicImage> {
    if has_alpha {
        return RgbaImage::from_raw(width, height, data).map(DynamicImage::ImageRgba8);
    }
    let mut data = data;
    let pixels = data.len() / 4;
    for pixel in 1..pixels {
        data.copy_within(pixel * 4..pixel * 4 + 3, pixel * 3);
    }
    data.truncate(pixels * 3);
    RgbImage::from_raw(width, height, data).map(DynamicImage::ImageRgb8)
}
