//! An original of five gibibytes, in a real store and through each host. A place beyond 32 bits must hold the right
//! bytes.
//!
//! The photo is one that ingest published. Its file in the store is then made longer, without using space on the
//! disk.

use std::{
    any::Any,
    fs::{File, OpenOptions},
    ops::RangeInclusive,
    os::unix::fs::FileExt as _,
    path::Path,
    process::ExitCode,
    sync::{Arc, OnceLock},
};

use contract::{Outcome, Target, ensure, ensure_eq};
use harness::{ENVIRONMENT, EdgeGallery, Failure, FastlyGallery, Gallery, Options, Wasi, WasiGallery};
use libtest_mimic::{Arguments, Trial};
use rusqlite::Connection;
use tempfile::TempDir;

const SIZE: u64 = 5 << 30;
const KEY: &str = "plain.png";
const PATH: &str = "/api/file/plain.png";
const TWO_31: u64 = 1 << 31;
const TWO_32: u64 = 1 << 32;

type Check = fn(&Running) -> Outcome;

const CASES: [(&str, Check); 4] =
    [("head", head), ("ranges", ranges), ("several_ranges", several_ranges), ("outside", outside)];

#[derive(Clone, Copy, Debug)]
enum Kind {
    Native,
    Wasi(Wasi),
    Node,
    Fastly,
}

/// A host that is started by the first case that needs it.
struct Host {
    kind: Kind,
    running: OnceLock<Result<Running, String>>,
}

struct Running {
    // The fields are dropped in this order: the services before their store.
    _services: Box<dyn Any + Send + Sync>,
    _store: store::Running,
    _folder: TempDir,
    target: Target,
    file: File,
}

impl Host {
    fn running(&self) -> Result<&Running, String> {
        let start = || self.start().map_err(|failure| failure.to_string());
        self.running.get_or_init(start).as_ref().map_err(Clone::clone)
    }

    /// Ingests the library, makes the photo longer while the store is down, and starts the store again at the same
    /// address.
    fn start(&self) -> Result<Running, Failure> {
        let folder = TempDir::new()?;
        let config = config(&folder)?;
        let store = store::spawn(config.clone(), ([127, 0, 0, 1], 0).into())?;
        let address = store.addr();
        let environment = vec![("S3_ENDPOINT".to_owned(), format!("http://{address}"))];
        let options = Options { environment, ..Options::default() };
        let (target, services): (_, Box<dyn Any + Send + Sync>) = match self.kind {
            Kind::Native => {
                let gallery = Gallery::start(&options)?;
                (target(&gallery.url, &gallery), Box::new(gallery))
            }
            Kind::Wasi(wasi) => {
                let gallery = WasiGallery::start(wasi, &options)?;
                (target(&gallery.url, &gallery.native), Box::new(gallery))
            }
            Kind::Node => {
                let gallery = EdgeGallery::start_in_node(&options)?;
                (target(&gallery.url, &gallery.native), Box::new(gallery))
            }
            Kind::Fastly => {
                let gallery = FastlyGallery::start(&options)?;
                (target(&gallery.url, &gallery.native), Box::new(gallery))
            }
        };
        store.stop()?;
        let file = grow(&config.root.join(&config.bucket))?;
        Ok(Running { target, file, _services: services, _store: store::spawn(config, address)?, _folder: folder })
    }
}

fn config(folder: &TempDir) -> Result<store::Config, Failure> {
    let value = |name: &str| {
        let found = ENVIRONMENT.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        found.ok_or_else(|| format!("the harness has no {name}"))
    };
    Ok(store::Config {
        root: folder.path().to_owned(),
        bucket: value("R2_BUCKET_NAME")?,
        access_key_id: value("R2_ACCESS_KEY_ID")?,
        secret_access_key: value("R2_SECRET_ACCESS_KEY")?,
        region: "auto".to_owned(),
        allowed_origins: Vec::new(),
    })
}

fn target(url: &str, gallery: &Gallery) -> Target {
    Target::new(url, url, &gallery.store_url, &gallery.password)
}

/// Makes the photo's file longer, with marks where numbers of 31 and 32 bits end.
fn grow(bucket: &Path) -> Result<File, Failure> {
    let index = Connection::open(bucket.join("index.sqlite"))?;
    let key = KEY.as_bytes();
    let blob: String = index.query_row("SELECT blob FROM object WHERE key = ?1", [key], |row| row.get(0))?;
    let file = OpenOptions::new().read(true).write(true).open(bucket.join("objects").join(blob))?;
    file.set_len(SIZE)?;
    for end in [TWO_31, TWO_32, SIZE - 4] {
        file.write_all_at(&end.to_be_bytes(), end - 4)?;
    }
    index.execute("UPDATE object SET size = ?1 WHERE key = ?2", (i64::try_from(SIZE)?, key))?;
    Ok(file)
}

