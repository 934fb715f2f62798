//! `docs/PROBLEMS.md` as the page that a gallery serves.
//!
//! The document is simple: headings, paragraphs, and code between backticks. What else it may hold one day would stand
//! in the page as it is written.

use std::fmt::Write as _;

/// The page. A heading of the second level is named by its text, so that a problem's type leads to it.
pub fn page(markdown: &str) -> String {
    let mut body = String::new();
    for paragraph in markdown.split("\n\n").flat_map(parts) {
        let (tag, id, text) = match paragraph.split_once(' ') {
            Some(("#", title)) => ("h1", String::new(), title),
            Some(("##", name)) => ("h2", format!(" id=\"{name}\""), name),
            _ => ("p", String::new(), paragraph),
        };
        let _ = writeln!(body, "<{tag}{id}>{}</{tag}>", inline(text));
    }
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>Problems</title>\n<main>\n{body}</main>\n</html>\n"
    )
}

/// A heading, and the paragraph that begins in the next line.
fn parts(paragraph: &str) -> impl Iterator<Item = &str> {
    let paragraph = paragraph.trim();
    let (heading, rest) = match paragraph.split_once('\n') {
        Some((first, rest)) if first.starts_with('#') => (first, rest),
        _ => ("", paragraph),
    };
    [heading, rest].into_iter().filter(|part| !part.is_empty())
}

fn inline(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let code = text.split('`').enumerate();
    code.map(|(index, part)| if index % 2 == 1 { format!("<code>{part}</code>") } else { part.to_owned() }).collect()
}
