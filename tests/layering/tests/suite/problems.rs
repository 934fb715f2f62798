//! Every type of a problem has its place in `docs/PROBLEMS.md`, and in the page that a gallery makes of it.

use std::fs;

use layering::{problems::page, root};
use platform::ProblemType;

/// The headings of the second level, each with the paragraph below it.
fn places(document: &str) -> Vec<(&str, String)> {
    let parts = document.split("\n## ").skip(1);
    parts.map(|part| part.split_once('\n').unwrap()).map(|(name, text)| (name, text.replace('\n', " "))).collect()
}

/// What the document says wrong, or does not say.
fn objections(document: &str) -> Vec<String> {
    let places = places(document);
    let mut objections = Vec::new();
    for kind in ProblemType::ALL {
        let wanted = format!("Status {}. {}. ", kind.status().as_u16(), kind.title());
        match places.iter().find(|(name, _)| *name == kind.name()) {
            None => objections.push(format!("{} has no place", kind.name())),
            Some((_, text)) if text.starts_with(&wanted) => {}
            Some(_) => objections.push(format!("{} does not begin with {wanted:?}", kind.name())),
        }
    }
    let known = |name: &str| ProblemType::ALL.iter().any(|kind| kind.name() == name);
    let unknown = places.iter().filter(|(name, _)| !known(name));
    objections.extend(unknown.map(|(name, _)| format!("{name} is no type")));
    objections
}

fn document() -> String {
    fs::read_to_string(root().join("docs/PROBLEMS.md")).unwrap()
}

#[test]
fn every_type_has_its_place_and_every_place_its_type() {
    assert_eq!(objections(&document()), [""; 0]);
}

#[test]
fn what_is_missing_or_too_much_is_seen() {
    let document = document();
    let renamed = document.replace("## no-session\n", "## no-sessions\n");
    assert_eq!(objections(&renamed), ["no-session has no place", "no-sessions is no type"]);
    let other = document.replace("Status 429.", "Status 428.");
    assert_eq!(
        objections(&other),
        [r#"too-many-passwords does not begin with "Status 429. Too many wrong passwords. ""#]
    );
}

#[test]
fn a_type_leads_to_its_place_in_the_page() {
    let page = page(&document());
    for kind in ProblemType::ALL {
        let (path, anchor) = kind.reference().split_once('#').unwrap();
        assert_eq!((path, anchor), ("/problems", kind.name()));
        assert!(page.contains(&format!("<h2 id=\"{anchor}\">{anchor}</h2>\n<p>Status ")), "{anchor}");
    }
    assert!(page.contains("<code>POST /login</code>"), "{page}");
}

#[test]
fn names_are_plain_and_differ() {
    let mut names: Vec<&str> = ProblemType::ALL.iter().map(|kind| kind.name()).collect();
    assert!(names.iter().all(|name| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')), "{names:?}");
    names.sort_unstable();
    let all = names.len();
    names.dedup();
    assert_eq!(names.len(), all);
}
