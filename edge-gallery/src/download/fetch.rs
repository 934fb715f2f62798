//! One ZIP: what is there of it goes on, and what breaks off is asked for again.

use std::{
    fs::{self, File, OpenOptions},
    io::{Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    thread::sleep,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use ingest::Stop;
use ureq::{Body, http::Response};

use super::{
    gallery::{Gallery, Part, refused},
    verify,
};
use crate::Failure;

/// How long it is tried again while nothing comes.
const PATIENCE: Duration = Duration::from_mins(10);
/// The pauses between tries, the last of which is repeated.
const PAUSES: [u64; 5] = [1, 2, 5, 10, 20];
const BUFFER: usize = 256 << 10;
/// How many ZIPs of one name a folder has, where they come from several galleries.
const MOST_OF_A_NAME: u32 = 100;

pub(super) enum Outcome {
    Whole,
    Stopped,
    /// The ZIP is no longer what it was, in the words of the gallery.
    Changed(String),
}

/// What an attempt came to.
enum Attempt {
    Whole,
    Stopped,
    Changed(String),
    /// Nothing came, or what came broke off. The gallery may say when to try again.
    Broken {
        words: String,
        after: Option<Duration>,
    },
}

/// A ZIP of which a part may be there: the file, and the tag of what it is a part of. A note beside it has the tag, and
/// the origin in its second line.
struct Partial {
    file: File,
    path: PathBuf,
    tag_path: PathBuf,
    tag: Option<String>,
    /// Where the gallery is.
    origin: String,
    length: u64,
}

/// The names that a ZIP may have in a folder: `Gallery.zip`, `Gallery (2).zip` and so on.
fn names(name: &str) -> impl Iterator<Item = String> {
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, "zip"));
    let further = (2..=MOST_OF_A_NAME).map(move |number| format!("{stem} ({number}).{extension}"));
    std::iter::once(name.to_owned()).chain(further)
}

fn no_name(folder: &Path, name: &str) -> String {
    format!("{} has too many files called {name}: save to another folder", folder.display())
}

/// Fetches a ZIP into the folder. A whole one that is there already is looked at, and not fetched again.
pub(super) fn part(
    gallery: &Gallery,
    part: &Part,
    folder: &Path,
    stop: &Stop,
    quiet: bool,
) -> Result<Outcome, Failure> {
    let mut partial = Partial::open(folder, &part.name, gallery.origin())?;
    let bar = bar(&part.name, quiet);
    let (mut since, mut tries) = (Instant::now(), 0);
    loop {
        let before = partial.length;
        match attempt(gallery, part, folder, &mut partial, &bar, stop)? {
            Attempt::Whole => break,
            Attempt::Stopped => {
                bar.abandon();
                eprintln!("stopped: run the same command again to go on");
                return Ok(Outcome::Stopped);
            }
            Attempt::Changed(words) => return Ok(Outcome::Changed(words)),
            Attempt::Broken { words, after } => {
                if partial.length > before {
                    (since, tries) = (Instant::now(), 0);
                }
                if since.elapsed() > PATIENCE {
                    return Err(format!("{words}; what is there stays: run the same command again to go on").into());
                }
                bar.set_message(words);
                let pause = PAUSES[usize::min(tries, PAUSES.len() - 1)];
                tries += 1;
                wait(after.unwrap_or(Duration::from_secs(pause)), stop);
            }
        }
    }
    bar.finish_and_clear();
    Ok(Outcome::Whole)
}

