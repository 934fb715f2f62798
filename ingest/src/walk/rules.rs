//! The `.galleryignore` files of a library, in the grammar of gitignore.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder, Glob};

use super::leftovers::is_leftover;
use crate::spelling::{composed, composed_path};

pub const FILE: &str = ".galleryignore";

const MOST_BYTES: u64 = 1 << 20;

/// What is done with a file or folder.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    Taken,
    /// Its name says that a system or a program left it.
    LeftOut,
    /// A `.galleryignore` names it.
    Ignored,
}

/// The rules that hold in the folder that is being walked, outermost first.
#[derive(Default)]
pub struct Rules {
    folders: Vec<Option<(PathBuf, Gitignore)>>,
}

impl Rules {
    /// Reads the rules of a folder. Returns what is wrong with single lines; the other lines hold.
    pub fn enter(&mut self, folder: &Path) -> Result<Vec<String>, String> {
        let Some(text) = read(&folder.join(FILE))? else {
            self.folders.push(None);
            return Ok(Vec::new());
        };
        // Paths are made relative to the folder before they are matched.
        let mut builder = GitignoreBuilder::new("");
        let mut mistakes = Vec::new();
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text);
        for (number, line) in text.split(|byte| *byte == b'\n').enumerate() {
            if let Err(mistake) = add(&mut builder, line) {
                mistakes.push(format!("line {}{mistake}; the other lines hold", number + 1));
            }
        }
        let rules = builder.build().map_err(|_| "is too complex: use fewer or simpler lines".to_owned())?;
        self.folders.push(Some((folder.to_owned(), rules)));
        Ok(mistakes)
    }

    pub fn leave(&mut self) {
        self.folders.pop();
    }

    /// Decides about a file or folder directly in the folder that is being walked. Folders above it were taken.
    pub fn verdict(&self, path: &Path, is_folder: bool) -> Verdict {
        for (folder, rules) in self.folders.iter().rev().flatten() {
            let place = composed_path(path.strip_prefix(folder).unwrap_or(path));
            match rules.matched(place.as_ref(), is_folder) {
                Match::None => {}
                Match::Ignore(_) => return Verdict::Ignored,
                Match::Whitelist(line) if is_a_name(line) => return Verdict::Taken,
                Match::Whitelist(_) => break,
            }
        }
        if is_leftover(path, is_folder) { Verdict::LeftOut } else { Verdict::Taken }
    }
}

/// Whether a line ends in a plain name. `!*.jpg` is not meant to bring back `._a.jpg`, nor `!*/` to bring back
/// `@eaDir`.
fn is_a_name(line: &Glob) -> bool {
    let name = line.original().trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    !name.contains(['*', '?', '['])
}

/// Reads a file if it exists.
fn read(path: &Path) -> Result<Option<Vec<u8>>, String> {
    let unreadable = |error: std::io::Error| format!("cannot be read: {error}");
    match path.symlink_metadata() {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
        // As git does it: a link could lead anywhere.
        Ok(metadata) if !metadata.is_file() => return Err("is not a file: replace it by one".to_owned()),
        Ok(_) => {}
    }
    let mut text = Vec::new();
    File::open(path).and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut text)).map_err(unreadable)?;
    if text.len() as u64 > MOST_BYTES {
        return Err("is larger than 1 MiB: shorten it".to_owned());
    }
    Ok(Some(text))
}

fn add(builder: &mut GitignoreBuilder, line: &[u8]) -> Result<(), String> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let line = str::from_utf8(line).map_err(|_| " is not UTF-8: save the file as UTF-8".to_owned())?;
    match builder.add_line(None, &without_braces(&composed(line))) {
        Ok(_) => Ok(()),
        Err(error) => {
            let reason = match error {
                ignore::Error::Glob { err, .. } => err,
                error => error.to_string(),
            };
            let start: String = line.chars().take(60).collect();
            Err(format!(", {start:?}, is not a pattern: {reason}"))
        }
    }
}

