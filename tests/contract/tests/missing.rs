//! Sizes that nobody has made, in a library as an earlier version left it. Every host but Fastly makes them, once;
//! Fastly shows another size.

use std::{collections::BTreeSet, fs, process::ExitCode, thread};

use contract::{Answer, Call, Item, Outcome, Target, ensure, ensure_eq, item};
use harness::{Failure, FastlyGallery, Gallery, Options, Wasi, WasiGallery};
use image::{DynamicImage, ImageFormat, RgbImage};
use libtest_mimic::{Arguments, Trial};
use tempfile::TempDir;

/// A photo with the two smaller sizes.
const OLD: &str = "alt/\u{e9} (1) 50%.jpg";
/// Photos with the smallest size: of one the file is damaged, the other is larger than any that is made.
const BROKEN: &str = "broken.jpg";
const HUGE: &str = "huge.jpg";
/// A photo without any size.
const BARE: &str = "bare.png";
const OTHER: &str = "other.png";
/// How many want the same picture at once.
const CROWD: usize = 12;

const BRIEF: &str = "private, max-age=300";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Host {
    Native,
    Fastly,
    Wasi(Wasi),
}

impl Host {
    fn makes(self) -> bool {
        self != Self::Fastly
    }

    /// Whether requests that come together share what they know. An instance of WASI 0.2 serves one at a time.
    fn shares(self) -> bool {
        matches!(self, Self::Native | Self::Wasi(Wasi::P3 | Wasi::Spin))
    }
}

fn picture(width: u32, height: u32) -> DynamicImage {
    let ramp = |at: u32, of: u32| u8::try_from(at * 255 / of).unwrap_or(u8::MAX);
    DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, |x, y| {
        image::Rgb([ramp(x, width), ramp(y, height), u8::try_from((x * 7 + y * 3) % 64).unwrap_or_default()])
    }))
}

fn encoded(width: u32, height: u32, format: ImageFormat) -> Result<Vec<u8>, Failure> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture(width, height).write_to(&mut bytes, format)?;
    Ok(bytes.into_inner())
}

fn write(folder: &TempDir) -> Result<(), Failure> {
    fs::create_dir_all(folder.path().join("alt"))?;
    for (key, width, height) in
        [(OLD, 2000, 1500), (BROKEN, 640, 480), (HUGE, 600, 450), (BARE, 900, 700), (OTHER, 8, 6)]
    {
        let format = ImageFormat::from_path(key)?;
        fs::write(folder.path().join(key), encoded(width, height, format)?)?;
    }
    Ok(())
}

/// Makes the library one of an earlier version.
fn age(gallery: &Gallery) -> Result<(), Failure> {
    let [small, medium, large] = [(150, 112), (400, 300), (800, 450)].map(|(w, h)| encoded(w, h, ImageFormat::WebP));
    let (small, medium, large) = (small?, medium?, large?);
    gallery.age(OLD, &[("small", &small), ("medium", &medium)])?;
    gallery.age(BROKEN, &[("small", &small)])?;
    gallery.age(HUGE, &[("small", &small)])?;
    gallery.age(BARE, &[])?;
    gallery.age(demo::short_film().key, &[("large", &large)])?;
    let whole = encoded(640, 480, ImageFormat::Jpeg)?;
    gallery.put(BROKEN, &whole[..whole.len() / 3])?;
    gallery.resize(HUGE, (10_000, 8_000))?;
    // This publishes the catalogue.
    gallery.run("hide", &[OTHER], "").map(drop)
}

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads = arguments.test_threads.or(Some(2));
    let no_viceroy = harness::viceroy().err().filter(|_| std::env::var_os("VICEROY").is_none());
    let trials =
        [
            ("native", Host::Native),
            ("fastly", Host::Fastly),
            ("wasi", Host::Wasi(Wasi::P3)),
            ("wasi02", Host::Wasi(Wasi::P2)),
            ("spin", Host::Wasi(Wasi::Spin)),
            ("spin02", Host::Wasi(Wasi::Spin02)),
        ]
        .map(|(name, host)| {
            let missing = no_viceroy.as_ref().filter(|_| host == Host::Fastly).map(ToString::to_string);
            let trial = Trial::test(format!("{name}::missing_sizes"), move || {
                Ok(run(host).map_err(|failure| failure.to_string())?)
            });
            trial.with_ignored_flag(missing.is_some()).with_kind(missing.unwrap_or_default())
        });
    libtest_mimic::run(&arguments, trials.into()).exit_code()
}

