//! The long film: slow moves over the library's own scenes, long enough for 150 segments in each rung.

use super::ffmpeg::{Feed, words};
use super::{frames, music};
use crate::catalogue::{Format, PICTURES};
use crate::draw::math::{mix, smooth};
use crate::encode;
use image::RgbImage;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::mpsc;
use std::thread;

/// File name of the long film.
pub const LONG_FILM: &str = "Film/Unser ganzer Tag – der lange Film.mp4";

const WIDTH: usize = 854;
const HEIGHT: usize = 480;
const FRAME_RATE: u32 = frames::FRAME_RATE;

/// The number of scenes, the frames of each scene, and the frames of each cross-fade.
const SCENES: usize = 18;
const SCENE_FRAMES: u32 = 36 * FRAME_RATE;
const FADE: u32 = 2 * FRAME_RATE;

/// Pictures are drawn larger than a frame by this factor, so that they stay sharp when the camera moves closer.
const SCALE: f32 = 1.25;

/// A picture as planes of Y, U and V (BT.709, video range, 4:2:0), as the encoder expects it.
struct Planes {
    planes: [Vec<u8>; 3],
    width: usize,
    height: usize,
}

impl Planes {
    fn of(picture: &RgbImage) -> Self {
        let (width, height) = (picture.width() as usize & !1, picture.height() as usize & !1);
        let at = |x: usize, y: usize| picture.get_pixel(x as u32, y as u32).0.map(i32::from);
        let mut luma = Vec::with_capacity(width * height);
        for y in 0..height {
            luma.extend((0..width).map(|x| {
                let [r, g, b] = at(x, y);
                (16 + ((47 * r + 157 * g + 16 * b + 128) >> 8)) as u8
            }));
        }
        let mut chroma = [Vec::with_capacity(luma.len() / 4), Vec::with_capacity(luma.len() / 4)];
        for y in (0..height).step_by(2) {
            for x in (0..width).step_by(2) {
                let four = [at(x, y), at(x + 1, y), at(x, y + 1), at(x + 1, y + 1)];
                let [r, g, b] = [0, 1, 2].map(|c| four.iter().map(|p| p[c]).sum::<i32>() / 4);
                chroma[0].push((128 + ((-26 * r - 87 * g + 112 * b + 128) >> 8)) as u8);
                chroma[1].push((128 + ((112 * r - 102 * g - 10 * b + 128) >> 8)) as u8);
            }
        }
        let [u, v] = chroma;
        Self { planes: [luma, u, v], width, height }
    }

    /// The frame seen through a window of `zoom` (1 is the whole picture) centred on `(cx, cy)`,
    /// both 0 to 1, appended to `out` as YUV 4:2:0.
    fn look(&self, cx: f32, cy: f32, zoom: f32, out: &mut Vec<u8>) {
        for (i, plane) in self.planes.iter().enumerate() {
            let half = usize::from(i > 0);
            let from = (self.width >> half, self.height >> half);
            let to = (WIDTH >> half, HEIGHT >> half);
            window(plane, from, to, (cx, cy, zoom), out);
        }
    }
}

/// Bilinear resampling in 1/256 pixels; rows are blended first, and then sampled along x.
fn window(plane: &[u8], from: (usize, usize), to: (usize, usize), (cx, cy, zoom): (f32, f32, f32), out: &mut Vec<u8>) {
    let spot = |i: usize, centre: f32, from: usize, to: usize| {
        let at = (centre + ((i as f32 + 0.5) / to as f32 - 0.5) * zoom) * from as f32 - 0.5;
        let fixed = (at.clamp(0.0, (from - 2) as f32) * 256.0) as usize;
        (fixed >> 8, (fixed & 255) as u32)
    };
    let columns: Vec<(usize, u32)> = (0..to.0).map(|x| spot(x, cx, from.0, to.0)).collect();
    let mut row = vec![0_u32; from.0];
    for y in 0..to.1 {
        let (top, part) = spot(y, cy, from.1, to.1);
        let (upper, lower) = plane[top * from.0..(top + 2) * from.0].split_at(from.0);
        for ((r, &a), &b) in row.iter_mut().zip(upper).zip(lower) {
            *r = u32::from(a) * (256 - part) + u32::from(b) * part;
        }
        out.extend(columns.iter().map(|&(x, k)| ((row[x] * (256 - k) + row[x + 1] * k + 0x8000) >> 16) as u8));
    }
}

