//! The two years around the day: autumn woods, a winter evening, hills in spring.

use super::{mountains, sky};
use crate::draw::math::{TAU, bell, hypot, mix, sin, smooth};
use crate::draw::noise::{Rng, fbm, hash01, line, noise};
use crate::draw::terrain::{self, View};
use crate::draw::{Canvas, Develop, Path, Ramp, hex};

/// A path through beeches in October, the sun low between the trunks.
pub fn autumn(canvas: &mut Canvas) -> Develop {
    let a = canvas.aspect();
    let h = 0.56;
    let (sx, sy) = (a * 0.52, 0.40);
    canvas.shade(|x, y| {
        let d = hypot(x - sx, (y - sy) * 1.1);
        let leaves = fbm(x * 3.0, y * 3.0, 5, 4);
        let c = hex(0xfff2c4).blend(hex(0xd88a2c), smooth(0.0, 0.75, d));
        c * (1.0 + leaves * 0.35)
    });
    let mut rng = Rng::new(44);
    let tones = [0xe8902a, 0xf2b83c, 0xc8541c, 0xf6d05a, 0xa83c18, 0xdc7a24, 0x9a8a2c];
    for layer in 0..5 {
        let t = layer as f32 / 4.0;
        let ground = mix(h, 0.74, t);
        let haze = hex(0xffdf9a);
        // Foliage of this depth, then its trunks.
        for _ in 0..(420 + layer * 60) {
            let (x, y) = (a * rng.range(-0.05, 1.05), rng.range(-0.05, 0.40 + 0.06 * t));
            let near_sun = bell(hypot(x - sx, y - sy), 0.24);
            if rng.f() < near_sun * 0.85 {
                continue;
            }
            let r = mix(0.010, 0.022, t) * rng.range(0.6, 1.4);
            let c = hex(*rng.pick(&tones)).mix(haze, (1.0 - t) * 0.55 + near_sun * 0.3);
            let k = rng.range(0.7, 1.2) * mix(1.0, 0.82, t);
            canvas.fill_alpha(
                &Path::ellipse(0.0, 0.0, r, r * 0.7).place(x, y, 1.0, rng.f() * TAU),
                mix(0.35, 0.75, t),
                c * k,
            );
        }
        if layer < 3 {
            canvas.blur(0.0045);
        }
        let trees = [17, 13, 10, 7, 4][layer];
        for i in 0..trees {
            let mut x = a * (i as f32 + rng.range(0.15, 0.85)) / trees as f32;
            // Keep the path clear.
            let clear = mix(0.05, 0.34, t);
            if (x - sx).abs() < clear {
                x = sx + (x - sx).signum() * (clear + rng.range(0.0, 0.12));
            }
            let w = mix(0.006, 0.036, t * t) * rng.range(0.7, 1.25);
            let lean = rng.range(-0.05, 0.05);
            let bark = hex(0x3a2418).mix(haze, (1.0 - t) * 0.62);
            let light = if x < sx { 1.0 } else { -1.0 };
            // Straight up, flaring into roots at the foot.
            let edge = |side: f32| {
                [(1.9, 0.022), (1.35, -0.004), (1.08, -0.05), (1.0, -0.14)]
                    .map(|(k, y)| (x + side * w * k + lean * 0.1, ground + y + 0.006 * side))
            };
            let mut outline = edge(-1.0).to_vec();
            outline.extend([(x + lean - w * 0.6, -0.05), (x + lean + w * 0.6, -0.05)]);
            outline.extend(edge(1.0).into_iter().rev());
            let trunk = Path::polygon(outline);
            let foot = Path::ellipse(x, ground + 0.02, w * 3.2, w * 0.5 + 0.004);
            canvas.soft(&foot, w * 0.25 + 0.002, 0.45 * t, hex(0x2a1206));
            canvas.fill(&trunk, move |px: f32, py: f32| {
                let u = (px - x - lean * smooth(ground, 0.0, py) * 0.9) / w;
                let rough = noise(px * 150.0, py * 26.0, 6) * 0.22;
                bark * (0.75 + rough) + hex(0xffc860) * (smooth(0.2, 1.0, u * light) * 0.40 * mix(0.7, 1.0, t))
            });
            for _ in 0..((w * 1400.0) as usize * usize::from(layer > 1)) {
                let (lx, ly) = (x + rng.normal() * w * 1.7, ground + 0.022 + rng.normal() * 0.006);
                let leaf = Path::ellipse(0.0, 0.0, w * 0.22, w * 0.09).place(lx, ly, 1.0, rng.range(-0.6, 0.6));
                canvas.fill(&leaf, hex(*rng.pick(&tones)) * rng.range(0.4, 1.0));
            }
        }
        if layer == 1 {
            // The ground of leaves, with the path in it.
            canvas.paint([0.0, h - 0.01, 1e3, 1.0], |x, y| {
                let d = (y - h).max(0.001);
                let z = 0.30 / (d + 0.04);
                let (gx, gz) = ((x - sx) * z, z * 2.0);
                let bend = 0.16 * sin(z * 1.1) * z * 0.3;
                let litter = fbm(gx * 9.0, gz * 9.0, 4, 8);
                let fleck = noise(gx * 60.0, gz * 60.0, 9) * smooth(0.02, 0.2, d);
                let on_path = smooth(0.50, 0.30, (gx - bend + 0.10 * litter).abs());
                let leaves = hex(0x9a4a16).mix(hex(0xe8a03c), 0.5 + 0.55 * litter + 0.4 * fleck);
                let way = hex(0xb88a58).mix(hex(0xdcb070), 0.5 + 0.5 * litter);
                let stripes = smooth(-0.05, 0.35, noise((x - sx) / (d + 0.06) * 1.6, 0.5, 12)) * 0.55;
                let sun = bell(x - sx, 0.08 + d * 0.8) * 0.75 + stripes * 0.5;
                let c = leaves.mix(way, on_path * 0.75) * (0.42 + sun);
                (c.mix(hex(0xffdc98), bell(d, 0.06) * 0.8), smooth(h - 0.004, h + 0.006, y + 0.006 * litter))
            });
        }
    }
    canvas.modify([0.0, 0.0, 1e3, 1.0], |x, y, c| {
        let d = hypot(x - sx, y - sy).max(1e-4);
        let (u, v) = ((x - sx) / d, (y - sy) / d);
        let rays = smooth(-0.1, 0.5, noise(u * 4.0, v * 4.0, 31) + 0.5 * noise(u * 11.0, v * 11.0, 32));
        c + hex(0xffd070) * (rays * 0.30 * smooth(0.75, 0.05, d)) + hex(0xfff0c0) * (bell(d, 0.14) * 0.8)
    });
    for _ in 0..620 {
        let t = rng.f();
        let y = mix(0.64, 1.02, t);
        let x = a * rng.f();
        if (x - sx).abs() < 0.12 * t && rng.f() < 0.7 {
            continue;
        }
        let s = mix(0.003, 0.013, t) * rng.range(0.6, 1.2);
        let leaf = Path::new().move_to(-1.0, 0.0).quad((0.0, -0.7), (1.0, 0.0)).quad((0.0, 0.7), (-1.0, 0.0)).place_xy(
            x,
            y,
            s,
            s * 0.55,
            rng.f() * TAU,
        );
        canvas.fill_alpha(&leaf.place(0.0, s * 0.3, 1.0, 0.0), 0.4, hex(0x2a1206));
        canvas.fill(&leaf, hex(*rng.pick(&tones)) * rng.range(0.55, 1.15));
    }
    for _ in 0..34 {
        let s = rng.range(0.006, 0.014);
        let leaf = Path::new().move_to(-1.0, 0.0).quad((0.0, -0.7), (1.0, 0.0)).quad((0.0, 0.7), (-1.0, 0.0)).place(
            a * rng.f(),
            rng.range(0.05, 0.75),
            s,
            rng.f() * TAU,
        );
        canvas.soft(&leaf, s * 0.14, 0.9, hex(*rng.pick(&tones)) * 1.15);
    }
    canvas.bloom(0.85, 0.05, 0.35);
    Develop { contrast: 0.3, vignette: 0.3, ..Develop::default() }
}