fn bytes(running: &Running, range: RangeInclusive<u64>) -> Result<Vec<u8>, String> {
    let length = usize::try_from(range.end() - range.start() + 1).map_err(|error| error.to_string())?;
    let mut bytes = vec![0; length];
    running.file.read_exact_at(&mut bytes, *range.start()).map_err(|error| error.to_string())?;
    Ok(bytes)
}

fn head(running: &Running) -> Outcome {
    let head = running.target.get(PATH).head().expect(200)?;
    ensure_eq!(head.length()?, SIZE, "Content-Length");
    head.has("accept-ranges", "bytes")
}

fn ranges(running: &Running) -> Outcome {
    let last = SIZE - 1;
    for (asked, range) in [
        (format!("{}-{}", TWO_31 - 4, TWO_31 + 3), TWO_31 - 4..=TWO_31 + 3),
        (format!("{TWO_31}-{TWO_31}"), TWO_31..=TWO_31),
        (format!("{}-{}", TWO_31 - 500_000, TWO_31 + 499_999), TWO_31 - 500_000..=TWO_31 + 499_999),
        (format!("{}-{}", TWO_32 - 4, TWO_32 + 3), TWO_32 - 4..=TWO_32 + 3),
        (format!("{}-{}", TWO_32 - 1, TWO_32 - 1), TWO_32 - 1..=TWO_32 - 1),
        (format!("{TWO_32}-{TWO_32}"), TWO_32..=TWO_32),
        (format!("{}-{}", TWO_32 - 500_000, TWO_32 + 499_999), TWO_32 - 500_000..=TWO_32 + 499_999),
        (format!("{last}-{last}"), last..=last),
        (format!("{last}-"), last..=last),
        (format!("{}-", SIZE - 8), SIZE - 8..=last),
        ("-8".to_owned(), SIZE - 8..=last),
        ("-1".to_owned(), last..=last),
        (format!("{}-{}", SIZE - 8, u64::MAX), SIZE - 8..=last),
        ("0-7".to_owned(), 0..=7),
    ] {
        let part = running.target.get(PATH).header("range", format!("bytes={asked}")).expect(206)?;
        part.has("content-range", &format!("bytes {}-{}/{SIZE}", range.start(), range.end()))?;
        ensure_eq!(part.length()?, range.end() - range.start() + 1, "{asked}: Content-Length");
        ensure!(part.body == bytes(running, range)?, "{asked}: other bytes");
    }
    Ok(())
}

fn several_ranges(running: &Running) -> Outcome {
    let asked = format!("bytes=0-7,{}-{},-8", TWO_32 - 4, TWO_32 + 3);
    let answer = running.target.get(PATH).header("range", asked).expect(206)?;
    ensure_eq!(answer.length()?, answer.body.len() as u64, "Content-Length");
    for range in [0..=7, TWO_32 - 4..=TWO_32 + 3, SIZE - 8..=SIZE - 1] {
        let head = format!("bytes {}-{}/{SIZE}\r\n\r\n", range.start(), range.end());
        let wanted = [head.into_bytes(), bytes(running, range)?].concat();
        ensure!(answer.body.windows(wanted.len()).any(|part| part == wanted), "a part is missing");
    }
    Ok(())
}

fn outside(running: &Running) -> Outcome {
    for asked in [format!("{SIZE}-"), format!("{}-{}", SIZE + TWO_32, SIZE + TWO_32 + 1)] {
        let refused = running.target.get(PATH).header("range", format!("bytes={asked}")).expect(416)?;
        refused.has("content-range", &format!("bytes */{SIZE}"))?;
    }
    Ok(())
}

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads = arguments.test_threads.or(Some(4));
    let hosts = [
        ("native", Kind::Native),
        ("wasi", Kind::Wasi(Wasi::P3)),
        ("wasi02", Kind::Wasi(Wasi::P2)),
        ("spin", Kind::Wasi(Wasi::Spin)),
        ("spin02", Kind::Wasi(Wasi::Spin02)),
        ("node", Kind::Node),
        ("fastly", Kind::Fastly),
    ]
    .map(|(name, kind)| (name, Arc::new(Host { kind, running: OnceLock::new() })));
    let no_viceroy = harness::viceroy().err().filter(|_| std::env::var_os("VICEROY").is_none());
    let no_node = harness::node().err().map(|failure| failure.to_string());
    let trials = hosts
        .iter()
        .flat_map(|(name, host)| {
            let missing = match host.kind {
                Kind::Fastly => no_viceroy.as_deref(),
                Kind::Node => no_node.as_deref(),
                Kind::Native | Kind::Wasi(_) => None,
            };
            CASES.into_iter().map(move |(case, check)| {
                let host = Arc::clone(host);
                let trial = Trial::test(format!("{name}::large::{case}"), move || Ok(check(host.running()?)?));
                trial.with_ignored_flag(missing.is_some()).with_kind(missing.unwrap_or_default())
            })
        })
        .collect();
    // The trials hold clones. When the last clone is dropped, the processes end.
    let conclusion = libtest_mimic::run(&arguments, trials);
    drop(hosts);
    conclusion.exit_code()
}