/// Braces are plain characters in the grammar of gitignore, and choices in that of the crate.
fn without_braces(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut is_escaped = false;
    for c in line.chars() {
        if matches!(c, '{' | '}') && !is_escaped {
            plain.push('\\');
        }
        is_escaped = c == '\\' && !is_escaped;
        plain.push(c);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rules of one folder.
    fn rules(text: &[u8]) -> (Rules, Vec<String>) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE), text).unwrap();
        let mut rules = Rules::default();
        let mistakes = rules.enter(folder.path()).unwrap();
        rules.folders[0].as_mut().unwrap().0 = PathBuf::from("/l");
        (rules, mistakes)
    }

    #[test]
    fn lines_are_read_as_git_reads_them() {
        for (text, path, is_folder, verdict) in [
            ("*.gif", "/l/a/b.gif", false, Verdict::Ignored),
            ("*.gif", "/l/a/b.jpg", false, Verdict::Taken),
            ("*.gif", "/l/a/b.GIF", false, Verdict::Taken),
            ("/b.gif", "/l/a/b.gif", false, Verdict::Taken),
            ("/b.gif", "/l/b.gif", false, Verdict::Ignored),
            ("a/*.gif", "/l/a/b.gif", false, Verdict::Ignored),
            ("a/*.gif", "/l/x/a/b.gif", false, Verdict::Taken),
            ("a/**/b.gif", "/l/a/x/y/b.gif", false, Verdict::Ignored),
            ("private/", "/l/2024/private", true, Verdict::Ignored),
            ("private/", "/l/2024/private", false, Verdict::Taken),
            ("# a.gif", "/l/a.gif", false, Verdict::Taken),
            ("\\#a.gif", "/l/#a.gif", false, Verdict::Ignored),
            ("a.gif   ", "/l/a.gif", false, Verdict::Ignored),
            ("*\n!b.gif", "/l/b.gif", false, Verdict::Taken),
            ("!b.gif\n*", "/l/b.gif", false, Verdict::Ignored),
            ("\u{feff}a.gif\r\nb.gif\r\n", "/l/a.gif", false, Verdict::Ignored),
            ("\u{feff}a.gif\r\nb.gif\r\n", "/l/b.gif", false, Verdict::Ignored),
            ("a{1,2}.gif", "/l/a1.gif", false, Verdict::Taken),
            ("a{1,2}.gif", "/l/a{1,2}.gif", false, Verdict::Ignored),
            ("a\\{1.gif", "/l/a{1.gif", false, Verdict::Ignored),
            // Whichever way the letter is spelled, on either side.
            ("Priv\u{e9}/", "/l/Prive\u{301}", true, Verdict::Ignored),
            ("Prive\u{301}/", "/l/Priv\u{e9}", true, Verdict::Ignored),
            ("Prive\u{301}/", "/l/Prive\u{301}", true, Verdict::Ignored),
            ("Priv\u{e9}/*.gif", "/l/Prive\u{301}/a.gif", false, Verdict::Ignored),
            ("*.gif\n!\u{c5}s\u{f6}.gif", "/l/A\u{30a}so\u{308}.gif", false, Verdict::Taken),
            ("Prive/", "/l/Prive\u{301}", true, Verdict::Taken),
        ] {
            let (rules, mistakes) = rules(text.as_bytes());
            assert!(mistakes.is_empty(), "{mistakes:?}");
            assert_eq!(rules.verdict(Path::new(path), is_folder), verdict, "{text:?} {path}");
        }
    }

    #[test]
    fn only_a_line_with_the_name_brings_back_what_is_left_out() {
        for (text, verdict) in [
            ("", Verdict::LeftOut),
            ("!*/", Verdict::LeftOut),
            ("!*", Verdict::LeftOut),
            ("!@eaDir", Verdict::Taken),
            ("!@eaDir/", Verdict::Taken),
            ("!/2024/@eaDir/", Verdict::Taken),
            ("!**/@eaDir", Verdict::Taken),
            ("!/@eaDir", Verdict::LeftOut),
            ("@eaDir", Verdict::Ignored),
        ] {
            let (rules, _) = rules(text.as_bytes());
            assert_eq!(rules.verdict(Path::new("/l/2024/@eaDir"), true), verdict, "{text:?}");
        }
    }

    #[test]
    fn a_malformed_line_is_named_and_the_others_hold() {
        let (rules, mistakes) = rules(b"a.gif\n[z-a].gif\n\xff.gif\nb.gif\\\nc.gif");
        let starts =
            ["line 2, \"[z-a].gif\", is not a pattern: ", "line 3 is not UTF-8", "line 4, \"b.gif\\\\\", is not"];
        assert_eq!(mistakes.len(), starts.len(), "{mistakes:?}");
        for (mistake, start) in mistakes.iter().zip(starts) {
            assert!(mistake.starts_with(start), "{mistake}");
        }
        for name in ["/l/a.gif", "/l/c.gif"] {
            assert_eq!(rules.verdict(Path::new(name), false), Verdict::Ignored, "{name}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        std::fs::create_dir(&path).unwrap();
        assert!(Rules::default().enter(folder.path()).unwrap_err().contains("not a file"));
        std::fs::remove_dir(&path).unwrap();
        std::fs::write(&path, vec![b'\n'; 1 << 20]).unwrap();
        assert_eq!(Rules::default().enter(folder.path()), Ok(Vec::new()));
        std::fs::write(&path, vec![b'\n'; (1 << 20) + 1]).unwrap();
        assert!(Rules::default().enter(folder.path()).unwrap_err().contains("1 MiB"));
    }
}
