//! Elementary functions that give the same bits on every machine.
//!
//! The standard library's `sin`, `exp` and `powf` call the platform's own libm, whose last bits differ between
//! systems. The functions here use only `+ - * /` and `sqrt`, which IEEE 754 fixes exactly, and never a fused
//! multiply-add. Accuracy is about 1e-6 ([`atan2`]: 4e-5), far below one step of an 8-bit channel.

pub const PI: f32 = core::f32::consts::PI;
pub const TAU: f32 = core::f32::consts::TAU;

/// `floor` as an integer, without a library call.
#[inline]
pub const fn ifloor(x: f32) -> i32 {
    let i = x as i32;
    if x < i as f32 { i - 1 } else { i }
}

/// The part of `x` after its floor, in `0..1`.
#[inline]
pub fn fract(x: f32) -> f32 {
    x - ifloor(x) as f32
}

/// Sine of an angle in turns.
#[inline]
pub fn sin_turn(t: f32) -> f32 {
    let mut t = t - ifloor(t + 0.5) as f32;
    if t > 0.25 {
        t = 0.5 - t;
    } else if t < -0.25 {
        t = -0.5 - t;
    }
    let x = t * TAU;
    let s = x * x;
    x * (1.0 + s * (-0.166_666_67 + s * (0.008_333_33 + s * (-0.000_198_41 + s * 2.752_6e-6))))
}

#[inline]
pub fn sin(x: f32) -> f32 {
    sin_turn(x * (1.0 / TAU))
}

#[inline]
pub fn cos(x: f32) -> f32 {
    sin_turn(x * (1.0 / TAU) + 0.25)
}

/// 2 to the power `x`; `x` is clamped to what a finite `f32` can hold.
#[inline]
pub const fn exp2(x: f32) -> f32 {
    let x = x.clamp(-126.0, 126.0);
    let i = ifloor(x + 0.5);
    let f = x - i as f32;
    let p = 1.0
        + f * (0.693_147_2
            + f * (0.240_226_5 + f * (0.055_504_11 + f * (0.009_618_129 + f * (0.001_333_356 + f * 0.000_154_035_3)))));
    p * f32::from_bits(((i + 127) as u32) << 23)
}

#[inline]
pub fn exp(x: f32) -> f32 {
    exp2(x * core::f32::consts::LOG2_E)
}

/// Binary logarithm; anything not above 1e-30 counts as 1e-30.
#[inline]
pub const fn log2(x: f32) -> f32 {
    let bits = x.max(1e-30).to_bits();
    let mut e = (bits >> 23) as i32 - 127;
    let mut m = f32::from_bits((bits & 0x007f_ffff) | 0x3f80_0000);
    if m > core::f32::consts::SQRT_2 {
        m *= 0.5;
        e += 1;
    }
    let t = (m - 1.0) / (m + 1.0);
    let s = t * t;
    let series = t * (1.0 + s * (0.333_333_34 + s * (0.2 + s * (0.142_857_15 + s * 0.111_111_1))));
    e as f32 + series * 2.885_39
}

/// `x` to the power `y` for `x >= 0`.
#[inline]
pub const fn powf(x: f32, y: f32) -> f32 {
    if x <= 0.0 { 0.0 } else { exp2(y * log2(x)) }
}

/// Angle of the vector `(x, y)` in radians, in `-PI..=PI`.
#[inline]
pub fn atan2(y: f32, x: f32) -> f32 {
    let (ax, ay) = (x.abs(), y.abs());
    let big = ax.max(ay);
    if big == 0.0 {
        return 0.0;
    }
    let a = ax.min(ay) / big;
    let s = a * a;
    let mut r = a
        * (0.999_997_7
            + s * (-0.332_622_8 + s * (0.193_543_46 + s * (-0.116_432_87 + s * (0.052_653_32 - s * 0.011_721_2)))));
    if ay > ax {
        r = PI / 2.0 - r;
    }
    if x < 0.0 {
        r = PI - r;
    }
    if y < 0.0 { -r } else { r }
}

#[inline]
pub fn mix(a: f32, b: f32, t: f32) -> f32 {
    a + (b - a) * t
}

/// Where `x` lies between `a` and `b`, clamped to `0..=1`; `b` may lie below `a`.
#[inline]
pub fn unmix(a: f32, b: f32, x: f32) -> f32 {
    ((x - a) / (b - a)).clamp(0.0, 1.0)
}

#[inline]
pub fn smooth(a: f32, b: f32, x: f32) -> f32 {
    let t = unmix(a, b, x);
    t * t * (3.0 - 2.0 * t)
}

/// A bell: 1 at 0, falling to `1/e` at `width`.
#[inline]
pub fn bell(x: f32, width: f32) -> f32 {
    let q = x / width;
    exp(-q * q)
}

#[inline]
pub fn hypot(x: f32, y: f32) -> f32 {
    (x * x + y * y).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(ours: f32, std: f32, tolerance: f32) {
        assert!((ours - std).abs() <= tolerance * std.abs().max(1.0), "{ours} is not {std}");
    }

    #[test]
    fn agrees_with_the_standard_library() {
        for i in -400..400 {
            let x = i as f32 * 0.037;
            close(sin(x), x.sin(), 5e-6);
            close(cos(x), x.cos(), 5e-6);
            close(exp(x), x.exp(), 1e-5);
            close(ifloor(x) as f32, x.floor(), 0.0);
            if i > 0 {
                close(log2(x), x.log2(), 5e-6);
                close(powf(x, 0.4166), x.powf(0.4166), 1e-5);
            }
            let y = (i * 7 % 31) as f32 - 15.0;
            close(atan2(y, x), y.atan2(x), 4e-5);
        }
    }
}