impl Partial {
    /// Opens the first part that is not of another gallery.
    fn open(folder: &Path, name: &str, origin: String) -> Result<Self, Failure> {
        let found = names(name).find_map(|name| {
            let tag_path = folder.join(format!("{name}.part.tag"));
            let note = fs::read_to_string(&tag_path).unwrap_or_default();
            // Earlier versions wrote the tag alone.
            let (tag, of) = note.split_once('\n').unwrap_or((note.as_str(), origin.as_str()));
            (of == origin).then(|| (folder.join(format!("{name}.part")), tag_path, tag.to_owned()))
        });
        let (path, tag_path, tag) = found.ok_or_else(|| no_name(folder, name))?;
        let cannot = |error: std::io::Error| format!("cannot write {}: {error}", path.display());
        let file =
            OpenOptions::new().create(true).truncate(false).read(true).write(true).open(&path).map_err(cannot)?;
        let tag = Some(tag).filter(|tag| !tag.is_empty());
        let length = file.metadata().map_err(cannot)?.len();
        let mut partial = Self { file, path, tag_path, tag, origin, length };
        if partial.tag.is_none() && length > 0 {
            partial.forget()?;
        }
        Ok(partial)
    }

    /// Begins anew, with what has this tag.
    fn begin(&mut self, tag: &str) -> Result<(), Failure> {
        self.forget()?;
        fs::write(&self.tag_path, format!("{tag}\n{}", self.origin)).map_err(|error| self.cannot(&error))?;
        self.tag = Some(tag.to_owned());
        Ok(())
    }

    fn forget(&mut self) -> Result<(), Failure> {
        self.file.set_len(0).map_err(|error| self.cannot(&error))?;
        (self.length, self.tag) = (0, None);
        Ok(())
    }

    fn cannot(&self, error: &std::io::Error) -> String {
        format!("cannot write {}: {error}", self.path.display())
    }

    /// Checks the whole, and gives it the first name that is free or that an earlier ZIP of the same items has: nothing
    /// tells from where a ZIP came.
    fn finish(&mut self, (folder, name): (&Path, &str), bar: &ProgressBar) -> Result<(), Failure> {
        self.file.sync_all().map_err(|error| self.cannot(&error))?;
        if let Err(words) = verify::zip(&self.path) {
            self.forget()?;
            return Err(format!("{words}; the file was dropped: run the same command again").into());
        }
        let may_have = |name: &String| {
            let target = folder.join(name);
            !target.exists() || verify::is_earlier(&target, &self.path)
        };
        let found = names(name).find(may_have).ok_or_else(|| no_name(folder, name))?;
        fs::rename(&self.path, folder.join(&found)).map_err(|error| self.cannot(&error))?;
        let _ = fs::remove_file(&self.tag_path);
        if found != name {
            bar.suspend(|| eprintln!("{name} is another download, and stays: this one is {found}"));
        }
        Ok(())
    }
}

fn attempt(
    gallery: &Gallery,
    part: &Part,
    folder: &Path,
    partial: &mut Partial,
    bar: &ProgressBar,
    stop: &Stop,
) -> Result<Attempt, Failure> {
    let mut request = gallery.agent.get(part.url.as_str());
    if let (Some(tag), 1..) = (&partial.tag, partial.length) {
        request = request.header("range", format!("bytes={}-", partial.length)).header("if-range", tag);
    }
    let mut answer = match request.call() {
        Ok(answer) => answer,
        Err(error) => return Ok(Attempt::Broken { words: error.to_string(), after: None }),
    };
    let header = |name: &str| answer.headers().get(name)?.to_str().ok().map(str::to_owned);
    let total = match answer.status().as_u16() {
        200 => {
            let tag = header("etag").ok_or("the gallery names no version of the ZIP")?;
            let total = header("content-length").and_then(|length| length.parse().ok());
            let total: u64 = total.ok_or("the gallery tells no length of the ZIP")?;
            let is_whole = |path: PathBuf| is_there(gallery, part, &path, total) && verify::zip(&path).is_ok();
            if names(&part.name).map(|name| folder.join(name)).any(is_whole) {
                let _ = fs::remove_file(&partial.path).and_then(|()| fs::remove_file(&partial.tag_path));
                return Ok(Attempt::Whole);
            }
            partial.begin(&tag)?;
            total
        }
        206 => {
            let range = header("content-range").unwrap_or_default();
            let (start, total) = placed(&range).ok_or("the gallery does not say which part it sends")?;
            if start != partial.length {
                return Err("the gallery sends another part than was asked for".into());
            }
            total
        }
        // Nothing is missing.
        416 if partial.length > 0 => {
            partial.finish((folder, &part.name), bar)?;
            return Ok(Attempt::Whole);
        }
        // An item has changed, or a pack is no longer given because one of its items has.
        404 | 412 => return Ok(Attempt::Changed(refused(answer, "the gallery has changed meanwhile"))),
        429 | 500..=599 => {
            let after = header("retry-after").and_then(|seconds| seconds.parse().ok()).map(Duration::from_secs);
            let words = refused(answer, "the gallery is not well");
            return Ok(Attempt::Broken { words, after });
        }
        _ => return Err(refused(answer, "the gallery does not give the ZIP").into()),
    };
    bar.set_length(total);
    bar.set_position(partial.length);
    bar.reset_eta();
    if let Some(broken) = receive(&mut answer, partial, bar, stop)? {
        return Ok(broken);
    }
    if partial.length < total {
        return Ok(Attempt::Broken { words: "the connection was cut".to_owned(), after: None });
    }
    partial.finish((folder, &part.name), bar)?;
    Ok(Attempt::Whole)
}