fn run(host: Host) -> Result<(), Failure> {
    let folder = TempDir::new()?;
    write(&folder)?;
    let options = Options { library: Some(folder.path().to_owned()), ..Options::default() };
    match host {
        Host::Native => {
            let gallery = Gallery::start(&options)?;
            on(host, &gallery, &gallery.url)
        }
        Host::Fastly => {
            let gallery = FastlyGallery::start(&options)?;
            on(host, &gallery.native, &gallery.url)
        }
        Host::Wasi(wasi) => {
            // A crowd makes a picture once in an instance, so there is only one.
            let host_arguments: &[&str] = if host.shares() { &["--instances", "1"] } else { &[] };
            let gallery = WasiGallery::start(wasi, &Options { host_arguments, ..options })?;
            on(host, &gallery.native, &gallery.url)
        }
    }
}

fn on(host: Host, gallery: &Gallery, url: &str) -> Result<(), Failure> {
    age(gallery)?;
    let target = Target::new(url, url, &gallery.store_url, &gallery.password);
    let link = gallery.run("link", &["add", "guests", "--view", "photos", "--no-originals"], "")?;
    let films = gallery.run("link", &["add", "films", "--view", "films"], "")?;
    let check = || -> Outcome {
        every_size_has_a_url(&target)?;
        if host.makes() {
            is_made_once_and_kept(host, &target)?;
            a_crowd_makes_one(host, &target)?;
            is_made_of_what_is_nearest(&target)?;
        } else {
            the_nearest_stands_in(&target)?;
        }
        what_cannot_be_made(&target)?;
        guests(host, &target, &link, &films)
    };
    Ok(check()?)
}

fn url(item: &Item, size: &str) -> Result<String, String> {
    let found = item.thumbnails.all().find(|(name, ..)| *name == size).map(|(.., url)| url.to_owned());
    found.ok_or_else(|| format!("{} has no URL for {size}", item.key))
}

fn get(target: &Target, key: &str, size: &str) -> Result<Answer, String> {
    target.get(&url(&item(target, key)?, size)?).expect(200)
}

fn size_of(answer: &Answer) -> Result<(u32, u32), String> {
    let picture = image::load_from_memory(&answer.body).map_err(|error| format!("{}: {error}", answer.what))?;
    Ok((picture.width(), picture.height()))
}

fn every_size_has_a_url(target: &Target) -> Outcome {
    for key in [OLD, BROKEN, HUGE, BARE] {
        let item = item(target, key)?;
        let urls: BTreeSet<_> = item.thumbnails.all().map(|(.., url)| url.to_owned()).collect();
        ensure_eq!(urls.len(), 4, "{key}: {urls:?}");
    }
    let film = item(target, demo::short_film().key)?;
    ensure!(url(&film, "medium")?.contains("size=medium"), "the film's medium");
    ensure_eq!(url(&film, "screen")?, url(&film, "large")?, "nothing larger than the film's large");
    // What is there is served as ever.
    get(target, OLD, "medium")?.has("content-type", "image/webp")
}

fn is_made_once_and_kept(host: Host, target: &Target) -> Outcome {
    let path = url(&item(target, OLD)?, "large")?;
    let head = target.get(&path.replace("size=large", "size=screen")).head().expect(200)?;
    ensure!(head.body.is_empty() && head.length()? > 0, "a HEAD");
    ensure_eq!(head.cost_text("made")?, "original", "HEAD: what the picture is made of");
    // The larger one is there by now.
    let first = target.get(&path).expect(200)?;
    ensure_eq!(first.cost_text("made")?, "screen", "what the picture is made of");
    first.has("content-type", "image/jpeg")?;
    first.has("cache-control", "private, max-age=31536000, immutable")?;
    first.lacks("accept-ranges")?;
    ensure_eq!(size_of(&first)?, (800, 600), "its size");
    ensure_eq!(first.length()?, first.body.len() as u64, "Content-Length");
    let tag = first.need("etag")?;
    let again = target.get(&path).expect(200)?;
    // The object, and on hosts whose catalogue is in the bucket the index and the row.
    let calls = if host == Host::Native { 1 } else { 3 };
    let timing = again.need("server-timing")?;
    ensure!(again.cost_text("made").is_err() && again.cost("store-calls")? <= calls, "{timing}");
    ensure!(again.body == first.body, "other bytes");
    for name in ["content-type", "cache-control", "etag", "content-length"] {
        ensure_eq!(again.header(name), first.header(name), "{name}");
    }
    target.get(&path).header("if-none-match", tag).expect(304)?.has("etag", tag)?;
    // Without the version it may change.
    let (plain, _) = path.split_once("&v=").ok_or("no version")?;
    target.get(plain).expect(200)?.has("cache-control", BRIEF)?;
    ensure_eq!(size_of(&get(target, OLD, "screen")?)?, (2000, 1500), "nothing is enlarged");
    Ok(())
}