fn snowy_pine(canvas: &mut Canvas, x: f32, foot: f32, tall: f32, shade: f32, seed: u64) {
    let mut rng = Rng::new(seed);
    let tiers = 8;
    canvas.fill(&Path::rect(x - tall * 0.02, foot - tall * 0.12, x + tall * 0.02, foot), hex(0x1c1a24));
    for i in 0..tiers {
        let t = i as f32 / tiers as f32;
        let top = foot - tall + tall * 0.86 * t * 0.92;
        let wide = tall * (0.05 + 0.25 * t) * rng.range(0.9, 1.1);
        let low = top + tall * 0.20;
        let mut edge = vec![(x, top)];
        let teeth = 9;
        for k in 0..=teeth {
            let q = k as f32 / teeth as f32 * 2.0 - 1.0;
            let drop = low - (q * q) * tall * -0.035 + if k % 2 == 0 { tall * 0.02 } else { -tall * 0.012 };
            edge.push((x - q * wide, drop));
        }
        let green = hex(0x14283a).mix(hex(0x54709a), shade);
        canvas.fill(&Path::polygon(edge.clone()), green);
        let snow: Vec<_> = edge.iter().map(|&(px, py)| (x + (px - x) * 0.86, top + (py - top) * 0.66)).collect();
        canvas.fill_alpha(&Path::polygon(snow), 0.92, move |px: f32, _: f32| {
            hex(0x8fa8d0).mix(hex(0xeef4ff), smooth(wide, -wide, px - x)) * mix(0.85, 0.75, shade)
        });
    }
}

