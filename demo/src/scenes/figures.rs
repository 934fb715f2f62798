//! People as outlines, one unit tall, feet at the origin, heads upwards (negative `y`).

use crate::draw::Path;
use crate::draw::path::spline;

/// A man in a suit, seen from behind; `reach` moves the right hand outwards.
pub fn groom(reach: f32) -> Path {
    let head = Path::ellipse(0.0, -0.925, 0.047, 0.062);
    let body = Path::smooth(&[
        (-0.025, -0.875),
        (-0.030, -0.845),
        (-0.115, -0.815),
        (-0.135, -0.74),
        (-0.105, -0.62),
        (-0.100, -0.50),
        (-0.108, -0.41),
        (0.108, -0.41),
        (0.100, -0.50),
        (0.105, -0.62),
        (0.135, -0.74),
        (0.115, -0.815),
        (0.030, -0.845),
        (0.025, -0.875),
    ]);
    let leg = |s: f32| {
        Path::polygon([
            (s * 0.004, -0.44),
            (s * 0.105, -0.44),
            (s * 0.098, -0.24),
            (s * 0.088, -0.015),
            (s * 0.098, 0.0),
            (s * 0.022, 0.0),
            (s * 0.026, -0.24),
        ])
    };
    let left = spline(&[(-0.100, -0.775), (-0.146, -0.62), (-0.145, -0.50), (-0.135, -0.42)], 5);
    let right = spline(
        &[(0.100, -0.775), (0.150 + reach * 0.4, -0.63), (0.145 + reach * 0.8, -0.52), (0.135 + reach, -0.43)],
        5,
    );
    let arm = |t: f32| 0.034 - 0.013 * t;
    head.and(body).and(leg(1.0)).and(leg(-1.0)).and(Path::stroke(&left, arm)).and(Path::stroke(&right, arm))
}

/// A bride in a long dress with a train to the right, hair up; `reach` moves the left hand out.
pub fn bride(reach: f32) -> Path {
    let head = Path::ellipse(0.0, -0.875, 0.043, 0.056).and(Path::ellipse(0.004, -0.925, 0.026, 0.022));
    let neck = Path::rect(-0.018, -0.84, 0.018, -0.79);
    let body = Path::smooth(&[
        (-0.02, -0.805),
        (-0.088, -0.775),
        (-0.085, -0.70),
        (-0.056, -0.585),
        (-0.060, -0.53),
        (-0.100, -0.42),
        (-0.150, -0.24),
        (-0.205, -0.02),
        (-0.15, 0.006),
        (0.05, 0.008),
        (0.32, 0.012),
        (0.36, 0.0),
        (0.255, -0.06),
        (0.175, -0.22),
        (0.105, -0.42),
        (0.060, -0.53),
        (0.056, -0.585),
        (0.085, -0.70),
        (0.088, -0.775),
        (0.02, -0.805),
    ]);
    let left = spline(
        &[(-0.070, -0.760), (-0.108 - reach * 0.4, -0.63), (-0.108 - reach * 0.8, -0.52), (-0.10 - reach, -0.43)],
        5,
    );
    let right = spline(&[(0.070, -0.760), (0.112, -0.64), (0.115, -0.53), (0.10, -0.44)], 5);
    let arm = |t: f32| 0.022 - 0.008 * t;
    head.and(neck).and(body).and(Path::stroke(&left, arm)).and(Path::stroke(&right, arm))
}

/// The veil behind the bride's head, to be filled with some transparency.
pub fn veil() -> Path {
    Path::smooth(&[
        (-0.03, -0.925),
        (0.03, -0.935),
        (0.075, -0.84),
        (0.14, -0.60),
        (0.25, -0.30),
        (0.36, -0.06),
        (0.20, -0.10),
        (0.02, -0.26),
        (-0.07, -0.50),
        (-0.07, -0.78),
    ])
}

/// A dancing guest with raised arms; `sway` -1 to 1 bends the body, `dress` gives a skirt.
pub fn dancer(sway: f32, dress: bool) -> Path {
    // Bends most at the hips, not at the feet.
    let lean = |y: f32| sway * 0.28 * (-y).min(1.0) * (1.0 + y).max(0.0);
    let at = |x: f32, y: f32| (x + lean(y), y);
    let head = at(sway * 0.02, -0.92);
    let torso = [
        at(-0.02, -0.85),
        at(-0.11, -0.80),
        at(-0.10, -0.68),
        at(-0.07, -0.56),
        at(-0.09, -0.45),
        at(0.09, -0.45),
        at(0.07, -0.56),
        at(0.10, -0.68),
        at(0.11, -0.80),
        at(0.02, -0.85),
    ];
    let limb =
        |points: &[(f32, f32)], from: f32, to: f32| Path::stroke(&spline(points, 6), move |t| from + (to - from) * t);
    let mut path = Path::ellipse(head.0, head.1, 0.045, 0.06)
        .and(Path::smooth(&torso))
        .and(limb(&[at(-0.10, -0.79), at(-0.20, -0.88 - 0.05 * sway), at(-0.17 - 0.06 * sway, -1.08)], 0.028, 0.016))
        .and(limb(&[at(0.10, -0.79), at(0.21, -0.86 + 0.06 * sway), at(0.19 - 0.05 * sway, -1.05)], 0.028, 0.016))
        .and(limb(&[at(-0.05, -0.46), at(-0.10 - 0.04 * sway, -0.24), (-0.09, -0.01)], 0.045, 0.022))
        .and(limb(&[at(0.05, -0.46), at(0.10 - 0.05 * sway, -0.25), (0.10, -0.01)], 0.045, 0.022))
        .and(Path::ellipse(-0.105, -0.008, 0.035, 0.014))
        .and(Path::ellipse(0.115, -0.008, 0.035, 0.014));
    if dress {
        path = path.and(Path::smooth(&[
            at(-0.07, -0.58),
            at(-0.12, -0.44),
            at(-0.20 + 0.04 * sway, -0.28),
            at(-0.08, -0.255),
            at(0.08, -0.255),
            at(0.20 + 0.05 * sway, -0.29),
            at(0.12, -0.44),
            at(0.07, -0.58),
        ]));
    }
    path
}
