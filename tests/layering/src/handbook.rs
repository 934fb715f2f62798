//! The handbook's chapters, and the links of Markdown. `cargo xtask docs` builds the handbook, and tests follow the
//! links.

use std::path::{Component, Path, PathBuf};

/// Where the list of chapters lies.
pub const SUMMARY: &str = "docs/book/SUMMARY.md";

/// A link or a picture of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The number of its line.
    pub line: usize,
    /// As it is written, such as `../API.md#listing`.
    pub target: String,
}

impl Link {
    /// The path and the anchor, which may both be empty.
    pub fn parts(&self) -> (&str, &str) {
        self.target.split_once('#').unwrap_or((&self.target, ""))
    }

    /// Whether the link leads to another site.
    pub fn is_foreign(&self) -> bool {
        self.target.contains("://") || self.target.starts_with("mailto:")
    }

    /// The path from the root of what the link leads to, for a document with this path. `None` if it leads out of the
    /// repository.
    pub fn from(&self, document: &Path) -> Option<PathBuf> {
        let (path, _) = self.parts();
        if path.is_empty() {
            return Some(document.to_path_buf());
        }
        let mut found = document.parent()?.to_path_buf();
        for part in Path::new(path).components() {
            match part {
                Component::ParentDir => {
                    if !found.pop() {
                        return None;
                    }
                }
                Component::Normal(name) => found.push(name),
                Component::CurDir => {}
                _ => return None,
            }
        }
        Some(found)
    }
}

/// The lines outside of fenced code, with their numbers.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut code = false;
    text.lines().enumerate().map(|(index, line)| (index + 1, line)).filter(move |(_, line)| {
        let fence = line.trim_start().starts_with("```");
        code ^= fence;
        !code && !fence
    })
}

/// A line without its code between backticks.
fn without_code(line: &str) -> String {
    line.split('`').enumerate().filter(|(index, _)| index % 2 == 0).map(|(_, part)| part).collect()
}

/// The links and pictures of a document, in its order.
pub fn links(text: &str) -> Vec<Link> {
    let mut links = Vec::new();
    for (line, text) in prose(text) {
        let text = without_code(text);
        for (_, rest) in text.match_indices("](").map(|(at, mark)| text.split_at(at + mark.len())) {
            let mut depth = 0;
            let end = rest.find(|letter| {
                depth += i32::from(letter == '(');
                depth -= i32::from(letter == ')');
                depth < 0
            });
            if let Some(target) = end.map(|end| &rest[..end]) {
                links.push(Link { line, target: target.to_owned() });
            }
        }
        // A definition: `[name]: target`.
        if let Some((_, target)) = text.strip_prefix('[').and_then(|rest| rest.split_once("]: ")) {
            links.push(Link { line, target: target.trim().to_owned() });
        }
    }
    links
}

/// The anchors of a document's headings, as GitHub and mdBook make them.
pub fn anchors(text: &str) -> Vec<String> {
    let mut anchors: Vec<String> = Vec::new();
    for (_, line) in prose(text) {
        let Some((marks, title)) = line.split_once(' ') else { continue };
        if marks.is_empty() || marks.len() > 6 || marks.bytes().any(|byte| byte != b'#') {
            continue;
        }
        let kept = title.trim().chars().filter(|letter| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_'));
        let anchor: String = kept.flat_map(char::to_lowercase).collect::<String>().replace(' ', "-");
        let same =
            |known: &&String| **known == anchor || known.strip_prefix(&format!("{anchor}-")).is_some_and(is_number);
        match anchors.iter().filter(same).count() {
            0 => anchors.push(anchor),
            number => anchors.push(format!("{anchor}-{number}")),
        }
    }
    anchors
}

fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The chapters of the handbook, as paths from the root.
pub fn chapters(summary: &str) -> Vec<PathBuf> {
    links(summary).iter().filter_map(|link| link.from(Path::new(SUMMARY))).collect()
}
