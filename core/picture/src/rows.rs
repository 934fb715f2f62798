//! Scales a picture down, row by row.
//!
//! Rows are first added up into those of the smaller picture, and only these are then made narrower. So a picture of
//! any height takes a few rows of memory. The filter is that of Catmull and Rom, as wide as the rows that it joins.

use std::collections::VecDeque;

use crate::turn::Turn;

/// How far the filter reaches, in rows of the smaller picture.
const REACH: f64 = 2.0;
/// The most rows of the smaller picture that one row of the larger is a part of.
const OPEN: u64 = 5;

/// Which rows, or columns, each of the smaller picture is made of, and by how much.
struct Weights {
    /// The first one, and where its weights begin.
    parts: Vec<(u32, u32)>,
    weights: Vec<f32>,
}

impl Weights {
    /// `from` is at least `to`, and both are at least 1. The last part may be a part of one only: `extent` is how many
    /// there are.
    fn new(from: u32, extent: f64, to: u32) -> Self {
        let ratio = extent / f64::from(to);
        let mut parts = Vec::with_capacity(to as usize);
        let mut weights = Vec::new();
        for at in 0..to {
            let start = weights.len();
            // Without a change of size each row is itself.
            let reach = if from == to { 0.5 } else { REACH * ratio };
            let middle = (f64::from(at) + 0.5) * ratio;
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // both lie in 0..=from
            let (first, end) = (
                (middle - reach).ceil().max(0.0) as u32,
                ((middle + reach).floor().min(f64::from(from)) as u32).max(1),
            );
            let first = first.min(end - 1);
            parts.push((first, u32::try_from(start).unwrap_or(u32::MAX)));
            let mut sum = 0.0;
            for part in first..end {
                let weight = if from == to { 1.0 } else { catmull_rom((f64::from(part) + 0.5 - middle) / ratio) };
                sum += weight;
                #[allow(clippy::cast_possible_truncation)] // to the precision of a weight
                weights.push(weight as f32);
            }
            #[allow(clippy::cast_possible_truncation)]
            weights[start..].iter_mut().for_each(|weight| *weight /= sum as f32);
        }
        Self { parts, weights }
    }

    /// The first part of one, and the weights of its parts.
    fn of(&self, at: usize) -> Option<(usize, &[f32])> {
        let (first, start) = *self.parts.get(at)?;
        let end = self.parts.get(at + 1).map_or(self.weights.len(), |(_, end)| *end as usize);
        Some((first as usize, self.weights.get(start as usize..end)?))
    }
}

fn catmull_rom(x: f64) -> f64 {
    let x = x.abs();
    if x < 1.0 {
        (1.5 * x - 2.5) * x * x + 1.0
    } else if x < 2.0 {
        ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0
    } else {
        0.0
    }
}

/// Takes the rows of a picture from the first to the last, and makes the smaller picture of them.
pub struct Scaler {
    channels: usize,
    /// The width of the rows that come, in samples.
    wide: usize,
    /// The size of the smaller picture, before it is turned.
    to: (u32, u32),
    turn: Turn,
    down: Weights,
    across: Weights,
    /// The rows of the smaller picture that are under way, from `done` on.
    open: VecDeque<Vec<f32>>,
    spare: Vec<Vec<f32>>,
    line: Vec<f32>,
    come: usize,
    done: usize,
    out: Vec<u8>,
}

impl Scaler {
    /// The memory for a picture, in bytes.
    pub fn memory(from: (u32, u32), to: (u32, u32), channels: u64) -> u64 {
        let (wide, tall) = (u64::from(from.0), u64::from(from.1));
        // A weight of four bytes for each of the four rows in reach, and the list may have room for as many again.
        let weights = 32 * (wide + tall) + 8 * u64::from(to.0 + to.1);
        weights + 4 * channels * wide * (OPEN + 2) + u64::from(to.0) * u64::from(to.1) * channels
    }

    /// `to` is no larger than `from`, and has at least one pixel.
    pub fn new(from: (u32, u32), to: (u32, u32), channels: usize, turn: Turn) -> Self {
        Self::of_part(from, (f64::from(from.0), f64::from(from.1)), to, channels, turn)
    }

    /// The same, where the last row and column are only a part of one: `extent` is how many there are.
    pub fn of_part(from: (u32, u32), extent: (f64, f64), to: (u32, u32), channels: usize, turn: Turn) -> Self {
        let wide = from.0 as usize * channels;
        Self {
            channels,
            wide,
            to,
            turn,
            down: Weights::new(from.1, extent.1, to.1),
            across: Weights::new(from.0, extent.0, to.0),
            open: VecDeque::new(),
            spare: Vec::new(),
            line: vec![0.0; wide],
            come: 0,
            done: 0,
            out: vec![0; to.0 as usize * to.1 as usize * channels],
        }
    }

    pub fn channels(&self) -> usize {
        self.channels
    }

