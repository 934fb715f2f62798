//! Where a link leads: into the library, out of it, or round in a circle.

use std::io;
use std::path::{Path, PathBuf};

/// What a link leads to.
#[derive(Debug, PartialEq, Eq)]
pub enum Target {
    File,
    Folder(Hop),
    /// A folder that is being walked already.
    Loop,
    /// Something outside the library, which is not to be followed.
    Outside,
    /// A socket, a FIFO or a device.
    Other,
}

/// A way through a link to a folder, as real paths.
#[derive(Debug, PartialEq, Eq)]
pub struct Hop {
    from: PathBuf,
    to: PathBuf,
}

/// The links through which the walk has come.
pub struct Links {
    /// The real path of the library.
    root: PathBuf,
    follow_outside: bool,
    /// The real path of the folder at which the walk began, or to which the last link led.
    start: PathBuf,
    /// For each link that was followed: `start` at that time, and the real folder in which the link was found.
    trail: Vec<(PathBuf, PathBuf)>,
}

impl Links {
    pub fn new(root: &Path, follow_outside: bool) -> io::Result<Self> {
        let root = root.canonicalize()?;
        Ok(Self { start: root.clone(), root, follow_outside, trail: Vec::new() })
    }

    /// Looks where a link leads. Nothing is opened.
    pub fn target(&self, link: &Path) -> io::Result<Target> {
        let target = link.canonicalize()?;
        if !self.follow_outside && !target.starts_with(&self.root) {
            return Ok(Target::Outside);
        }
        let kind = target.metadata()?.file_type();
        if !kind.is_dir() {
            return Ok(if kind.is_file() { Target::File } else { Target::Other });
        }
        let from = link.parent().unwrap_or(link).canonicalize()?;
        let is_open = |start: &Path, folder: &Path| target.starts_with(start) && folder.starts_with(&target);
        if is_open(&self.start, &from) || self.trail.iter().any(|(start, folder)| is_open(start, folder)) {
            return Ok(Target::Loop);
        }
        Ok(Target::Folder(Hop { from, to: target }))
    }

    pub fn enter(&mut self, hop: Hop) {
        let start = std::mem::replace(&mut self.start, hop.to);
        self.trail.push((start, hop.from));
    }

    /// Goes back through the last link.
    pub fn leave(&mut self) {
        if let Some((start, _)) = self.trail.pop() {
            self.start = start;
        }
    }
}
