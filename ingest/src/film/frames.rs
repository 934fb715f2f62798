//! Pictures out of ffmpeg, one at a time.

use std::process::Command;
use std::time::Duration;

use crate::Stop;
use crate::child::confine::Limits;
use crate::child::process::{self, Failure};

const PATIENCE: Duration = Duration::from_mins(2);

/// Runs a command of ffmpeg that lacks its output, and passes each picture on as RGB of three bytes.
pub fn each(
    command: &mut Command,
    (width, height): (u32, u32),
    limits: Limits,
    stop: &Stop,
    mut seen: impl FnMut(&[u8]),
) -> Result<(), Failure> {
    command.args(["-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"]);
    let length = width as usize * height as usize * 3;
    let mut frame = Vec::with_capacity(length);
    process::run(command, limits, stop, PATIENCE, |mut chunk| {
        while !chunk.is_empty() {
            let (now, rest) = chunk.split_at(chunk.len().min(length - frame.len()));
            frame.extend_from_slice(now);
            chunk = rest;
            if frame.len() == length {
                seen(&frame);
                frame.clear();
            }
        }
        true
    })
}
