//! A guest's walk, from the link in a chat to a ZIP on the desk: on a slow phone in Chromium, and in other engines.

use std::{
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};

use harness::{Gallery, Options};
use libtest_mimic::Trial;
use tempfile::TempDir;

use super::{Outcome, alone, in_browser, runs};

const ABOUT: &str = r#"title = "Anna & Ben"
subtitle = "Our wedding"
cover = "demo/Sonnenblume.jpg"
"#;
/// Decoders of H.264 and AAC, and the parser without which WebKitGTK says that it plays no H.264.
const PLUGINS: [&str; 2] = ["libgstlibav.so", "libgstvideoparsersbad.so"];

/// A gallery with a title and a cover, with a link to all of it.
struct Walkable {
    gallery: Gallery,
    library: TempDir,
    /// The secret part of the link.
    link: String,
}

/// What the walks share. It starts with the first of them, and ends with the last.
type Shared = Arc<OnceLock<Result<Walkable, String>>>;

/// The tests, without those whose programs are missing.
pub fn trials(missing: &[(bool, &'static str)]) -> Vec<Trial> {
    let shared = Shared::default();
    let test = |name: &'static str, file: &'static str, more: &[(bool, &'static str)]| {
        let shared = Arc::clone(&shared);
        let missing = [missing, &[(!runs("unzip", "-v"), "unzip is not installed")], more].concat();
        alone(format!("walk::{name}"), &missing, move || walk(&shared, name, file))
    };
    let webkit = [
        (!runs("WebKitWebDriver", "--help"), "install webkit2gtk-driver"),
        (!runs("Xvfb", "-help"), "install xvfb"),
        (!has_plugins(), "install gstreamer1.0-libav and gstreamer1.0-plugins-bad"),
    ];
    let firefox = [(!runs("firefox-esr", "--version"), "install firefox-esr")];
    vec![
        test("slow", "walk.test.mjs", &[]),
        test("webkit", "engines.test.mjs", &webkit),
        test("firefox", "engines.test.mjs", &firefox),
    ]
}

/// Whether the plugins are in one of the folders that Debian has for its architectures.
fn has_plugins() -> bool {
    let folders = std::fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    folders
        .map(|folder| folder.path().join("gstreamer-1.0"))
        .any(|folder| PLUGINS.iter().all(|name| folder.join(name).is_file()))
}

#[allow(clippy::print_stdout, reason = "the figures")]
fn walk(shared: &Shared, name: &str, test: &str) -> Outcome {
    let Walkable { gallery, library, link } = shared.get_or_init(start).as_ref().map_err(Clone::clone)?;
    let library = library.path().to_str().ok_or("the folder's name is not UTF-8")?;
    let more = [("GALLERY_LINK", link.as_str()), ("LIBRARY", library), ("ENGINE", name)];
    let printed = in_browser(test, &gallery.url, gallery, "walk", &more)?;
    printed.lines().filter(|line| line.contains("slow walk: ")).for_each(|line| println!("{line}"));
    Ok(())
}

fn start() -> Result<Walkable, String> {
    let failed = |error: &dyn std::fmt::Display| error.to_string();
    let demo = drawn()?;
    let library = TempDir::new().map_err(|error| failed(&error))?;
    std::fs::write(library.path().join("gallery.toml"), ABOUT).map_err(|error| failed(&error))?;
    symlink(demo, library.path().join("demo")).map_err(|error| failed(&error))?;
    let gallery = Gallery::start_empty(&Options::default()).map_err(|error| failed(&error))?;
    gallery.ingest(library.path(), &["--demo-film", "--follow-links"]).map_err(|error| failed(&error))?;
    let url = gallery.run("link", &["add", "Guests"], "").map_err(|error| failed(&error))?;
    let (_, link) = url.trim().rsplit_once('/').ok_or("link add printed no URL")?;
    let link = link.to_owned();
    Ok(Walkable { gallery, library, link })
}

/// The pictures of the demo library. What was drawn before is used again.
pub fn drawn() -> Result<PathBuf, String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("demo");
    demo::write_pictures(&folder, |_, _| ()).map_err(|error| error.to_string())?;
    Ok(folder)
}