/// Renders the long film to `out` (H.264 and AAC in MP4). `progress` goes from 0 to 1.
///
/// A film that is already there is left alone. A new film is written to another file, and renamed when it is whole.
/// Errors: a file cannot be written, or ffmpeg is missing or fails.
pub fn render_long_film(out: &Path, ffmpeg: &Path, mut progress: impl FnMut(f64)) -> io::Result<()> {
    if out.exists() {
        return Ok(());
    }
    if let Some(folder) = out.parent() {
        fs::create_dir_all(folder)?;
    }
    let work = tempfile::tempdir_in(out.parent().unwrap_or(Path::new(".")))?;
    let total = SCENES as u32 * (SCENE_FRAMES - FADE) + FADE;
    let sound = work.path().join("sound.wav");
    fs::write(&sound, music::wav(&music::render(total as f32 / FRAME_RATE as f32)))?;
    progress(0.02);
    let mut arguments = words(&format!(
        "-f rawvideo -pix_fmt yuv420p -video_size {WIDTH}x{HEIGHT} -framerate {FRAME_RATE} -i pipe:0 -i"
    ));
    arguments.push(sound.into());
    arguments.extend(words(
        "-c:v libx264 -preset ultrafast -crf 29 -g 96 -pix_fmt yuv420p -color_range tv -colorspace bt709 \
         -color_primaries bt709 -color_trc bt709 -c:a aac -b:a 96k -movflags +faststart -shortest \
         -metadata creation_time=2025-06-15T18:00:00Z",
    ));
    let partial = work.path().join("film.mp4");
    arguments.push(partial.clone().into());
    let mut feed = Feed::start(ffmpeg, &arguments)?;
    let pictures = scenes();
    thread::scope(|scope| -> io::Result<()> {
        // One thread draws ahead while this one moves the camera.
        let (sender, drawn) = mpsc::sync_channel(1);
        scope.spawn(move || {
            for picture in pictures {
                let (w, h) = ((WIDTH as f32 * SCALE) as u32, (HEIGHT as f32 * SCALE) as u32);
                if sender.send(Planes::of(&encode::without_grain(picture, w, h))).is_err() {
                    break;
                }
            }
        });
        let mut current = drawn.recv().map_err(io::Error::other)?;
        let mut done = 0;
        let (mut frame, mut second) = (Vec::new(), Vec::new());
        for scene in 0..SCENES {
            let next = if scene + 1 < SCENES { Some(drawn.recv().map_err(io::Error::other)?) } else { None };
            let first = if scene == 0 { 0 } else { FADE };
            for i in first..SCENE_FRAMES {
                frame.clear();
                camera(&current, scene, i, &mut frame);
                let into = (i + FADE).checked_sub(SCENE_FRAMES);
                if let (Some(into), Some(next)) = (into, &next) {
                    second.clear();
                    camera(next, scene + 1, into, &mut second);
                    let share = (into * 256 / FADE) as u16;
                    for (a, &b) in frame.iter_mut().zip(&second) {
                        *a = ((u16::from(*a) * (256 - share) + u16::from(b) * share) >> 8) as u8;
                    }
                }
                feed.frame(&frame)?;
                done += 1;
                if done % FRAME_RATE == 0 {
                    progress(0.02 + 0.97 * f64::from(done) / f64::from(total));
                }
            }
            if let Some(next) = next {
                current = next;
            }
        }
        Ok(())
    })?;
    feed.finish()?;
    fs::rename(&partial, out)?;
    progress(1.0);
    Ok(())
}

/// One frame of a scene. The camera moves closer in one scene and further away in the next, and drifts sideways.
fn camera(picture: &Planes, scene: usize, frame: u32, out: &mut Vec<u8>) {
    let t = smooth(-0.1, 1.1, frame as f32 / SCENE_FRAMES as f32);
    let t = if scene.is_multiple_of(2) { t } else { 1.0 - t };
    let zoom = mix(1.0, 0.80, t);
    let room = (1.0 - zoom) * 0.5;
    let side = [0.9, -0.9, 0.4, -0.4][scene % 4];
    let rise = [-0.5, 0.3, 0.6][scene % 3];
    picture.look(0.5 + room * side, 0.5 + room * rise, zoom, out);
}

/// Landscape pictures of the catalogue, in the order they were taken.
fn scenes() -> Vec<&'static crate::catalogue::Picture> {
    let mut list: Vec<_> = PICTURES
        .iter()
        .filter(|p| p.format() == Format::Jpeg && p.size.0 > p.size.1 && p.size.0 < p.size.1 * 2)
        .collect();
    list.sort_by_key(|p| p.taken_at());
    // Evenly over the whole story.
    (0..SCENES).map(|i| list[i * list.len() / SCENES]).collect()
}