/// A hut in the snow at nightfall, its windows lit.
pub fn winter(canvas: &mut Canvas) -> Develop {
    let a = canvas.aspect();
    let sky = Ramp::new(&[(0.0, 0x1a2a5c), (0.4, 0x4a5c98), (0.7, 0x9a90b8), (1.0, 0xe8b8b0)]);
    canvas.shade(|x, y| sky.at(y * 1.6 + 0.05 * fbm(x * 2.0, y * 5.0, 4, 6)));
    sky::stars(canvas, [0.0, 0.0, a, 0.35], 260, 14, |_, y| smooth(0.35, 0.05, y) * 0.7);
    terrain::ridge(
        canvas,
        |x| 0.52 - 0.30 * crate::draw::noise::ridged(x * 0.75 + 3.0, 0.4, 6, 8) * (0.7 + 0.3 * sin(x * 2.0)),
        |x, y, d| {
            let facing = fbm(x * 7.0 + d * 2.0, y * 12.0, 5, 9);
            hex(0x5c6ca4).mix(hex(0xf0d0d4), smooth(-0.15, 0.2, facing)).mix(hex(0xa8a4cc), smooth(0.0, 0.3, d))
        },
    );
    for l in 0..2_u32 {
        let t = l as f32;
        terrain::ridge(
            canvas,
            |x| {
                0.55 + 0.04 * t + line(x * 1.4 + t * 3.0, 4, 20 + l) * 0.04
                    - mountains::treeline(x, 0.016 + 0.006 * t, 0.075 + 0.03 * t, 31 + l)
            },
            |_, _, d| hex(0x5a6a98).mix(hex(0x2c3c66), t).mix(hex(0xb0b4d4), smooth(0.06, 0.16, d)),
        );
    }
    let view = View { horizon: 0.52, eye: 2.2, focal: 1.2, near: 2.0, far: 60.0, step: 0.005 };
    let (hx, hz) = (-0.9, 11.0);
    terrain::draw(
        canvas,
        view,
        |x, z| {
            0.55 * fbm(x * 0.16, z * 0.16, 3, 5) + 0.05 * noise(x * 1.1, z * 1.1, 6)
                - 0.10 * bell(x - hx - 0.35 - (hz - z) * 0.10, 0.35) * smooth(hz, hz - 1.0, z)
        },
        |g| {
            let light = g.lit((-0.5, 0.8, 0.4));
            let d = hypot((g.x - hx) * 0.9, (g.z - hz + 1.4) * 0.6);
            let glow = hex(0xffa850) * (0.60 * bell(d, 1.5));
            let spark = if hash01((g.x * 70.0) as i32, (g.z * 70.0) as i32, 4) > 0.994 {
                0.25 * smooth(0.03, 0.01, g.detail)
            } else {
                0.0
            };
            let c = hex(0x6a80bc).mix(hex(0xe6e6f4), smooth(0.62, 1.0, light));
            c.mix(hex(0xb0b0d0), smooth(14.0, 60.0, g.z) * 0.7) + glow + hex(0xffffff) * spark
        },
    );
    let mut rng = Rng::new(71);
    let mut trees: Vec<(f32, f32, f32)> = (0..26)
        .map(|_| (rng.range(-1.0, 1.0), rng.f(), rng.f()))
        .map(|(u, t, k)| {
            let foot = mix(0.60, 0.80, t * t);
            let spread = a * 0.5 + u.signum() * a * mix(0.16, 0.52, u.abs());
            (spread, foot, mix(0.13, 0.42, t * t) * (0.75 + 0.4 * k))
        })
        .collect();
    trees.sort_by(|p, q| p.1.total_cmp(&q.1));
    let hut_foot = 0.735;
    let mut hut_drawn = false;
    for (i, &(x, foot, tall)) in trees.iter().enumerate() {
        if foot > 0.70 && !hut_drawn {
            hut(canvas, a * 0.5 + hx * 1.2 / hz * 1.3, hut_foot, 0.15);
            hut_drawn = true;
        }
        snowy_pine(canvas, x, foot, tall, smooth(0.75, 0.58, foot) * 0.55, 100 + i as u64);
    }
    if !hut_drawn {
        hut(canvas, a * 0.4, hut_foot, 0.15);
    }
    for i in 0..520 {
        let depth = rng.f();
        let r = mix(0.0010, 0.0042, depth * depth);
        let (x, y) = (a * rng.f(), rng.f());
        if i % 22 == 0 {
            canvas.glow(x, y, r * 5.0, hex(0xf4f6ff) * 0.35);
        } else {
            canvas.fill_alpha(&Path::circle(x, y, r), 0.75, hex(0xf8faff));
        }
    }
    canvas.bloom(0.85, 0.04, 0.4);
    Develop { contrast: 0.22, vignette: 0.28, ..Develop::default() }
}

