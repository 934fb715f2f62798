//! Lines of prose and of comments are at most 120 characters long. They can be read without scrolling, and a change
//! to one line is a change to one thought.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use layering::root;

const MOST: usize = 120;

/// The numbers of the lines that are too long.
fn long(lines: impl Iterator<Item = (usize, String)>) -> Vec<usize> {
    lines.filter(|(_, line)| line.chars().count() > MOST && !is_link(line)).map(|(number, _)| number).collect()
}

fn numbered(text: &str) -> impl Iterator<Item = (usize, String)> {
    text.lines().enumerate().map(|(index, line)| (index + 1, line.to_owned()))
}

/// In Markdown, all lines except tables, code and pictures, which cannot be broken.
fn long_in_prose(text: &str) -> Vec<usize> {
    let mut code = false;
    long(numbered(text).filter(|(_, line)| {
        let start = line.trim_start();
        let fence = start.starts_with("```");
        code ^= fence;
        !code && !fence && !start.starts_with('|') && !start.starts_with("![")
    }))
}

/// In Rust, lines that are only a comment. rustfmt handles the others.
fn long_in_comments(text: &str) -> Vec<usize> {
    long(numbered(text).filter(|(_, line)| line.trim_start().starts_with("//")))
}

/// Whether a line is only a link, which may be in a list or a comment.
fn is_link(line: &str) -> bool {
    let text = line.trim().trim_start_matches(['/', '!', '-', '*', ' ']);
    let named = text.starts_with('[') && text.matches('[').count() == 1;
    let only = text.contains("://") && !text.contains(' ');
    only || (named && text.ends_with(')')) || (named && text.contains("]: "))
}

/// Every file below a folder, without installed, built and hidden files.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.retain(|path| {
        let name = path.file_name().unwrap().to_string_lossy();
        !name.starts_with('.') && !["target", "node_modules", "dist"].contains(&&*name)
    });
    paths.into_iter().flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn no_line_of_prose_or_comment_is_too_long() {
    let root = root();
    let (mut seen, mut failures) = (0, String::new());
    for file in files(&root) {
        let long = match file.extension().and_then(|extension| extension.to_str()) {
            Some("md") => long_in_prose(&fs::read_to_string(&file).unwrap()),
            Some("rs") => long_in_comments(&fs::read_to_string(&file).unwrap()),
            _ => continue,
        };
        seen += 1;
        if !long.is_empty() {
            write!(failures, "\n{}: {long:?}", file.strip_prefix(&root).unwrap().display()).unwrap();
        }
    }
    assert!(seen > 200, "the files were found");
    assert!(failures.is_empty(), "lines of more than {MOST} characters:{failures}");
}

#[test]
fn what_can_be_broken_counts() {
    let (words, url) = ("wörd ".repeat(25), format!("https://example.com/{}", "x".repeat(120)));
    let prose = format!("{words}\n- {words}\n```sh\n{words}\n```\n| {words} |\n![{words}](x.png)\n{words}");
    assert_eq!(long_in_prose(&prose), [1, 2, 8]);
    let links = format!("{url}\n- [name]({url})\n[name]: {url}\n[name]({url}) and words\nsee {url}");
    assert_eq!(long_in_prose(&links), [4, 5]);
    let comments = format!("//! {words}\n    /// {words}\nlet x = \"{words}\";\n// {url}\n// see {url}");
    assert_eq!(long_in_comments(&comments), [1, 2, 5]);
    let fits = format!("// {}", "ö".repeat(MOST - 3));
    assert_eq!(long_in_comments(&fits), [0; 0]);
}