fn a_crowd_makes_one(host: Host, target: &Target) -> Outcome {
    let path = url(&item(target, BARE)?, "screen")?;
    target.cookie()?;
    let answers = thread::scope(|scope| {
        let crowd: Vec<_> = (0..CROWD).map(|_| scope.spawn(|| target.get(&path).expect(200))).collect();
        let join = |one: thread::ScopedJoinHandle<'_, Result<Answer, String>>| {
            one.join().map_err(|_| "a client panicked".to_owned())?
        };
        crowd.into_iter().map(join).collect::<Result<Vec<_>, String>>()
    })?;
    let made = answers.iter().filter(|answer| answer.cost_text("made").is_ok()).count();
    ensure!(made == 1 || (made > 0 && !host.shares()), "it was made {made} times");
    for answer in &answers {
        answer.has("content-type", "image/jpeg")?;
        ensure!(answer.body == answers[0].body, "two of a crowd have other bytes");
    }
    Ok(())
}

fn is_made_of_what_is_nearest(target: &Target) -> Outcome {
    let medium = get(target, BARE, "medium")?;
    ensure_eq!(medium.cost_text("made")?, "screen", "what is made of a larger one that was made");
    ensure_eq!(size_of(&medium)?, (400, 311), "its size");
    let film = get(target, demo::short_film().key, "medium")?;
    ensure_eq!(film.cost_text("made")?, "large", "what is made of a larger thumbnail");
    ensure_eq!(size_of(&film)?, (400, 225), "its size");
    Ok(())
}

fn the_nearest_stands_in(target: &Target) -> Outcome {
    let film = demo::short_film().key;
    for (key, size, of) in [(OLD, "large", "medium"), (OLD, "screen", "medium"), (film, "medium", "large")] {
        let answer = get(target, key, size)?;
        ensure_eq!(answer.cost_text("substitute")?, of, "{key}: what stands in for {size}");
        answer.has("content-type", "image/webp")?;
        answer.has("cache-control", BRIEF)?;
    }
    let original = get(target, BARE, "small")?;
    ensure_eq!(original.cost_text("substitute")?, "original", "what stands in where there is no thumbnail");
    original.has("content-type", "image/png")?;
    original.has("cache-control", "private, no-cache")?;
    ensure_eq!(size_of(&original)?, (900, 700), "its size");
    Ok(())
}

fn what_cannot_be_made(target: &Target) -> Outcome {
    for key in [BROKEN, HUGE] {
        for _ in 0..2 {
            let answer = get(target, key, "large")?;
            ensure_eq!(answer.cost_text("substitute")?, "small", "{key}: what stands in");
            answer.has("content-type", "image/webp")?;
            answer.has("cache-control", BRIEF)?;
        }
    }
    let path = url(&item(target, BARE)?, "small")?;
    target.get(&path).anonymous().expect(401)?;
    target.get(&path.replace("bare.png", "absent.png")).expect(404)?;
    target.get(&path.replace("size=small", "size=huge")).expect(400).map(drop)
}

/// Guests without a right to originals see what is made of them, and never them. What is not open to guests does not
/// exist.
fn guests(host: Host, target: &Target, link: &str, films: &str) -> Outcome {
    let ask = |link: &str, path: &str| -> Result<Answer, String> {
        let (_, token) = link.trim().rsplit_once('/').ok_or("no link")?;
        let entered = Call::new(format!("{}/l/{token}", target.base)).expect(303)?;
        let cookie = entered.need("set-cookie")?.split(';').next().unwrap_or_default().to_owned();
        Call::new(format!("{}{path}", target.base)).header("cookie", cookie).send()
    };
    let path = url(&item(target, BARE)?, "small")?;
    let seen = ask(link, &path)?;
    ensure_eq!(seen.status, if host.makes() { 200 } else { 404 }, "a guest without originals");
    for path in [path.as_str(), &url(&item(target, OLD)?, "large")?] {
        ensure_eq!(ask(films, path)?.status, 404, "a guest of films");
    }
    Ok(())
}