fn hut(canvas: &mut Canvas, x: f32, foot: f32, s: f32) {
    let put = |points: &[(f32, f32)]| Path::polygon(points.iter().copied()).place(x, foot, s, 0.0);
    canvas.glow(x, foot - s * 0.3, s * 3.2, hex(0xff9a40) * 0.30);
    let logs = move |k: f32| {
        move |px: f32, py: f32| {
            let v = crate::draw::math::fract((py - foot) / s * 11.0);
            hex(0x5a3822) * (k * (0.6 + 0.55 * bell(v - 0.45, 0.4)) * (1.0 + 0.2 * noise(px * 50.0, py * 200.0, 3)))
        }
    };
    canvas.fill(&put(&[(-0.75, 0.0), (0.35, 0.0), (0.35, -0.62), (-0.75, -0.62)]), logs(0.75));
    canvas.fill(&put(&[(0.35, 0.0), (0.95, -0.06), (0.95, -0.58), (0.65, -1.02), (0.35, -0.62)]), logs(0.5));
    canvas.fill(&put(&[(-0.88, -0.58), (0.40, -0.58), (0.70, -1.12), (-0.58, -1.12)]), move |_: f32, py: f32| {
        hex(0xb8c8ec).mix(hex(0xf2f4fc), smooth(foot - s * 0.55, foot - s * 1.1, py))
    });
    canvas.fill(
        &put(&[(0.40, -0.58), (0.70, -1.12), (1.04, -0.54), (0.97, -0.50), (0.68, -0.98), (0.42, -0.50)]),
        hex(0x8fa2d2),
    );
    canvas.fill(&put(&[(-0.90, -0.50), (0.41, -0.50), (0.40, -0.60), (-0.88, -0.60)]), hex(0xe4eafa));
    canvas.fill(&put(&[(-0.38, -1.0), (-0.20, -1.0), (-0.20, -1.36), (-0.38, -1.36)]), hex(0x5a4a48));
    canvas.fill(&put(&[(-0.41, -1.34), (-0.17, -1.34), (-0.19, -1.42), (-0.39, -1.42)]), hex(0xeef2fc));
    for i in 0..14 {
        let t = i as f32 / 14.0;
        canvas.glow(
            x - s * 0.29 + s * (0.10 * sin(t * 5.0) + 0.55 * t * t),
            foot - s * (1.45 + t * 1.3),
            s * (0.14 + 0.30 * t),
            hex(0xc8c4dc) * (0.16 * (1.0 - t)),
        );
    }
    for (wx, w) in [(-0.50, 0.13), (0.10, 0.13)] {
        canvas.fill(&put(&[(wx - w, -0.16), (wx + w, -0.16), (wx + w, -0.44), (wx - w, -0.44)]), hex(0xffc860) * 1.7);
        canvas.fill(
            &put(&[(wx - 0.012, -0.16), (wx + 0.012, -0.16), (wx + 0.012, -0.44), (wx - 0.012, -0.44)]),
            hex(0x4a2a18),
        );
        canvas.fill(&put(&[(wx - w, -0.29), (wx + w, -0.29), (wx + w, -0.31), (wx - w, -0.31)]), hex(0x4a2a18));
        canvas.glow(x + wx * s, foot - 0.3 * s, s * 0.6, hex(0xffa840) * 0.5);
    }
    canvas.fill(&put(&[(-0.30, 0.0), (-0.10, 0.0), (-0.10, -0.42), (-0.30, -0.42)]), hex(0x3a2214));
    canvas.fill(&put(&[(0.58, -0.26), (0.76, -0.28), (0.76, -0.48), (0.58, -0.46)]), hex(0xffb850) * 1.4);
}

