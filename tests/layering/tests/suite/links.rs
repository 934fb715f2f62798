//! Every relative link of the documents leads to a file, and to a heading if it names one. In the handbook it leads to
//! a chapter, so that it works there too.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use layering::{
    handbook::{Link, SUMMARY, anchors, chapters, links},
    root,
};

/// The documents below a folder, as paths from the root.
fn documents(root: &Path, folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root.join(folder)).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let path = folder.join(&name);
        if name.starts_with('.') || ["target", "node_modules", "dist"].contains(&&*name) {
            continue;
        }
        if root.join(&path).is_dir() {
            found.extend(documents(root, &path));
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn chapters_of(root: &Path) -> BTreeSet<PathBuf> {
    chapters(&fs::read_to_string(root.join(SUMMARY)).unwrap()).into_iter().collect()
}

/// What is wrong with a link, if anything is.
fn objection(root: &Path, document: &Path, link: &Link, chapters: &BTreeSet<PathBuf>) -> Option<&'static str> {
    if link.is_foreign() {
        return None;
    }
    let Some(to) = link.from(document) else { return Some("leads out of the repository") };
    let (_, anchor) = link.parts();
    if root.join(&to).is_dir() {
        return chapters.contains(document).then_some("leads to a folder, which the handbook has not");
    }
    let Ok(bytes) = fs::read(root.join(&to)) else { return Some("leads to no file") };
    let is_document = to.extension().is_some_and(|extension| extension == "md");
    if is_document && chapters.contains(document) && !chapters.contains(&to) {
        return Some("leads to what is no chapter");
    }
    let has_anchor = || is_document && anchors(&String::from_utf8_lossy(&bytes)).iter().any(|known| known == anchor);
    (!anchor.is_empty() && !has_anchor()).then_some("leads to no heading")
}

#[test]
fn every_link_leads_somewhere() {
    let root = root();
    let (chapters, documents) = (chapters_of(&root), documents(&root, Path::new("")));
    assert!(documents.len() > 20, "the documents were found");
    let (mut objections, mut seen) = (Vec::new(), 0);
    for document in documents {
        for link in links(&fs::read_to_string(root.join(&document)).unwrap()) {
            seen += 1;
            if let Some(objection) = objection(&root, &document, &link, &chapters) {
                objections.push(format!("{}:{}: {} {objection}", document.display(), link.line, link.target));
            }
        }
    }
    assert!(seen > 100, "{seen} links were found");
    assert!(objections.is_empty(), "{}", objections.join("\n"));
}

#[test]
fn every_document_is_a_chapter() {
    let root = root();
    let chapters = chapters_of(&root);
    let is_listed = |path: &PathBuf| chapters.contains(path) || path.starts_with("docs/book");
    let documents = documents(&root, Path::new("docs"));
    let left_out: Vec<PathBuf> = documents.into_iter().filter(|path| !is_listed(path)).collect();
    assert!(left_out.is_empty(), "docs/book/SUMMARY.md leaves out {left_out:?}");
}

#[test]
fn what_is_wrong_with_a_link_is_seen() {
    let root = root();
    let chapters = BTreeSet::from([PathBuf::from("docs/API.md"), PathBuf::from("PLATFORM.md")]);
    let said = |target: &str| {
        let link = Link { line: 1, target: target.to_owned() };
        objection(&root, Path::new("docs/API.md"), &link, &chapters)
    };
    for good in ["#listing", "../PLATFORM.md", "../PLATFORM.md#known-limits", "openapi.json", "https://x.example/y"] {
        assert_eq!(said(good), None, "{good}");
    }
    assert_eq!(said("ABSENT.md"), Some("leads to no file"));
    assert_eq!(said("#absent"), Some("leads to no heading"));
    assert_eq!(said("../PLATFORM.md#absent"), Some("leads to no heading"));
    assert_eq!(said("../DESIGN.md"), Some("leads to what is no chapter"));
    assert_eq!(said("../../x.md"), Some("leads out of the repository"));
    assert_eq!(said("../web"), Some("leads to a folder, which the handbook has not"));
}

#[test]
fn links_and_anchors_are_read_as_written() {
    let text = "# A `b` c\nsee [x](a.md) and [y](b.md#c_(d)), not `[z](c.md)`\n```sh\n[w](d.md)\n# no\n```\n\
                ![p](p.png)\n[q]: e.md\n## A b c\n### Who, when?\n#no\n";
    let targets: Vec<String> = links(text).into_iter().map(|link| link.target).collect();
    assert_eq!(targets, ["a.md", "b.md#c_(d)", "p.png", "e.md"]);
    assert_eq!(anchors(text), ["a-b-c", "a-b-c-1", "who-when"]);
}
