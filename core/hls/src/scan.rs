use std::ops::Range;
use std::time::Duration;

use memchr::{memchr, memchr_iter, memmem};

use crate::attributes::Attributes;
use crate::locate::Locator;
use crate::tags::{self, Tag};
use crate::variables::Variables;
use crate::{Error, Fault, Kind, PlaylistKind, Reference, Scope, Summary, seconds};

/// The callback for each reference, and for each text that is cut out, which has none. It is not a type parameter, so
/// that the scanner is compiled once, in this crate.
type On<'o, 'p> = dyn FnMut(&'p str, Range<usize>, Option<&Reference<'_>>) -> Result<(), Fault> + 'o;

/// RFC 8216 section 4: a client must refuse a playlist that holds a byte order mark.
const MARK: &str = "\u{feff}";

/// Checks the whole playlist and reports every URI that names an object, with its place in the text. `on` gets the
/// text, the place and the reference.
pub(crate) fn scan<'p>(
    playlist: &'p [u8],
    scope: &Scope<'_>,
    on: &mut On<'_, 'p>,
) -> Result<(&'p str, Summary), Error> {
    let text = decode(playlist)?;
    if text.starts_with(MARK) {
        on(text, 0..MARK.len(), None).map_err(|fault| Error::At { line: 1, fault })?;
    }
    let mut scanner = Scanner {
        text,
        on,
        locator: Locator::new(scope)?,
        variables: Variables::default(),
        has_cr: memchr(b'\r', playlist).is_some(),
        has_variables: memmem::find(playlist, b"{$").is_some(),
        number: 0,
        announced: None,
        hint: None,
        kind: None,
        references: 0,
        segments: 0,
        duration: Duration::ZERO,
        // No duration, and so no `EXTINF` that is accepted.
        length: (" ", Duration::ZERO),
        target_duration: None,
        version: None,
        ended: false,
    };
    let mut start = 0;
    // The end of the text ends the last line; after a final LF that line is empty.
    for end in memchr_iter(b'\n', playlist).chain([text.len()]) {
        scanner.number += 1;
        scanner.line(start, end).map_err(|fault| Error::At { line: scanner.number, fault })?;
        start = end + 1;
    }
    scanner.finish().map(|summary| (text, summary))
}

/// The checks that concern the text as a whole: header, encoding, control characters.
fn decode(playlist: &[u8]) -> Result<&str, Error> {
    let body = playlist.strip_prefix(MARK.as_bytes()).unwrap_or(playlist);
    let first = &body[..memchr(b'\n', body).unwrap_or(body.len())];
    if first.trim_ascii_end() != b"#EXTM3U" {
        return Err(Error::NotPlaylist);
    }
    let at = |position: usize, fault| Error::At { line: 1 + memchr_iter(b'\n', &playlist[..position]).count(), fault };
    let text = std::str::from_utf8(playlist).map_err(|e| at(e.valid_up_to(), Fault::Encoding))?;
    match control(text) {
        Some(position) => Err(at(position, Fault::Control)),
        None => Ok(text),
    }
}