/// Green hills, cypresses and a farmhouse in May.
pub fn hills(canvas: &mut Canvas) -> Develop {
    let a = canvas.aspect();
    let h = 0.42;
    let sky = Ramp::new(&[(0.0, 0x6a9cd0), (0.5, 0xb4cfe0), (1.0, 0xfbe4bc)]);
    canvas.shade(|x, y| {
        let (cover, light) = sky::heap(x, y, 1.6, (a * 0.1, -0.2), 83);
        sky.at(y / h).mix(hex(0xc4ccd8).mix(hex(0xfffaf0), light), cover * 0.7)
    });
    sky::sun(canvas, a * 0.10, 0.30, 0.02, hex(0xffe0a0) * 0.45);
    let view = View { horizon: h, eye: 4.2, focal: 1.45, near: 3.0, far: 120.0, step: 0.0045 };
    let ground = |x: f32, z: f32| {
        3.1 * fbm(x * 0.055 + 2.0, z * 0.075, 3, 14) + 0.9 * sin(x * 0.16 + z * 0.11) * smooth(4.0, 20.0, z)
    };
    let road = |z: f32| 1.2 + 2.6 * sin(z * 0.13 + 0.4) + z * 0.035;
    let light = (-0.85, 0.34, 0.30);
    terrain::draw(canvas, view, ground, |g| {
        let field = crate::draw::noise::cells(g.x * 0.085, g.z * 0.060, 0.9, 5);
        let kind = field.id % 5;
        let rows =
            sin(g.x * 7.0 * (0.6 + (field.id >> 8 & 3) as f32 * 0.2) + g.z * 5.0) * smooth(0.04, 0.012, g.detail);
        let tex =
            fbm(g.x * 1.6, g.z * 1.6, 4, 6) + 0.4 * noise(g.x * 13.0, g.z * 10.0, 7) * smooth(0.03, 0.006, g.detail);
        let crop = match kind {
            0 => hex(0x7fa238).mix(hex(0xa4bc4c), 0.5 + 0.5 * tex),
            1 => hex(0xc8b054).mix(hex(0xe6d080), 0.5 + 0.5 * tex),
            2 => hex(0x55842e).mix(hex(0x86a844), 0.5 + 0.4 * rows),
            3 => hex(0x9a7a4c).mix(hex(0xb89a64), 0.5 + 0.5 * rows),
            _ => hex(0x6a9434).mix(hex(0x98b852), 0.5 + 0.6 * tex),
        };
        let hedge = smooth(0.035, 0.01, field.second - field.near);
        let d = (g.x - road(g.z)).abs();
        let way = smooth(0.40, 0.30, d) * smooth(70.0, 40.0, g.z);
        let c = crop.mix(hex(0x3c5a24), hedge * 0.7).mix(hex(0xe8d8b4), way);
        let sun = g.lit(light);
        let lit = c.through(hex(0x8fa4c8) * 0.42 + hex(0xffdca0) * (1.55 * sun));
        lit.mix(hex(0xd8d8d0), smooth(12.0, 120.0, g.z) * 0.72)
    });
    let mut rng = Rng::new(52);
    let mut trees: Vec<(f32, f32, f32)> = Vec::new();
    for i in 0..30 {
        let z = 7.5 + 1.5 * i as f32;
        for side in [-1.0, 1.0] {
            if rng.f() < 0.78 {
                trees.push((road(z) + side * 0.75, z, rng.range(0.85, 1.15)));
            }
        }
    }
    for _ in 0..26 {
        let z = rng.range(14.0, 60.0);
        trees.push((rng.range(-0.6, 0.6) * z, z, rng.range(0.6, 1.2)));
    }
    trees.sort_by(|p, q| q.1.total_cmp(&p.1));
    let at =
        |x: f32, z: f32, up: f32| (a * 0.5 + x / z * view.focal, h + (view.eye - ground(x, z) - up) / z * view.focal);
    let mut house = false;
    for &(x, z, k) in &trees {
        if z < 30.0 && !house {
            let (px, py) = at(-6.2, 30.0, 0.0);
            farmhouse(canvas, px, py, 0.056);
            house = true;
        }
        // If a nearer rise hides the place, the ground there is already drawn over it.
        let hidden = (1..24).map(|i| mix(3.2, z - 0.6, i as f32 / 24.0)).any(|q| {
            let ray = mix(view.eye, ground(x, z) + 1.0, q / z);
            ground(x * q / z, q) > ray
        });
        if hidden {
            continue;
        }
        let (px, foot) = at(x, z, 0.0);
        let tall = 2.5 * k / z * view.focal;
        let haze = smooth(12.0, 120.0, z) * 0.72;
        canvas.soft(
            &Path::ellipse(px + tall * 0.42, foot, tall * 0.40, tall * 0.022),
            tall * 0.03,
            0.42,
            hex(0x2c3a1c),
        );
        let shape = Path::smooth(&[
            (0.0, -1.0),
            (0.055, -0.82),
            (0.100, -0.45),
            (0.088, -0.12),
            (0.03, 0.0),
            (-0.03, 0.0),
            (-0.088, -0.12),
            (-0.100, -0.45),
            (-0.055, -0.82),
        ])
        .place(px, foot, tall, 0.0);
        canvas.fill(&shape, move |qx: f32, qy: f32| {
            let u = (qx - px) / tall / 0.1;
            let leaf = noise(qx * 900.0 / (tall * 12.0 + 1.0), qy * 260.0, 5) * 0.3;
            (hex(0x1f3a1e).mix(hex(0x6f8a3c), smooth(0.5, -1.0, u)) * (1.0 + leaf)).mix(hex(0xd8d8d0), haze)
        });
    }
    canvas.bloom(0.9, 0.05, 0.3);
    Develop { contrast: 0.3, saturation: 1.06, ..Develop::default() }
}

