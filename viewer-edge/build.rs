//! Writes the table of the page's files, so that the page is part of the program.

use std::{
    env,
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

fn main() -> io::Result<()> {
    let missing = |name| io::Error::other(format!("cargo did not set {name}"));
    let manifest = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or_else(|| missing("CARGO_MANIFEST_DIR"))?);
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or_else(|| missing("OUT_DIR"))?);
    let page = manifest.join("../web/dist");
    println!("cargo::rerun-if-changed={}", page.display());
    println!("cargo::rerun-if-changed={}", manifest.join("unbuilt.html").display());
    let problems = manifest.join("problems.html");

    let mut table = String::from("pub(crate) static ASSETS: &[Asset] = &[\n");
    if page.join("index.html").exists() {
        let mut files = Vec::new();
        list(&page, &mut files)?;
        files.sort();
        // The page for static hosts and the one for the services lie side by side.
        let served = served_page(&page);
        let other = page.join("index.html");
        let is_other = |file: &Path| served.exists() && file == other;
        for file in files.iter().filter(|file| !is_compressed(file) && !is_other(file)) {
            let path = file.strip_prefix(&page).map_err(io::Error::other)?;
            let url = format!("/{}", path.to_string_lossy().replace('\\', "/"));
            let url = if *file == served { "/index.html" } else { &url };
            row(&mut table, &out, url, file)?;
        }
    } else {
        row(&mut table, &out, "/index.html", &manifest.join("unbuilt.html"))?;
    }
    row(&mut table, &out, "/problems.html", &problems)?;
    table.push_str("];\n");
    let html = served_page(&page);
    let html = if html.exists() { fs::read_to_string(html)? } else { String::new() };
    let source = |text| format!(" 'sha256-{}'", STANDARD.encode(Sha256::digest(text)));
    let inline = inline(&html).map_or_else(String::new, source);
    table.push_str("/// What the policy says of the script in the page (CSP Level 3, section 2.3.1).\n");
    writeln!(table, "pub(crate) const INLINE: &str = {inline:?};").map_err(io::Error::other)?;
    fs::write(out.join("assets.rs"), table)
}

fn served_page(page: &Path) -> PathBuf {
    page.join("served.html")
}

/// The text of the one script that stands in the page itself.
fn inline(html: &str) -> Option<&str> {
    let (_, rest) = html.split_once("<script>")?;
    rest.split_once("</script>").map(|(text, _)| text)
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            list(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

fn is_compressed(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "br" || extension == "gz")
}

/// Adds a file to the table. Its bytes are copied beside the table, because the page may be built anew while this
/// program is compiled.
fn row(table: &mut String, out: &Path, url: &str, file: &Path) -> io::Result<()> {
    println!("cargo::rerun-if-changed={}", file.display());
    let hash = Sha256::digest(fs::read(file)?);
    let hash = hash[..8].iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    });
    let name = format!("{hash}-{}", url.rsplit('/').next().unwrap_or_default());
    fs::copy(file, out.join(&name))?;
    let compressed = |suffix: &str| -> io::Result<String> {
        let source = PathBuf::from(format!("{}{suffix}", file.to_string_lossy()));
        if !source.exists() {
            return Ok("None".to_owned());
        }
        fs::copy(source, out.join(format!("{name}{suffix}")))?;
        Ok(format!("Some({})", include(&format!("{name}{suffix}"))))
    };
    writeln!(
        table,
        "    Asset {{ path: {url:?}, content_type: {:?}, hash: {hash:?}, identity: {}, brotli: {}, gzip: {} }},",
        content_type(file),
        include(&name),
        compressed(".br")?,
        compressed(".gz")?,
    )
    .map_err(io::Error::other)
}

fn include(name: &str) -> String {
    format!("include_bytes!(concat!(env!(\"OUT_DIR\"), {:?}))", format!("/{name}"))
}

fn content_type(file: &Path) -> &'static str {
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("webmanifest") => "application/manifest+json",
        Some("json" | "map") => "application/json",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