/// The first control character (RFC 8216bis 4.1: U+0000-1F, U+007F-9F) other than CR, LF and TAB.
fn control(text: &str) -> Option<usize> {
    // The loop reads every byte, without an early end, so that it runs on whole vectors. If it finds a suspect byte,
    // the exact search below decides.
    let odd = |b: u8| {
        let low = u8::from(b < 0x20) & u8::from(b != b'\n') & u8::from(b != b'\r') & u8::from(b != b'\t');
        low | u8::from(b >= 0x7f)
    };
    if text.bytes().fold(0, |found, b| found | odd(b)) == 0 {
        return None;
    }
    text.find(|c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r'))
}

struct Scanner<'p, 's, 'o> {
    text: &'p str,
    on: &'o mut On<'o, 'p>,
    locator: Locator<'s, 'p>,
    variables: Variables<'p>,
    /// Whether the text holds a CR. `has_variables`: whether it holds what may be a reference to a variable.
    has_cr: bool,
    has_variables: bool,
    /// The number of the current line, counted from 1.
    number: usize,
    /// The tag still waiting for its URI line, and the number of the tag's line.
    announced: Option<(Kind, usize)>,
    /// The kind that other tags suggest, which belong to one kind of playlist only.
    hint: Option<PlaylistKind>,
    /// The kind by `EXTINF` and `STREAM-INF`, which decide.
    kind: Option<PlaylistKind>,
    references: usize,
    segments: usize,
    duration: Duration,
    /// The last `EXTINF`, which most often is the next one too.
    length: (&'p str, Duration),
    target_duration: Option<u64>,
    version: Option<u64>,
    ended: bool,
}

impl<'p> Scanner<'p, '_, '_> {
    fn line(&mut self, start: usize, end: usize) -> Result<(), Fault> {
        let bytes = self.text.as_bytes();
        let mut last = end;
        while last > start && bytes[last - 1] == b'\r' {
            last -= 1;
        }
        // A CR elsewhere is a line end to some players and not to others.
        if self.has_cr && memchr(b'\r', &bytes[start..last]).is_some() {
            return Err(Fault::Control);
        }
        while last > start && is_blank(bytes[last - 1]) {
            last -= 1;
        }
        let mut first = start;
        while first < last && is_blank(bytes[first]) {
            first += 1;
        }
        let content = &self.text[first..last];
        match content.as_bytes().first() {
            None => Ok(()),
            Some(b'#') if first != start => Err(Fault::Indented),
            Some(b'#') => self.tag(start, content),
            // A byte order mark stands only before the header, and the header has been checked.
            Some(_) if start == 0 => Ok(()),
            Some(_) => {
                let (kind, _) = self.announced.take().ok_or(Fault::Stray)?;
                self.segments += usize::from(kind == Kind::Segment);
                self.uri(kind, first, content)
            }
        }
    }

    /// `line` starts at `start` and has no white space at its end.
    fn tag(&mut self, start: usize, line: &'p str) -> Result<(), Fault> {
        match tags::read(line) {
            Tag::Segment(rest) => {
                if self.length.0 != rest {
                    self.length = (rest, seconds::of_segment(rest).ok_or(Fault::Duration)?);
                }
                let (_, length) = self.length;
                self.duration = self.duration.checked_add(length).ok_or(Fault::Duration)?;
                self.announce(Kind::Segment)?;
            }
            Tag::Variant => self.announce(Kind::Variant)?,
            Tag::Uris(kind, list) => {
                self.hint = self.hint.or(Some(tags::home(kind)));
                self.uris(kind, start, start + line.len() - list.len(), list)?;
            }
            Tag::Define(list) => self.variables.define(list)?,
            Tag::TargetDuration(value) => {
                self.hint = self.hint.or(Some(PlaylistKind::Media));
                self.target_duration = seconds::integer(value.trim());
            }
            Tag::Version(value) => self.version = seconds::integer(value.trim()),
            Tag::End => {
                self.hint = self.hint.or(Some(PlaylistKind::Media));
                self.ended = true;
            }
            Tag::Of(kind) => self.hint = self.hint.or(Some(kind)),
            Tag::Other => {}
        }
        Ok(())
    }

    fn announce(&mut self, kind: Kind) -> Result<(), Fault> {
        let home = tags::home(kind);
        if *self.kind.get_or_insert(home) != home {
            return Err(Fault::Mixed);
        }
        match self.announced.replace((kind, self.number)) {
            None => Ok(()),
            Some((_, line)) => {
                self.number = line;
                Err(Fault::Dangling)
            }
        }
    }

    /// Every URI of an attribute list that starts at `start`, in the line that starts at `line`.
    fn uris(&mut self, kind: Kind, line: usize, start: usize, list: &'p str) -> Result<(), Fault> {
        if matches!(kind, Kind::Key | Kind::SessionKey) {
            for attribute in Attributes::new(list) {
                let attribute = attribute?;
                if attribute.name == "METHOD" && attribute.value.trim() == "NONE" {
                    return Ok(());
                }
            }
        }
        let (names, before) = (tags::uri_attributes(kind, list), self.references);
        for attribute in Attributes::new(list) {
            let attribute = attribute?;
            if !names.contains(&attribute.name) {
                continue;
            }
            if !attribute.quoted {
                return Err(Fault::Attributes);
            }
            let indent = attribute.value.len() - attribute.value.trim_start_matches(' ').len();
            let at = start + attribute.span.start + indent;
            match self.uri(kind, at, attribute.value.trim_matches(' ')) {
                // Another host could send players, and the tokens in their URLs, to any host.
                Err(Fault::Outside | Fault::Scheme) if kind == Kind::Steering && self.references == before => {
                    return (self.on)(self.text, line..start + list.len(), None);
                }
                result => result?,
            }
        }
        Ok(())
    }

    fn uri(&mut self, kind: Kind, at: usize, raw: &'p str) -> Result<(), Fault> {
        if let Some(reference) = self.locator.locate(kind, raw, self.has_variables.then_some(&self.variables))? {
            self.references += 1;
            (self.on)(self.text, at..at + raw.len(), Some(&reference))?;
        }
        Ok(())
    }

    fn finish(self) -> Result<Summary, Error> {
        if let Some((_, line)) = self.announced {
            return Err(Error::At { line, fault: Fault::Dangling });
        }
        Ok(Summary {
            kind: self.kind.or(self.hint).ok_or(Error::Undecided)?,
            references: self.references,
            segments: self.segments,
            duration: self.duration.as_secs_f64(),
            target_duration: self.target_duration,
            ended: self.ended,
            version: self.version,
        })
    }
}

fn is_blank(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}
