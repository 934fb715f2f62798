//! Makes the committed short film anew: frames, sound, three rungs, a measured master.

use super::ffmpeg::{self, Feed, words};
use super::frames::{FRAME_RATE, FRAMES, Film, SECONDS};
use super::{music, short};
use image::codecs::jpeg::JpegEncoder;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::mpsc;
use std::thread;

const WIDTH: usize = 960;
const HEIGHT: usize = 540;

/// Height, video bits per second, audio bits per second.
const RUNGS: [(usize, u32, u32); 3] = [(540, 330_000, 56_000), (360, 165_000, 48_000), (240, 80_000, 32_000)];

/// The frame shown before the film starts.
const POSTER: u32 = FRAME_RATE * 5;

/// Writes the package into `out`, and replaces existing files. `progress` goes from 0 to 1.
///
/// Errors: a file cannot be written, or ffmpeg is missing or fails.
pub fn package(out: &Path, ffmpeg: &Path, mut progress: impl FnMut(f64)) -> io::Result<()> {
    fs::create_dir_all(out)?;
    let work = tempfile::tempdir()?;
    let sound = work.path().join("sound.wav");
    fs::write(&sound, music::wav(&music::render(SECONDS)))?;
    let master = work.path().join("film.mkv");
    let mut arguments =
        words(&format!("-f rawvideo -pix_fmt rgb24 -video_size {WIDTH}x{HEIGHT} -framerate {FRAME_RATE} -i pipe:0 -i"));
    arguments.push(sound.into());
    arguments.extend(words(
        "-c:v ffv1 -c:a pcm_s16le -pix_fmt yuv444p -colorspace bt709 -color_primaries bt709 -color_trc bt709",
    ));
    arguments.extend(words("-vf scale=out_color_matrix=bt709:out_range=tv"));
    arguments.push(master.clone().into());
    let mut feed = Feed::start(ffmpeg, &arguments)?;
    let mut poster = Vec::new();
    in_order(
        FRAMES,
        |i| Film::new(WIDTH, HEIGHT).frame(i),
        |i, frame| {
            if i == POSTER {
                JpegEncoder::new_with_quality(&mut poster, 80).encode_image(&frame).map_err(io::Error::other)?;
            }
            progress(0.8 * f64::from(i + 1) / f64::from(FRAMES));
            feed.frame(&frame)
        },
    )?;
    feed.finish()?;
    fs::write(out.join(short::POSTER_FILE), poster)?;
    let mut variants = Vec::new();
    for (i, rung) in RUNGS.iter().enumerate() {
        variants.push(encode(&master, out, work.path(), ffmpeg, *rung)?);
        progress(0.8 + 0.19 * (i + 1) as f64 / RUNGS.len() as f64);
    }
    fs::write(out.join("master.m3u8"), hls::master(&variants, true).map_err(io::Error::other)?)?;
    let top = format!("{}p.m3u8", RUNGS[0].0);
    let mut remux = words("-i");
    remux.push(out.join(top).into());
    remux.extend(words("-c copy -bsf:a aac_adtstoasc -fflags +bitexact -movflags +faststart"));
    remux.push(out.join(short::ORIGINAL_FILE).into());
    ffmpeg::run(ffmpeg, &remux)?;
    fs::write(out.join("film.json"), short::description())?;
    progress(1.0);
    Ok(())
}

/// Runs two passes of x264 for one rung. Returns the rung's line of the master playlist.
fn encode(
    master: &Path,
    out: &Path,
    work: &Path,
    ffmpeg: &Path,
    (height, video, audio): (usize, u32, u32),
) -> io::Result<hls::Variant> {
    let name = format!("{height}p");
    let width = (height * WIDTH / HEIGHT).next_multiple_of(2);
    for pass in 1..=2 {
        let mut arguments = words("-i");
        arguments.push(master.into());
        arguments.extend(words(&format!(
            "-vf scale={width}:{height}:flags=lanczos,format=yuv420p -c:v libx264 -preset slower -tune animation \
             -profile:v high -b:v {video} -maxrate {} -bufsize {} -g 96 -keyint_min 96 -sc_threshold 0 -threads 1 \
             -fflags +bitexact -flags:v +bitexact -flags:a +bitexact -pass {pass} -passlogfile",
            video * 3 / 2,
            video * 2,
        )));
        arguments.push(work.join(&name).into());
        if pass == 1 {
            arguments.extend(words("-an -f null -"));
        } else {
            arguments.extend(words(&format!(
                "-c:a aac -b:a {audio} -ar 48000 -ac 2 -f hls -hls_time 4 -hls_playlist_type vod -hls_list_size 0 \
                 -hls_flags independent_segments -hls_segment_filename"
            )));
            arguments.push(out.join(format!("{name}_%03d.ts")).into());
            arguments.push(out.join(format!("{name}.m3u8")).into());
        }
        ffmpeg::run(ffmpeg, &arguments)?;
    }
    measure(out, &name, (width, height))
}

fn measure(out: &Path, name: &str, (width, height): (usize, usize)) -> io::Result<hls::Variant> {
    let playlist = fs::read_to_string(out.join(format!("{name}.m3u8")))?;
    let segments: Vec<_> = playlist.lines().filter(|l| !l.starts_with('#') && !l.is_empty()).collect();
    let sizes: Vec<u64> =
        segments.iter().map(|s| fs::metadata(out.join(s)).map(|m| m.len())).collect::<io::Result<_>>()?;
    let bandwidth = hls::measure::bandwidth(&playlist, &sizes).map_err(io::Error::other)?;
    let first = fs::read(out.join(segments[0]))?;
    Ok(hls::Variant {
        uri: format!("{name}.m3u8"),
        bandwidth: bandwidth.peak,
        average_bandwidth: Some(bandwidth.average),
        codecs: Some(format!("{},mp4a.40.2", short::codec(&first).unwrap_or_else(|| "avc1.64001f".to_owned()))),
        resolution: Some((width as u32, height as u32)),
        frame_rate: Some(f64::from(FRAME_RATE)),
        name: Some(name.to_owned()),
    })
}

/// Makes `count` values on all cores, and passes them on in order. The work is never far ahead.
fn in_order<T: Send>(
    count: u32,
    make: impl Fn(u32) -> T + Sync,
    mut take: impl FnMut(u32, T) -> io::Result<()>,
) -> io::Result<()> {
    let workers = thread::available_parallelism().map_or(2, |n| n.get() as u32);
    thread::scope(|scope| {
        let lanes: Vec<_> = (0..workers)
            .map(|worker| {
                let (sender, receiver) = mpsc::sync_channel(2);
                let make = &make;
                scope.spawn(move || {
                    for i in (worker..count).step_by(workers as usize) {
                        if sender.send(make(i)).is_err() {
                            break;
                        }
                    }
                });
                receiver
            })
            .collect();
        for i in 0..count {
            let thing = lanes[(i % workers) as usize].recv().map_err(io::Error::other)?;
            take(i, thing)?;
        }
        Ok(())
    })
}