    /// Takes the next row. One that is too short counts as black from its end on.
    pub fn push(&mut self, row: &[u8]) {
        for (float, sample) in self.line.iter_mut().zip(row) {
            *float = f32::from(*sample);
        }
        let (come, tall) = (self.come, self.to.1 as usize);
        self.come += 1;
        while self.done + self.open.len() < tall
            && self.down.of(self.done + self.open.len()).is_some_and(|(first, _)| first <= come)
        {
            let mut sums = self.spare.pop().unwrap_or_else(|| vec![0.0; self.wide]);
            sums.fill(0.0);
            self.open.push_back(sums);
        }
        for (index, sums) in self.open.iter_mut().enumerate() {
            let Some((first, weights)) = self.down.of(self.done + index) else { break };
            let Some(weight) = come.checked_sub(first).and_then(|at| weights.get(at)) else { continue };
            for (sum, sample) in sums.iter_mut().zip(&self.line) {
                *sum += weight * sample;
            }
        }
        while let Some((first, weights)) = self.down.of(self.done)
            && first + weights.len() <= self.come
            && let Some(sums) = self.open.pop_front()
        {
            if self.channels == 1 {
                self.narrow::<1>(&sums);
            } else {
                self.narrow::<3>(&sums);
            }
            self.spare.push(sums);
            self.done += 1;
        }
    }

    /// Makes a row narrower, and puts its pixels where they belong.
    fn narrow<const CHANNELS: usize>(&mut self, sums: &[f32]) {
        let size = (self.to.0 as usize, self.to.1 as usize);
        let (first, across, down) = self.turn.steps(size);
        let (pixels, _) = sums.as_chunks::<CHANNELS>();
        let (out, _) = self.out.as_chunks_mut::<CHANNELS>();
        let mut at = first.wrapping_add_signed(down.wrapping_mul(self.done.cast_signed()));
        for x in 0..size.0 {
            let Some((from, weights)) = self.across.of(x) else { break };
            let mut sum = [0.5; CHANNELS];
            for (pixel, weight) in pixels.iter().skip(from).zip(weights) {
                for (sum, sample) in sum.iter_mut().zip(pixel) {
                    *sum += weight * sample;
                }
            }
            if let Some(pixel) = out.get_mut(at) {
                // A float outside of the bounds becomes the bound.
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
                let samples = sum.map(|sample: f32| sample as u8);
                *pixel = samples;
            }
            at = at.wrapping_add_signed(across);
        }
    }

    /// The size of the smaller picture and its samples, turned upright. `None` if rows are missing.
    pub fn finish(self) -> Option<((u32, u32), Vec<u8>)> {
        (self.done == self.to.1 as usize).then(|| (self.turn.size(self.to), self.out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_in_bounds_and_sum_up_to_one() {
        for (from, to) in [(1, 1), (2, 1), (3, 2), (5, 5), (100, 99), (4000, 800), (7, 3), (65_535, 1)] {
            let weights = Weights::new(from, f64::from(from) - 0.3, to);
            let mut before = 0;
            for at in 0..to as usize {
                let (first, some) = weights.of(at).unwrap();
                assert!(first >= before && !some.is_empty() && first + some.len() <= from as usize, "{from} to {to}");
                assert!((some.iter().sum::<f32>() - 1.0).abs() < 1e-3);
                before = first;
            }
            assert!(weights.of(to as usize).is_none());
            let (first, last) = weights.of(to as usize - 1).unwrap();
            assert!(first + last.len() <= from as usize);
        }
    }

    #[test]
    fn a_picture_that_keeps_its_size_is_only_turned() {
        let turn = Turn::of_exif(b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0");
        let mut scaler = Scaler::new((2, 3), (2, 3), 1, turn);
        b"abcdef".chunks(2).for_each(|row| scaler.push(row));
        assert_eq!(scaler.finish(), Some(((3, 2), b"ecafdb".to_vec())));
    }

    #[test]
    fn what_is_of_one_colour_stays_so() {
        for (from, to) in [((9, 7), (4, 3)), ((640, 480), (150, 113)), ((3, 100), (1, 33))] {
            let mut scaler = Scaler::new(from, to, 3, Turn::NONE);
            let row: Vec<u8> = [0, 128, 255].repeat(from.0 as usize);
            for _ in 0..from.1 - 1 {
                scaler.push(&row);
            }
            assert!(scaler.open.len() as u64 <= OPEN);
            scaler.push(&row);
            let (size, pixels) = scaler.finish().unwrap();
            assert_eq!(size, to);
            assert!(pixels.chunks(3).all(|pixel| pixel == [0, 128, 255]), "{from:?}: {pixels:?}");
        }
    }

    #[test]
    fn a_picture_without_its_last_row_is_none() {
        let mut scaler = Scaler::new((4, 4), (2, 2), 1, Turn::NONE);
        for _ in 0..3 {
            scaler.push(&[1; 4]);
        }
        assert_eq!(scaler.finish(), None);
    }
}
