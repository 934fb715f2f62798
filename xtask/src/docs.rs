//! `cargo xtask docs`: the handbook as a site.
//!
//! Its chapters are the documents as they lie in the repository. They keep their places there, so a link works in both.

use std::{
    collections::BTreeSet,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

use layering::handbook::{SUMMARY, chapters, links};

use crate::{Failure, process::succeed, workspace};

/// How the list of chapters leads to the root of the repository.
const UP: &str = "](../../";
/// The same from a chapter beside the list's folder.
const BESIDE: &str = "](../";

pub fn run(out: &Path) -> Result<(), Failure> {
    if !servers::mdbook::is_installed() {
        say("Installing mdbook: some minutes, once.");
    }
    let program = servers::mdbook::install()?;
    let root = workspace::root();
    let book = root.join(out);
    let source = book.join("src");
    if source.exists() {
        fs::remove_dir_all(&source)?;
    }
    let summary = fs::read_to_string(root.join(SUMMARY))?;
    let chapters = chapters(&summary);
    for path in chapters.iter().chain(&files(&root, &chapters)?) {
        let to = source.join(path);
        fs::create_dir_all(to.parent().unwrap_or(&source))?;
        fs::copy(root.join(path), to).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    // In the book, the list lies at the root.
    let summary = summary.replace(UP, "](").replace(BESIDE, "](docs/");
    fs::write(source.join("SUMMARY.md"), summary)?;
    fs::copy(root.join("docs/book/book.toml"), book.join("book.toml"))?;
    succeed(Command::new(program).arg("build").arg(&book), "mdbook build")?;
    let site = book.join("book");
    // The chapter README.md is the first page, and other chapters link to it by its name.
    fs::copy(site.join("index.html"), site.join("README.html"))?;
    broken(&site)?;
    say(&format!("{}", site.join("index.html").display()));
    Ok(())
}

/// The files that chapters show or link to, and that are no chapters.
fn files(root: &Path, chapters: &[PathBuf]) -> Result<BTreeSet<PathBuf>, Failure> {
    let mut found = BTreeSet::new();
    for chapter in chapters {
        let text = fs::read_to_string(root.join(chapter)).map_err(|error| format!("{}: {error}", chapter.display()))?;
        let links = links(&text).into_iter().filter(|link| !link.is_foreign());
        let files = links.filter_map(|link| link.from(chapter)).filter(|path| !chapters.contains(path));
        found.extend(files.filter(|path| root.join(path).is_file()));
    }
    Ok(found)
}

/// Fails if a page leads to a file of the site that is not there.
fn broken(site: &Path) -> Result<(), Failure> {
    let mut broken = Vec::new();
    for page in pages(site)? {
        let html = fs::read_to_string(&page)?;
        let folder = page.parent().unwrap_or(site);
        let targets = ["href=\"", "src=\""].into_iter().flat_map(|name| html.split(name).skip(1));
        for target in targets.filter_map(|rest| rest.split('"').next()) {
            let path = target.split(['#', '?']).next().unwrap_or_default();
            let is_local = !path.is_empty() && !path.contains(':') && !path.starts_with('/');
            if is_local && !folder.join(path).exists() {
                broken.push(format!("{}: {target}", page.strip_prefix(site).unwrap_or(&page).display()));
            }
        }
    }
    if broken.is_empty() {
        Ok(())
    } else {
        Err(format!("the handbook's links lead nowhere:\n{}", broken.join("\n")).into())
    }
}

fn pages(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(pages(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "html") {
            found.push(path);
        }
    }
    Ok(found)
}

fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}