/// Writes what comes. `None` at its end.
fn receive(
    answer: &mut Response<Body>,
    partial: &mut Partial,
    bar: &ProgressBar,
    stop: &Stop,
) -> Result<Option<Attempt>, Failure> {
    partial.file.seek(SeekFrom::Start(partial.length)).map_err(|error| partial.cannot(&error))?;
    let mut reader = answer.body_mut().as_reader();
    let mut buffer = vec![0; BUFFER];
    loop {
        if stop.is_requested() {
            return Ok(Some(Attempt::Stopped));
        }
        match reader.read(&mut buffer) {
            Ok(0) => return Ok(None),
            Ok(count) => {
                partial.file.write_all(&buffer[..count]).map_err(|error| partial.cannot(&error))?;
                partial.length += count as u64;
                bar.set_position(partial.length);
            }
            Err(error) => return Ok(Some(Attempt::Broken { words: error.to_string(), after: None })),
        }
    }
}

/// Whether the file is the ZIP. Its end tells the names, lengths and checksums of all files in it.
fn is_there(gallery: &Gallery, part: &Part, target: &Path, total: u64) -> bool {
    let is_as_long = fs::metadata(target).is_ok_and(|metadata| metadata.len() == total);
    if !is_as_long {
        return false;
    }
    let Ok(end) = verify::end(target) else { return false };
    let range = format!("bytes={}-{}", total.saturating_sub(end.len() as u64), total.saturating_sub(1));
    let answer = gallery.agent.get(part.url.as_str()).header("range", range).call();
    let read = |mut answer: Response<Body>| {
        answer.body_mut().with_config().limit(end.len() as u64 + 1).read_to_vec().is_ok_and(|bytes| bytes == end)
    };
    answer.is_ok_and(read)
}

/// The first byte and the size in `bytes 5-9/100`.
fn placed(range: &str) -> Option<(u64, u64)> {
    let (part, size) = range.strip_prefix("bytes ")?.split_once('/')?;
    Some((part.split_once('-')?.0.parse().ok()?, size.parse().ok()?))
}

pub(super) fn wait(time: Duration, stop: &Stop) {
    let until = Instant::now() + time;
    while Instant::now() < until && !stop.is_requested() {
        sleep(Duration::from_millis(100));
    }
}

fn bar(name: &str, quiet: bool) -> ProgressBar {
    let target = if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr_with_hz(5) };
    let bar = ProgressBar::with_draw_target(None, target);
    let template =
        "{prefix} [{bar:30}] {decimal_bytes}/{decimal_total_bytes}  {decimal_bytes_per_sec}  {eta} left  {wide_msg}";
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.set_style(style.progress_chars("=> "));
    bar.set_prefix(name.to_owned());
    bar
}
