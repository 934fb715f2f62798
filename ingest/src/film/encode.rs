//! One ffmpeg run from a film to all its pictures and sounds: one decode, one filter graph, a fragmented MP4 for each.

use std::fmt::Write;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::Encoder;
use super::ladder::Rung;
use super::probe::{Film, Transfer};
use super::segments::{FIRST, SEGMENT};
use super::tools::film_input;
use crate::child::confine::Limits;
use crate::child::process::{self, Failure};
use crate::sniff;

/// How an MP4 is written: in fragments, with the times of the first samples in its header. The trailer would only
/// repeat where the fragments lie.
pub const MOVIE: [&str; 5] =
    ["-fflags", "+bitexact", "-movflags", "+frag_keyframe+delay_moov+default_base_moof+skip_trailer", "-f"];
/// How sound is encoded, but for its rate: on every device, stereo plays.
pub const SOUND: [&str; 6] = ["-c:a", "aac", "-ac", "2", "-ar", "48000"];
/// Microseconds of sound in a fragment. Segments are made of several, so that they end where those of the pictures end.
pub const SOUND_FRAGMENT: &str = "1000000";
/// An encode that has produced no new frame for this long is given up.
const PATIENCE: Duration = Duration::from_mins(5);

/// Encodes into `folder`: `{quality}.mp4` for each rung, and `sound-{n}.mp4`. `at` gets the number of seconds that are
/// done.
pub fn encode(
    encoder: &Encoder,
    (path, kind): (&Path, sniff::Film),
    film: &Film,
    rungs: &[Rung],
    folder: &Path,
    mut at: impl FnMut(f64),
) -> Result<(), Failure> {
    let mut command = encoder.tools.ffmpeg();
    // The names below are relative, so that ffmpeg does not take a `%` in the folder's path for a counter.
    command.current_dir(folder).args(["-progress", "pipe:1", "-stats_period", "0.5"]);
    film_input(&mut command, path, kind);
    arguments(&mut command, film, rungs, encoder.preset, encoder.tools.tone_maps);
    let mut clock = Clock::default();
    process::run(&mut command, limits(film, rungs), encoder.stop, PATIENCE, |chunk| {
        let advanced = clock.hear(chunk);
        if advanced {
            at(clock.seconds);
        }
        advanced
    })
}

/// What decides the bytes of an encode, besides the film: the arguments, and the encoder.
pub fn recipe(encoder: &Encoder, film: &Film, rungs: &[Rung]) -> String {
    let mut command = encoder.tools.ffmpeg();
    arguments(&mut command, film, rungs, encoder.preset, encoder.tools.tone_maps);
    let arguments: Vec<_> = command.get_args().map(|argument| argument.to_string_lossy()).collect();
    format!("{}\n{}", arguments.join("\n"), encoder.tools.version)
}

/// What ffmpeg may use. Only a process that has lost its way gets there: the slowest preset takes a tenth of this on
/// a slow machine, and all its frames a part of the memory.
pub fn limits(film: &Film, rungs: &[Rung]) -> Limits {
    const HD: f64 = 1920.0 * 1080.0 * 60.0;
    let cores = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    let pixels = u64::from(film.width) * u64::from(film.height);
    let rate: u64 = rungs.iter().map(|rung| u64::from(rung.max_rate)).max().unwrap_or(0) * 1000 / 8;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)] // of a size
    let (seconds, work) = (film.duration.ceil() as u64, (pixels as f64 * film.rate.per_second() / HD).max(1.0) as u64);
    Limits {
        cpu: Duration::from_secs(3600 + seconds.saturating_mul(600).saturating_mul(work)),
        memory: (4 << 30) + (cores << 30) + pixels.saturating_mul(512),
        file: (1 << 30) + seconds.saturating_mul(rate).saturating_mul(2),
    }
}

fn arguments(command: &mut Command, film: &Film, rungs: &[Rung], preset: &str, tone_maps: bool) {
    let fps = film.rate;
    // Only forced keyframes shall occur. With this value, x264's own next keyframe would come one frame after the end
    // of a segment.
    let gop = (fps.per_second() * f64::from(SEGMENT)).ceil() + 1.0;
    command.arg("-filter_complex").arg(graph(film, rungs, tone_maps));
    let bare = ["-map_metadata", "-1", "-map_chapters", "-1"];
    for (index, rung) in rungs.iter().enumerate() {
        command.arg("-map").arg(format!("[v{index}]")).arg("-t").arg(format!("{:.6}", film.duration));
        command.args(bare).args(["-c:v", "libx264", "-preset", preset, "-profile:v", "high", "-crf", "21"]);
        command.arg("-maxrate").arg(format!("{}k", rung.max_rate));
        command.arg("-bufsize").arg(format!("{}k", rung.max_rate * 3 / 2));
        command.arg("-g").arg(format!("{gop}"));
        command.args(["-sc_threshold", "0", "-flags", "+cgop", "-forced-idr", "1", "-force_key_frames"]);
        command.arg(keyframes());
        if film.transfer != Transfer::Sdr && tone_maps {
            command.args(["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"]);
        }
        command.args(MOVIE).args(["mp4", &format!("{}.mp4", rung.name)]);
    }
    // All rungs share the sounds.
    let rate = if rungs.iter().any(|rung| rung.width.min(rung.height) >= 720) { "128k" } else { "96k" };
    for (number, sound) in film.sounds.iter().enumerate() {
        command.arg("-map").arg(format!("0:{}", sound.index)).arg("-af").arg(padded(film.duration));
        command.arg("-t").arg(format!("{:.6}", film.duration)).args(bare);
        command.args(SOUND).args(["-b:a", rate, "-frag_duration", SOUND_FRAGMENT]);
        command.args(MOVIE).args(["mp4", &sound_file(number)]);
    }
}

