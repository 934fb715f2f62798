//! A film and the page, in Chromium and in ffmpeg, against the native host, on one port and split. Also a film of
//! many segments against Spin's components.
//!
//! `NO_BROWSER=1` leaves the browsers out. `SCREENSHOTS=DIR` keeps pictures of the page, in one folder for each
//! deployment.

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
    sync::{PoisonError, RwLock},
};

use cost::{Catalogue, Event, Instance};
use harness::{Gallery, Options, Wasi, WasiGallery};
use libtest_mimic::{Arguments, Failed, Trial};

mod walks;

type Outcome = Result<(), String>;

/// Who has the processors: one test that plays films or measures, or two of the others.
static PROCESSORS: RwLock<()> = RwLock::new(());

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // On a small machine, more browsers at once would slow each other down until their waits time out.
    arguments.test_threads = arguments.test_threads.or(Some(2));
    let no_browser = env::var_os("NO_BROWSER").is_some_and(|value| !value.is_empty() && value != "0");
    let missing = [
        (no_browser, "NO_BROWSER is set"),
        (!runs("node", "--version"), "node is not installed"),
        (!web().join("node_modules/playwright-core").exists(), "run npm ci in web first"),
    ];
    let no_ffmpeg = [(!runs("ffmpeg", "-version"), "ffmpeg is not installed")];
    let both = [missing.as_slice(), &no_ffmpeg].concat();
    let mocks = ["large", "download", "lightbox", "grid", "selection", "house", "words", "lost"];
    let mocks = mocks.map(|page| beside(format!("mock::{page}"), &missing, move || over_a_mock(page)));
    let trials = mocks
        .into_iter()
        .chain([("native", false), ("native-split", true)].into_iter().flat_map(|(name, split)| {
            [
                beside(format!("{name}::ffmpeg"), &no_ffmpeg, move || ffmpeg(split)),
                alone(format!("{name}::browser"), &missing, move || browser(name, split)),
                alone(format!("{name}::player"), &both, move || player(name, split)),
            ]
        }))
        .chain([
            alone("native::visits".to_owned(), &missing, visits),
            alone("spin::long_film".to_owned(), &both, long_film),
        ])
        .chain(walks::trials(&both))
        .collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// A test that needs the whole machine.
