//! A soft chord melody, computed: pads that swell, a plucked figure over them, a little room.

use crate::draw::math::{exp, sin_turn, smooth};
use crate::draw::noise::hash01;

pub const SAMPLE_RATE: u32 = 48_000;

/// How many seconds a chord lasts: five chords make the short film's 12 seconds with a last one to end on.
const CHORD: f32 = 2.4;

/// Semitones over D2: bass, then four voices.
const CHORDS: [[i32; 5]; 8] = [
    [0, 19, 24, 28, 31],
    [9, 19, 24, 28, 33],
    [7, 19, 23, 26, 31],
    [5, 17, 21, 24, 33],
    [0, 16, 19, 24, 31],
    [2, 17, 21, 26, 33],
    [5, 17, 24, 28, 33],
    [7, 19, 23, 29, 31],
];

/// Notes of the plucked figure: indices into the chord, an octave up if 10 or more.
const FIGURE: [usize; 8] = [1, 3, 2, 4, 11, 4, 2, 3];

/// Interleaved stereo samples, 16 bits, `seconds` long, fading in and out.
pub fn render(seconds: f32) -> Vec<i16> {
    let count = (seconds * SAMPLE_RATE as f32) as usize;
    let mut left = vec![0.0_f32; count];
    let mut right = vec![0.0_f32; count];
    let chords = (seconds / CHORD).ceil() as usize;
    for i in 0..chords {
        let chord = CHORDS[i % CHORDS.len()];
        let start = i as f32 * CHORD;
        for (voice, &note) in chord.iter().enumerate() {
            let gain = if voice == 0 { 0.15 } else { 0.052 };
            let side = (voice as f32 - 2.0) * 0.18;
            pad(&mut left, start, note, gain * (1.0 - side), 0.9985);
            pad(&mut right, start, note, gain * (1.0 + side), 1.0015);
        }
        for (k, &step) in FIGURE.iter().enumerate() {
            // Rests keep the figure from running like a clock.
            if hash01(i as i32, k as i32, 5) < 0.22 {
                continue;
            }
            let note = chord[step % 10] + 12 + if step >= 10 { 12 } else { 0 };
            let at = start + CHORD * k as f32 / FIGURE.len() as f32;
            let pan = hash01(i as i32, k as i32, 9) * 0.5 - 0.25;
            pluck(&mut left, at, note, 0.085 * (1.0 - pan));
            pluck(&mut right, at, note, 0.085 * (1.0 + pan));
        }
    }
    room(&mut left, [0.0297, 0.0371, 0.0437]);
    room(&mut right, [0.0311, 0.0353, 0.0461]);
    let mut out = Vec::with_capacity(count * 2);
    for (i, (l, r)) in left.iter().zip(&right).enumerate() {
        let t = i as f32 / SAMPLE_RATE as f32;
        let fade = smooth(0.0, 1.2, t) * smooth(seconds, seconds - 2.2, t);
        out.extend([l, r].map(|v| (v * fade * 30_000.0).clamp(-32_000.0, 32_000.0) as i16));
    }
    out
}

/// A note's pitch in Hz: equal temperament over D2. Octaves are doublings, so the table holds one.
fn pitch(note: i32) -> f32 {
    const OCTAVE: [f32; 12] =
        [73.416, 77.782, 82.407, 87.307, 92.499, 97.999, 103.826, 110.0, 116.541, 123.471, 130.813, 138.591];
    OCTAVE[note.rem_euclid(12) as usize] * (1 << note.div_euclid(12)) as f32
}

/// A swelling tone with two quiet overtones, longer than its chord so that chords melt together.
fn pad(out: &mut [f32], start: f32, note: i32, gain: f32, detune: f32) {
    let long = CHORD * 1.6;
    let step = pitch(note) * detune / SAMPLE_RATE as f32;
    each(out, start - CHORD * 0.2, long, |i, t| {
        let swell = smooth(0.0, 0.9, t) * smooth(long, long * 0.5, t);
        let turn = i as f32 * step;
        gain * swell * (sin_turn(turn) + 0.28 * sin_turn(turn * 2.0) + 0.10 * sin_turn(turn * 3.0))
    });
}

fn pluck(out: &mut [f32], start: f32, note: i32, gain: f32) {
    let step = pitch(note) / SAMPLE_RATE as f32;
    each(out, start, 1.7, |i, t| {
        let turn = i as f32 * step;
        let body = exp(-t * 2.6);
        let bright = exp(-t * 7.0);
        let attack = (t * 220.0).min(1.0);
        gain * attack * (body * sin_turn(turn) + bright * (0.45 * sin_turn(turn * 2.0) + 0.16 * sin_turn(turn * 4.0)))
    });
}

/// Adds `f(sample, seconds)` from `start` for `long` seconds, as far as this time is within the piece.
fn each(out: &mut [f32], start: f32, long: f32, f: impl Fn(u32, f32) -> f32) {
    let first = (start * SAMPLE_RATE as f32) as i64;
    for i in 0..(long * SAMPLE_RATE as f32) as u32 {
        if let Some(slot) = usize::try_from(first + i64::from(i)).ok().and_then(|at| out.get_mut(at)) {
            *slot += f(i, i as f32 / SAMPLE_RATE as f32);
        }
    }
}

/// Three echoes that feed back into themselves, which sound like a room.
fn room(out: &mut [f32], delays: [f32; 3]) {
    for (k, delay) in delays.into_iter().enumerate() {
        let n = (delay * 3.7 * SAMPLE_RATE as f32) as usize;
        let feed = 0.30 - 0.05 * k as f32;
        for i in n..out.len() {
            out[i] += out[i - n] * feed;
        }
    }
}

/// The samples as a WAV file (RIFF, PCM, stereo, 16 bits).
pub fn wav(samples: &[i16]) -> Vec<u8> {
    let bytes = samples.len() as u32 * 2;
    let mut out = Vec::with_capacity(bytes as usize + 44);
    out.extend(b"RIFF");
    out.extend((36 + bytes).to_le_bytes());
    out.extend(b"WAVEfmt \x10\0\0\0\x01\0\x02\0");
    out.extend(SAMPLE_RATE.to_le_bytes());
    out.extend((SAMPLE_RATE * 4).to_le_bytes());
    out.extend(b"\x04\0\x10\0data");
    out.extend(bytes.to_le_bytes());
    out.extend(samples.iter().flat_map(|s| s.to_le_bytes()));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_audible_and_never_clips() {
        let samples = render(6.0);
        assert_eq!(samples.len(), 6 * 2 * SAMPLE_RATE as usize);
        let peak = samples.iter().map(|s| s.unsigned_abs()).max().unwrap();
        assert!((6000..31_000).contains(&peak), "peak {peak}");
        assert_eq!(samples[0], 0);
    }

    #[test]
    fn an_octave_doubles_the_pitch() {
        assert!((pitch(19) - 220.0).abs() < 0.01);
        assert!((pitch(31) - 440.0).abs() < 0.02);
    }
}