/// The filter that fills a sound's holes with silence, up to a length in seconds. Players stop where a sound has a hole
/// or ends before the pictures.
pub fn padded(length: f64) -> String {
    format!("aresample=async=1:first_pts=0,apad=whole_dur={length:.6}")
}

/// The file of a sound, counted from 0.
pub fn sound_file(number: usize) -> String {
    format!("sound-{}.mp4", number + 1)
}

/// Where keyframes are forced: where segments begin.
fn keyframes() -> String {
    let [first, second] = FIRST;
    let regular = format!("{SEGMENT}*(n_forced-2)");
    format!("expr:gte(t,if(eq(n_forced,0),0,if(eq(n_forced,1),{first},if(eq(n_forced,2),{second},{regular}))))")
}

/// The filter graph: first the steps that all renditions share, then a size for each.
pub fn graph(film: &Film, rungs: &[Rung], tone_maps: bool) -> String {
    let mut graph = format!("[0:{}]", film.video);
    if film.interlaced {
        graph.push_str("bwdif=mode=send_frame:deint=interlaced,");
    }
    let _ = write!(graph, "fps={}/{}:start_time=0", film.rate.num, film.rate.den);
    // The last picture stands until the sound ends. It is held no longer, so that a film that is cut short is seen.
    if film.duration > film.pictures {
        let _ = write!(graph, ",tpad=stop_mode=clone:stop_duration={:.6}", film.duration - film.pictures);
    }
    if film.transfer != Transfer::Sdr && tone_maps {
        graph.push_str(&tone_map(film, &rungs[0]));
    }
    let _ = write!(graph, ",split={}", rungs.len());
    for index in 0..rungs.len() {
        let _ = write!(graph, "[s{index}]");
    }
    for (index, Rung { width, height, .. }) in rungs.iter().enumerate() {
        let _ = write!(
            graph,
            ";[s{index}]scale={width}:{height}:flags=bicubic:out_range=tv,format=yuv420p,setsar=1[v{index}]"
        );
    }
    graph
}

/// BT.2020 HDR to BT.709 SDR. The film is first scaled to the largest rendition, because the mapping in floating
/// point is the expensive step. The colours are written out, for files that tag only some of them.
fn tone_map(film: &Film, largest: &Rung) -> String {
    let transfer = match film.transfer {
        Transfer::Hlg => "arib-std-b67",
        Transfer::Pq | Transfer::Sdr => "smpte2084",
    };
    format!(
        ",scale={}:{}:flags=bicubic,\
         setparams=range=tv:color_primaries=bt2020:color_trc={transfer}:colorspace=bt2020nc,\
         zscale=t=linear:npl={NOMINAL_PEAK},format=gbrpf32le,\
         zscale=p=bt709,tonemap=tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv,format=yuv420p",
        largest.width, largest.height
    )
}

/// The luminance that becomes 1.0 in linear light, in cd/m². With this value, HLG comes out nearly as SDR screens
/// would show it without conversion (mid grey 0.50 as 0.49, white 0.75 as 0.76), and PQ of 203 cd/m² as 0.77, of 1000
/// as 1.0.
const NOMINAL_PEAK: u32 = 100;

/// Reads the output of `-progress`: lines of `name=value`. A chunk may end anywhere in a line.
#[derive(Default)]
pub struct Clock {
    line: Vec<u8>,
    seconds: f64,
    frames: u64,
}

impl Clock {
    /// Reads a chunk. Returns whether a time or a frame count rose.
    pub fn hear(&mut self, chunk: &[u8]) -> bool {
        let mut rose = false;
        for byte in chunk {
            if *byte == b'\n' {
                rose |= self.heard();
                self.line.clear();
            } else if self.line.len() < 256 {
                self.line.push(*byte);
            }
        }
        rose
    }

    fn heard(&mut self) -> bool {
        let line = String::from_utf8_lossy(&self.line);
        match line.trim().split_once('=') {
            Some(("out_time_us", micros)) => {
                let seconds = micros.parse::<f64>().unwrap_or(0.0) / 1e6;
                let rose = seconds > self.seconds;
                self.seconds = self.seconds.max(seconds);
                rose
            }
            Some(("frame", frames)) => {
                let frames = frames.trim().parse().unwrap_or(0);
                let rose = frames > self.frames;
                self.frames = self.frames.max(frames);
                rose
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_understood_in_any_pieces() {
        let text = b"frame=1\nout_time_us=N/A\nout_time_us=1500000\nprogress=continue\nout_time_us=1000000\nframe=1\n";
        for size in 1..text.len() {
            let mut clock = Clock::default();
            for piece in text.chunks(size) {
                clock.hear(piece);
            }
            assert!((clock.seconds - 1.5).abs() < 1e-9 && clock.frames == 1);
            assert!(!clock.hear(b"frame=1\nout_time_us=1500000\n"));
            assert!(clock.hear(b"out_time_us=1500001\n"));
        }
    }
}
