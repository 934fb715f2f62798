//! Pictures with the light of PQ and HLG (ITU-R BT.2100) as sRGB.

use heifer::Image;

/// The luminance of white on a page, in cd/m² (ITU-R BT.2408).
const WHITE: f64 = 203.0;
/// Up to here light stays as it is; what is brighter is pressed into the rest.
const KNEE: f64 = 0.7;
/// The steps of the table that codes light.
const STEPS: usize = 4096;

pub const PQ: u16 = 16;
pub const HLG: u16 = 18;

/// RGBA of 8 bits.
pub fn to_srgb(picture: &Image<u16>, primaries: u16, transfer: u16) -> Vec<u8> {
    let max = picture.max_value();
    let light: Vec<f64> = (0..=max).map(|code| light(f64::from(code) / f64::from(max), transfer)).collect();
    let at = |code: u16| light[usize::from(code.min(max))];
    #[allow(clippy::cast_precision_loss)] // of small numbers
    let coded: Vec<u8> = (0..=STEPS).map(|step| byte(srgb(step as f64 / STEPS as f64))).collect();
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)] // within the table
    let code = |light: f64| coded[((light.clamp(0.0, 1.0) * STEPS as f64).round() as usize).min(STEPS)];
    let matrix = if primaries == 9 { FROM_2020 } else { IDENTITY };
    let mut out = Vec::with_capacity(picture.data.len());
    for pixel in picture.data.chunks_exact(4) {
        let wide = [at(pixel[0]), at(pixel[1]), at(pixel[2])];
        let rgb = matrix.map(|row| row.iter().zip(wide).map(|(factor, light)| factor * light).sum::<f64>().max(0.0));
        let brightest = rgb.iter().copied().fold(0.0, f64::max);
        // One factor for the three keeps the hue.
        let factor = if brightest > KNEE { pressed(brightest) / brightest } else { 1.0 };
        out.extend(rgb.map(|light| code(light * factor)));
        out.push(byte(f64::from(pixel[3]) / f64::from(max)));
    }
    out
}

const IDENTITY: [[f64; 3]; 3] = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
/// ITU-R BT.2087: BT.2020 to BT.709, in linear light.
const FROM_2020: [[f64; 3]; 3] = [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]];

fn pressed(light: f64) -> f64 {
    KNEE + (1.0 - KNEE) * (1.0 - (-(light - KNEE) / (1.0 - KNEE)).exp())
}

/// Linear light, where 1 is white on a page.
fn light(code: f64, transfer: u16) -> f64 {
    if transfer == PQ {
        let power = code.powf(1.0 / 78.84375);
        let base = (power - 0.835_937_5).max(0.0) / (18.851_562_5 - 18.6875 * power);
        return 10_000.0 * base.powf(1.0 / 0.159_301_757_812_5) / WHITE;
    }
    let scene = if code <= 0.5 {
        code * code / 3.0
    } else {
        (((code - 0.559_910_73) / 0.178_832_77).exp() + 0.284_668_92) / 12.0
    };
    // A screen of 1000 cd/m² has a gamma of 1.2.
    1000.0 * scene.powf(1.2) / WHITE
}

fn srgb(light: f64) -> f64 {
    if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // clamped
fn byte(value: f64) -> u8 {
    (value.clamp(0.0, 1.0) * 255.0).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn black_is_black_grey_is_grey_and_white_is_bright() {
        for transfer in [PQ, HLG] {
            let shown = |code: u16| to_srgb(&Image::filled(1, 1, 10, [code, code, code, 1023]), 9, transfer);
            assert_eq!(shown(0), [0, 0, 0, 255]);
            let brightest = shown(1023);
            assert!(brightest[..3].iter().all(|value| *value >= 250), "{brightest:?}");
            let mut last = 0;
            for code in (0..1024).step_by(31) {
                let pixel = shown(code);
                assert!(pixel[0] >= last && pixel[0].abs_diff(pixel[1]) <= 1 && pixel[1].abs_diff(pixel[2]) <= 1);
                last = pixel[0];
            }
        }
        // 58 % of PQ is white on a page, 75 % of HLG too.
        for (code, transfer) in [(594, PQ), (767, HLG)] {
            let white = to_srgb(&Image::filled(1, 1, 10, [code; 4]), 9, transfer)[0];
            assert!((220..=250).contains(&white), "{white}");
        }
    }
}
