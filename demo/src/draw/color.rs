//! Colour in linear light, mixed through `OKLab` so that gradients stay clean
//! (Björn Ottosson, "A perceptual color space for image processing").

use super::math::{cos, ifloor, powf, sin};
use std::ops::{Add, AddAssign, Mul};

/// Linear-light sRGB. Values above 1 are highlights, which roll off when the picture is developed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rgb {
    pub r: f32,
    pub g: f32,
    pub b: f32,
}

#[inline]
pub const fn rgb(r: f32, g: f32, b: f32) -> Rgb {
    Rgb { r, g, b }
}

/// Linear light of each 8-bit sRGB level (IEC 61966-2-1), computed at compile time.
static LINEAR: [f32; 256] = {
    let mut table = [0.0; 256];
    let mut i = 0;
    while i < 256 {
        let v = i as f32 / 255.0;
        table[i] = if v <= 0.04045 { v / 12.92 } else { powf((v + 0.055) / 1.055, 2.4) };
        i += 1;
    }
    table
};

/// An sRGB colour as written on the web: `0xRRGGBB`.
#[inline]
pub fn hex(code: u32) -> Rgb {
    let channel = |shift: u32| LINEAR[((code >> shift) & 255) as usize];
    rgb(channel(16), channel(8), channel(0))
}

impl Rgb {
    #[inline]
    pub fn mix(self, to: Self, t: f32) -> Self {
        self * (1.0 - t) + to * t
    }

    #[inline]
    pub fn luma(self) -> f32 {
        self.r * 0.2126 + self.g * 0.7152 + self.b * 0.0722
    }

    /// Channel-wise product: light through a filter.
    #[inline]
    pub fn through(self, filter: Self) -> Self {
        rgb(self.r * filter.r, self.g * filter.g, self.b * filter.b)
    }

    /// Mixed as the eye sees it: no grey or dark band half way.
    pub fn blend(self, to: Self, t: f32) -> Self {
        let (a, b) = (self.to_oklab(), to.to_oklab());
        from_oklab([0, 1, 2].map(|i| a[i] + (b[i] - a[i]) * t))
    }

    fn to_oklab(self) -> [f32; 3] {
        let cube_root = |x: f32| powf(x, 1.0 / 3.0);
        let l = cube_root(0.412_221_46 * self.r + 0.536_332_55 * self.g + 0.051_445_995 * self.b);
        let m = cube_root(0.211_903_5 * self.r + 0.680_699_5 * self.g + 0.107_396_96 * self.b);
        let s = cube_root(0.088_302_46 * self.r + 0.281_718_85 * self.g + 0.629_978_7 * self.b);
        [
            0.210_454_26 * l + 0.793_617_8 * m - 0.004_072_047 * s,
            1.977_998_5 * l - 2.428_592_2 * m + 0.450_593_7 * s,
            0.025_904_037 * l + 0.782_771_77 * m - 0.808_675_77 * s,
        ]
    }
}

fn from_oklab([l, a, b]: [f32; 3]) -> Rgb {
    let cube = |x: f32| x * x * x;
    let lc = cube(l + 0.396_337_78 * a + 0.215_803_76 * b);
    let mc = cube(l - 0.105_561_346 * a - 0.063_854_17 * b);
    let sc = cube(l - 0.089_484_18 * a - 1.291_485_5 * b);
    rgb(
        (4.076_741_7 * lc - 3.307_711_6 * mc + 0.230_969_94 * sc).max(0.0),
        (-1.268_438 * lc + 2.609_757_4 * mc - 0.341_319_38 * sc).max(0.0),
        (-0.004_196_086 * lc - 0.703_418_6 * mc + 1.707_614_7 * sc).max(0.0),
    )
}

/// `OKLCH`: lightness 0..1, chroma 0..about 0.3, hue in degrees.
pub fn oklch(lightness: f32, chroma: f32, hue: f32) -> Rgb {
    let h = hue.to_radians();
    from_oklab([lightness, chroma * cos(h), chroma * sin(h)])
}

impl Add for Rgb {
    type Output = Self;
    #[inline]
    fn add(self, o: Self) -> Self {
        rgb(self.r + o.r, self.g + o.g, self.b + o.b)
    }
}
impl AddAssign for Rgb {
    #[inline]
    fn add_assign(&mut self, o: Self) {
        *self = *self + o;
    }
}
impl Mul<f32> for Rgb {
    type Output = Self;
    #[inline]
    fn mul(self, k: f32) -> Self {
        rgb(self.r * k, self.g * k, self.b * k)
    }
}

/// A gradient through several colours, mixed in `OKLab` once and looked up afterwards.
pub struct Ramp(Vec<Rgb>);

const STEPS: usize = 512;

impl Ramp {
    /// Stops are `(position, 0xRRGGBB)`, with rising positions. Outside the stops, the end colours apply.
    pub fn new(stops: &[(f32, u32)]) -> Self {
        let stops: Vec<_> = stops.iter().map(|&(t, c)| (t, hex(c).to_oklab())).collect();
        let table = (0..=STEPS).map(|i| {
            let t = i as f32 / STEPS as f32;
            let next = stops.iter().position(|s| s.0 >= t).unwrap_or(stops.len() - 1);
            let (a, b) = (&stops[next.saturating_sub(1)], &stops[next]);
            let k = if b.0 > a.0 { ((t - a.0) / (b.0 - a.0)).clamp(0.0, 1.0) } else { 1.0 };
            from_oklab([0, 1, 2].map(|c| a.1[c] + (b.1[c] - a.1[c]) * k))
        });
        Self(table.collect())
    }

    /// The colour at `t`, which is clamped to `0..=1`.
    #[inline]
    pub fn at(&self, t: f32) -> Rgb {
        let x = t.clamp(0.0, 1.0) * (STEPS as f32 - 0.001);
        let i = ifloor(x);
        self.0[i as usize].mix(self.0[i as usize + 1], x - i as f32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oklab_round_trips() {
        for code in [0xff_0000, 0x12_34_56, 0xfa_eb_d7, 0x00_80_ff] {
            let c = hex(code);
            let back = from_oklab(c.to_oklab());
            for (x, y) in [(c.r, back.r), (c.g, back.g), (c.b, back.b)] {
                assert!((x - y).abs() < 2e-3, "{c:?} came back as {back:?}");
            }
        }
    }

    #[test]
    fn a_ramp_meets_its_stops() {
        let ramp = Ramp::new(&[(0.0, 0x20_40_60), (0.5, 0xff_ff_ff), (1.0, 0x80_00_00)]);
        assert!((ramp.at(0.5).luma() - 1.0).abs() < 0.02);
        assert!((ramp.at(-1.0).b - hex(0x60).b).abs() < 0.01);
        assert!(ramp.at(2.0).g < 0.01);
    }
}
