//! What is in an archive, for people: the licence of each package, and the texts that its licence wants to be passed
//! on.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::Path,
};

use super::{
    archive,
    inside::{self, Inside, Origin, Package},
};
use crate::Failure;

/// How the names of such files begin.
const BEGINNINGS: [&str; 6] = ["license", "licence", "copying", "copyright", "notice", "patents"];
/// Texts. Others with such names are sources.
const ENDINGS: [&str; 3] = ["", "md", "txt"];
/// Folders of packages that are not in a program.
const OUTSIDE: [&str; 6] = ["tests", "benches", "examples", "node_modules", "testdata", "html"];

/// What the compiler brings for programs with Rust's own library. It is a page by itself.
const RUST: &str = "COPYRIGHT-library.html";

/// Writes the licences of the gallery, that of Rust's own library, and `THIRD-PARTY.txt` with all others, into the
/// folder `licences` in `out`.
pub fn write(inside: &Inside, out: impl AsRef<Path>) -> Result<(), Failure> {
    let out = out.as_ref().join("licences");
    fs::create_dir_all(&out)?;
    archive::ours(&out)?;
    if let Some(rust) = inside.packages.iter().find(|package| package.name == inside::RUST) {
        let page = rust.folder.join(RUST);
        fs::copy(&page, out.join("RUST.html")).map_err(|error| format!("{}: {error}", page.display()))?;
    }
    Ok(fs::write(out.join("THIRD-PARTY.txt"), third_party(inside)?)?)
}

fn third_party(inside: &Inside) -> Result<String, Failure> {
    let mut named = String::from("What these programs contain beside the gallery's own code:\n\n");
    let mut texts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in inside.packages.iter().filter(|package| package.origin != Origin::Ours) {
        let Package { name, version, licence, .. } = package;
        write!(named, "{name} {version}: {licence}")?;
        let mut found = BTreeSet::new();
        collect(&package.folder, &mut found)?;
        if found.is_empty() {
            // The package has no text. Its terms are those of the expression.
            let authors =
                if package.authors.is_empty() { "its authors".to_owned() } else { package.authors.join(", ") };
            write!(named, " (copyright: {authors}; {})", package.repository.as_deref().unwrap_or("no address"))?;
        }
        named.push('\n');
        for text in found {
            texts.entry(text).or_default().insert(format!("{name} {version}"));
        }
    }
    // Shown in the order of the packages, and not in that of the texts.
    let mut texts: Vec<(BTreeSet<String>, String)> = texts.into_iter().map(|(text, of)| (of, text)).collect();
    texts.sort();
    for (of, text) in texts {
        let of: Vec<String> = of.into_iter().collect();
        write!(named, "\n{}\n{}\n\n{text}\n", "=".repeat(80), of.join(", "))?;
    }
    Ok(named)
}

/// Collects the texts of a folder and of the folders in it: libraries in C lie deeper than the crate around them.
fn collect(folder: &Path, texts: &mut BTreeSet<String>) -> Result<(), Failure> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().to_lowercase();
        if entry.file_type()?.is_dir() {
            if !OUTSIDE.contains(&name.as_str()) {
                collect(&entry.path(), texts)?;
            }
        } else if is_text(&name) {
            let text = String::from_utf8_lossy(&fs::read(entry.path())?).replace("\r\n", "\n");
            texts.insert(text.trim_end().to_owned());
        }
    }
    Ok(())
}

/// Whether a file of this name, in lower case, is a text of terms.
fn is_text(name: &str) -> bool {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let is_ending = ENDINGS.contains(&ending) || BEGINNINGS.iter().any(|word| name.starts_with(&format!("{word}.")));
    name == "unlicense" || BEGINNINGS.iter().any(|word| name.starts_with(word)) && is_ending && ending != "rs"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_terms_are_known_by_their_names() {
        for text in ["license", "license-mit", "licence.md", "license.apache-2.0", "copying", "notice.txt", "unlicense"]
        {
            assert!(is_text(text), "{text}");
        }
        for other in ["license.rs", "licenses.json", "readme.md", "copyright_check.py", "lib.rs"] {
            assert!(!is_text(other), "{other}");
        }
    }

    #[test]
    fn a_text_that_two_packages_share_is_shown_once_also_from_deeper_folders() {
        let folder = std::env::temp_dir().join(format!("licences-{}", std::process::id()));
        let package = |name: &str| Package {
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            licence: "MIT".to_owned(),
            authors: vec!["A. Person".to_owned()],
            repository: None,
            folder: folder.join(name),
            origin: Origin::Npm,
        };
        for (path, text) in [
            ("one/LICENSE", "shared terms\n"),
            ("two/vendor/lib/COPYING", "shared terms\r\n"),
            ("two/PATENTS", "a grant"),
            ("two/tests/LICENSE", "of a test"),
            ("three/lib.rs", ""),
        ] {
            fs::create_dir_all(folder.join(path).parent().unwrap()).unwrap();
            fs::write(folder.join(path), text).unwrap();
        }
        let packages = ["one", "two", "three"].map(package).into();
        let said = third_party(&Inside { packages, uses: BTreeMap::new() }).unwrap();
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(said.matches("shared terms").count(), 1, "{said}");
        assert!(said.contains("\none 1.0.0, two 1.0.0\n") && said.contains("\ntwo 1.0.0\n\na grant\n"), "{said}");
        assert!(said.contains("three 1.0.0: MIT (copyright: A. Person; no address)"), "{said}");
        assert!(!said.contains("of a test"), "{said}");
    }
}