fn alone(name: String, missing: &[(bool, &'static str)], run: impl FnOnce() -> Outcome + Send + 'static) -> Trial {
    trial(name, missing, || {
        let _all = PROCESSORS.write().unwrap_or_else(PoisonError::into_inner);
        run()
    })
}

/// A test that runs beside another of its kind.
fn beside(name: String, missing: &[(bool, &'static str)], run: impl FnOnce() -> Outcome + Send + 'static) -> Trial {
    trial(name, missing, || {
        let _some = PROCESSORS.read().unwrap_or_else(PoisonError::into_inner);
        run()
    })
}

/// A test. If something that it needs is missing, it is ignored, and the reason is shown.
fn trial(name: String, missing: &[(bool, &'static str)], run: impl FnOnce() -> Outcome + Send + 'static) -> Trial {
    match missing.iter().find(|(missing, _)| *missing) {
        Some((_, reason)) => {
            let reason = *reason;
            Trial::test(format!("{name} ({reason})"), move || Err(reason.into())).with_ignored_flag(true)
        }
        None => Trial::test(name, move || run().map_err(Failed::from)),
    }
}

fn runs(program: &str, argument: &str) -> bool {
    let status = Command::new(program).arg(argument).stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

fn web() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web")
}

fn start(split: bool) -> Result<Gallery, String> {
    Gallery::start(&Options { split, links: true, ..Options::default() }).map_err(|failure| failure.to_string())
}

/// Runs a command, and returns what it says on stderr. If it fails, the error is its output.
fn succeed(command: &mut Command) -> Result<String, String> {
    output(command).map(|(_, said)| said)
}

/// Runs a command, and returns what it prints and what it says on stderr. If it fails, the error is its output.
fn output(command: &mut Command) -> Result<(String, String), String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, said) = (text(&output.stdout), text(&output.stderr));
    if output.status.success() { Ok((out, said)) } else { Err(format!("{}\n{out}\n{said}", output.status)) }
}

/// The page's own browser test: login, grid, photo, film, phone.
fn browser(name: &str, split: bool) -> Outcome {
    let gallery = start(split)?;
    let link = gallery.links.first().ok_or("the library has no link")?;
    let more = [("GALLERY_LINK", link.as_str()), ("PART", part(split))];
    in_browser("gallery.test.mjs", &gallery.url, &gallery, name, &more).map(drop)
}

/// What is tested of the page. Where the services are split, only what has to do with films differs.
const fn part(split: bool) -> &'static str {
    if split { "films" } else { "all" }
}

/// What a guest with a phone asks of the gallery with the demo library: no more than `edge-gallery cost` reckons with.
#[allow(clippy::print_stdout, reason = "the figures")]
fn visits() -> Outcome {
    let gallery = Gallery::start(&Options { library: Some(walks::drawn()?), ..Options::default() })
        .map_err(|failure| failure.to_string())?;
    let limit = |event: Event| {
        let calls = event.calls(Catalogue::Sql, Instance::New);
        let limits = serde_json::json!({
            "requests": event.requests(), "bytes": event.body_bytes(),
            "kvReads": calls.kv_reads, "storeCalls": calls.store_calls,
        });
        (event.name().to_owned(), limits)
    };
    let limits: serde_json::Map<String, serde_json::Value> = Event::ALL.into_iter().map(limit).collect();
    let limits = serde_json::Value::Object(limits).to_string();
    let log = gallery.data().join("log");
    let log = log.to_str().ok_or("the folder's name is not UTF-8")?;
    in_browser("visits.test.mjs", &gallery.url, &gallery, "visits", &[("VISITS", &limits), ("GALLERY_LOG", log)])
        .map(|printed| printed.lines().filter(|line| line.contains("requests")).for_each(|line| println!("{line}")))
}

/// The page over a mock: ten thousand items, of which it reads little, the dialog of downloads, or the lightbox.
#[allow(clippy::print_stdout, reason = "what a second try would hide")]
fn over_a_mock(page: &str) -> Outcome {
    let run = || {
        let mut command = Command::new("node");
        command.current_dir(web()).args(["--test", "--test-concurrency=1", &format!("browser/{page}.test.mjs")]);
        succeed(&mut command).map(drop)
    };
    // Its waits are those of a person. A machine that is busy for a moment may miss one, but not twice.
    run().or_else(|failure| {
        println!("{page}: tried once more, after {failure}");
        run()
    })
}

/// Chromium plays a film of four minutes from its first segment to its last. Spin's components list the film and sign
/// its URLs.
fn long_film() -> Outcome {
    /// The number of segments. Each lasts four seconds.
    const SEGMENTS: u32 = 60;
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let pictures = format!("testsrc2=size=192x108:rate=12:duration={}", SEGMENTS * 4);
    let sound = format!("sine=frequency=220:duration={}", SEGMENTS * 4);
    succeed(
        Command::new("ffmpeg")
            .args(["-nostdin", "-v", "error", "-f", "lavfi", "-i", &pictures, "-f", "lavfi", "-i", &sound])
            .args(["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", "-shortest"])
            .arg(folder.path().join("long.mp4")),
    )?;
    let options = Options { library: Some(folder.path().to_owned()), ..Options::default() };
    let gallery = WasiGallery::start_on_spin(Wasi::Spin, &options).map_err(|failure| failure.to_string())?;
    let segments = SEGMENTS.to_string();
    in_browser("film.test.mjs", &gallery.url, &gallery.native, "spin", &[("SEGMENTS", &segments)]).map(drop)
}

/// The page's player, over a film with two sounds, subtitles and chapters.
fn player(name: &str, split: bool) -> Outcome {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let write = |name: &str, text: &str| {
        let file = folder.path().join(name);
        std::fs::write(&file, text).map(|()| file).map_err(|error| error.to_string())
    };
    // In folders whose names begin with a dot, ingest looks for no films.
    let subtitles = write(".words.srt", "1\n00:00:00,500 --> 00:00:40,000\nSome words\n")?;
    let chapter = |start: u32, end: u32, title: &str| {
        format!("[CHAPTER]\nTIMEBASE=1/1\nSTART={start}\nEND={end}\ntitle={title}\n")
    };
    let chapters = [";FFMETADATA1\n", &chapter(0, 24, "The beginning"), &chapter(24, 48, "The end")].concat();
    let chapters = write(".chapters.txt", &chapters)?;
    succeed(
        Command::new("ffmpeg")
            .args(["-nostdin", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=12:duration=48"])
            .args(["-f", "lavfi", "-i", "sine=frequency=220:duration=48"])
            .args(["-f", "lavfi", "-i", "sine=frequency=440:duration=48", "-i"])
            .arg(&subtitles)
            .args(["-f", "ffmetadata", "-i"])
            .arg(&chapters)
            .args(["-map", "0:v", "-map", "1:a", "-map", "2:a", "-map", "3:s"])
            .args(["-map_metadata", "4", "-map_chapters", "4"])
            .args(["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", "-c:s", "srt"])
            .args(["-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=fra"])
            .args(["-metadata:s:s:0", "language=deu"])
            .arg(folder.path().join("player.mkv")),
    )?;
    // A film of four seconds and one picture, with B-frames.
    succeed(
        Command::new("ffmpeg")
            .args(["-nostdin", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=12", "-frames:v", "49"])
            .args(["-c:v", "libx264", "-pix_fmt", "yuv420p"])
            .arg(folder.path().join("short.mp4")),
    )?;
    // A neighbour, to which Shift with an arrow turns.
    succeed(
        Command::new("ffmpeg")
            .args(["-nostdin", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=320x240", "-frames:v", "1"])
            .arg(folder.path().join("photo.jpg")),
    )?;
    let library = Some(folder.path().to_owned());
    let environment = vec![("PLAYBACK_REPORTS".to_owned(), "true".to_owned())];
    let options = Options { split, library, environment, ..Options::default() };
    let gallery = Gallery::start(&options).map_err(|failure| failure.to_string())?;
    in_browser("player.test.mjs", &gallery.url, &gallery, name, &[("FILM", "player.mkv"), ("PART", part(split))])?;
    reported(&gallery.log().map_err(|failure| failure.to_string())?)
}

/// The log has what the page reported, and nothing of who saw which film.
fn reported(log: &str) -> Outcome {
    let lines = log.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let reports: Vec<_> = lines.filter(|line| line.get("report").is_some()).collect();
    if reports.is_empty() {
        return Err("no report is in the log".into());
    }
    for report in reports {
        let known = ["client", "request_id", "trace_id"].into_iter().find(|field| report.get(field).is_some());
        if known.is_some() || report.to_string().contains("player.mkv") {
            return Err(format!("a report tells too much: {report}"));
        }
    }
    Ok(())
}

/// Runs a test of the page against services at `url`, which use the store of `gallery`.
/// Returns what the test prints.
fn in_browser(test: &str, url: &str, gallery: &Gallery, name: &str, more: &[(&str, &str)]) -> Result<String, String> {
    let mut command = Command::new("node");
    command.current_dir(web()).args(["--test", "--test-concurrency=1", &format!("browser/{test}")]);
    command.envs([("GALLERY_URL", url), ("GALLERY_PASSWORD", &gallery.password), ("STORE_ORIGIN", &gallery.store_url)]);
    command.envs(more.iter().copied());
    if let Some(folder) = env::var_os("SCREENSHOTS") {
        command.env("SCREENSHOTS", Path::new(&folder).join(name));
    }
    output(&mut command).map(|(printed, _)| printed)
}

/// ffmpeg plays the film to its end without a warning. On one port it has nothing but the session cookie. Where
/// video-edge has another origin, it has nothing but the URL.
fn ffmpeg(split: bool) -> Outcome {
    let gallery = start(split)?;
    let agent: ureq::Agent = ureq::Agent::config_builder().max_redirects(0).build().into();
    let failed = |error: ureq::Error| error.to_string();
    let body = serde_json::json!({ "password": gallery.password }).to_string();
    let login = agent.post(format!("{}/login", gallery.url)).header("content-type", "application/json").send(body);
    let login = login.map_err(failed)?;
    let cookie = login.headers().get("set-cookie").and_then(|cookie| cookie.to_str().ok()).ok_or("no cookie")?;
    let cookie = cookie.split(';').next().unwrap_or_default();
    let films = agent.get(format!("{}/api/media?type=video", gallery.url)).header("cookie", cookie).call();
    let films = films.map_err(failed)?.into_body().read_to_string().map_err(failed)?;
    let films: serde_json::Value = serde_json::from_str(&films).map_err(|error| error.to_string())?;
    let film = &films["items"][0];
    let master = if let Some(master) = film["hls"].as_str() {
        master.to_owned()
    } else {
        let route = film["playback"].as_str().ok_or("there is no film")?;
        let answer = agent.get(format!("{}{route}", gallery.url)).header("cookie", cookie).call();
        let answer = answer.map_err(failed)?.into_body().read_to_string().map_err(failed)?;
        let answer: serde_json::Value = serde_json::from_str(&answer).map_err(|error| error.to_string())?;
        answer["url"].as_str().ok_or("the film has no URL")?.to_owned()
    };
    let master = if master.starts_with('/') { format!("{}{master}", gallery.video_url) } else { master };
    let seconds = film["duration"].as_f64().ok_or("the film has no duration")?;

    let header = if split { String::new() } else { format!("Cookie: {cookie}\r\n") };
    let played = succeed(
        Command::new("ffmpeg")
            .args(["-nostdin", "-v", "error", "-headers", &header, "-i", &master])
            .args(["-map", "0", "-f", "null", "-"]),
    )?;
    if !played.trim().is_empty() {
        return Err(format!("ffmpeg complains: {played}"));
    }
    let measured = Command::new("ffprobe")
        .args(["-v", "error", "-headers", &header, "-show_entries", "format=duration", "-of", "csv=p=0", &master])
        .output()
        .map_err(|error| format!("ffprobe: {error}"))?;
    let measured = String::from_utf8_lossy(&measured.stdout);
    let measured: f64 = measured.trim().parse().map_err(|_| format!("ffprobe says {measured:?}"))?;
    if (measured - seconds).abs() > 0.5 {
        return Err(format!("the film is {seconds} s long, the playlist {measured} s"));
    }
    Ok(())
}