fn farmhouse(canvas: &mut Canvas, x: f32, foot: f32, s: f32) {
    let put = |points: &[(f32, f32)]| Path::polygon(points.iter().copied()).place(x, foot, s, 0.0);
    canvas.soft(&put(&[(-0.2, 0.02), (1.9, 0.04), (1.9, 0.10), (-0.2, 0.08)]), s * 0.1, 0.5, hex(0x2c3a1c));
    canvas.fill(&put(&[(-1.0, 0.06), (0.0, 0.06), (0.0, -0.62), (-1.0, -0.62)]), hex(0xf2d8a8));
    canvas.fill(&put(&[(0.0, 0.06), (0.75, 0.02), (0.75, -0.58), (0.36, -0.86), (0.0, -0.62)]), hex(0xb08a68));
    canvas.fill(&put(&[(-1.06, -0.60), (0.02, -0.60), (0.38, -0.90), (-0.72, -0.90)]), hex(0xc0623c));
    canvas.fill(&put(&[(0.75, 0.04), (1.25, 0.04), (1.25, -1.05), (0.75, -1.05)]), hex(0xe2c494));
    canvas.fill(&put(&[(0.70, -1.03), (1.30, -1.03), (1.0, -1.28)]), hex(0xb4562f));
    for (wx, wy) in [(-0.75, -0.4), (-0.35, -0.4), (1.0, -0.8), (1.0, -0.4)] {
        canvas.fill(
            &put(&[(wx - 0.06, wy), (wx + 0.06, wy), (wx + 0.06, wy - 0.17), (wx - 0.06, wy - 0.17)]),
            hex(0x5a4634),
        );
    }
}
