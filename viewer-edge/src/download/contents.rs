//! What is in a download, and under which names.

use edge::patched;
use gallery::{
    download::{Of, Size, Source, moment},
    link::Flags,
    media::{Media, MediaType},
    rendition::Rendition,
};
use privacy::Finding;
use stored_zip::{Entry, Names, Time};

/// In which form items are wanted.
#[derive(Clone, Copy)]
pub(super) struct Wanted {
    pub size: Size,
    pub flags: Flags,
}

/// The entries, in any order.
pub(super) struct Contents {
    wanted: Wanted,
    pub entries: Vec<Planned>,
    /// Whether an original is among them.
    pub originals: bool,
    /// The items that the viewer does not get in this form.
    pub left_out: u64,
    /// The items that have no checksums yet.
    pub lacking: u64,
}

/// An entry without its final name.
pub(super) struct Planned {
    /// By which the entries are sorted.
    date: String,
    name: String,
    size: u64,
    crc: u32,
    time: Time,
    note: Vec<u8>,
}

/// Why an item has no entry.
enum Without {
    Checksum,
    Leave,
}

impl Planned {
    pub fn entry(&self) -> Entry<'_> {
        Entry { name: &self.name, size: self.size, crc: self.crc, time: self.time, note: &self.note }
    }
}

impl Contents {
    pub fn new(wanted: Wanted) -> Self {
        Self { wanted, entries: Vec::new(), originals: false, left_out: 0, lacking: 0 }
    }

    pub fn add(&mut self, media: &Media) {
        match self.of(media) {
            Ok(entry) => self.entries.push(entry),
            Err(Without::Checksum) => self.lacking += 1,
            Err(Without::Leave) => self.left_out += 1,
        }
    }

    fn of(&mut self, media: &Media) -> Result<Planned, Without> {
        let renditions = media.renditions.as_ref();
        if self.wanted.size == Size::Screen && media.r#type == MediaType::Image {
            let screen = renditions.and_then(|all| all.picture(gallery::layout::ThumbnailSize::Screen));
            if let Some((screen, all)) = screen.zip(renditions) {
                return rendition(media, screen, &all.version);
            }
        }
        let Flags { originals, places, .. } = self.wanted.flags;
        if !originals {
            return Err(Without::Leave);
        }
        if !places && !can_be_without_places(media) {
            return Err(Without::Leave);
        }
        let sums = media.checksums.ok_or(Without::Checksum)?;
        let crc = if places { sums.whole } else { sums.without_places.ok_or(Without::Checksum)? };
        // The clip of a live photo as the camera wrote it tells where it was taken.
        if places
            && self.wanted.size == Size::Original
            && let Some((clip, all)) = renditions.and_then(|all| Some((all.source_of_clip()?, all)))
        {
            self.entries.push(rendition(media, clip, &all.version)?);
        }
        self.originals = true;
        let size = u64::try_from(media.size).unwrap_or_default();
        let source = Source { key: &media.key, of: Of::Original { mark: sums.object } };
        Ok(planned(media, media.filename.clone(), (size, crc), &source))
    }

    /// The entries by date, under names that differ from each other, in parts of at most so many entries and bytes. A
    /// single file may be larger.
    pub fn into_parts(self, most_entries: Option<u64>, most_bytes: Option<u64>) -> Vec<Vec<Planned>> {
        let mut entries = self.entries;
        entries.sort_by(|one, other| (&one.date, &one.name).cmp(&(&other.date, &other.name)));
        let mut names = Names::default();
        let mut parts: Vec<Vec<Planned>> = Vec::new();
        let mut bytes = 0_u64;
        for mut entry in entries {
            entry.name = names.safe(&entry.name);
            bytes = bytes.saturating_add(entry.size);
            let fits = parts.last().is_some_and(|part| {
                most_entries.is_none_or(|most| (part.len() as u64) < most)
                    && most_bytes.is_none_or(|most| bytes <= most)
            });
            if fits && let Some(part) = parts.last_mut() {
                part.push(entry);
            } else {
                bytes = entry.size;
                parts.push(vec![entry]);
            }
        }
        parts
    }
}

fn can_be_without_places(media: &Media) -> bool {
    let finding = media.patches.as_deref().and_then(|encoded| Finding::parse_for(encoded).ok());
    finding.is_some_and(|(finding, _)| finding.safe().and_then(patched::regions).is_some())
}

fn rendition(media: &Media, rendition: &Rendition, version: &str) -> Result<Planned, Without> {
    let crc = rendition.crc.ok_or(Without::Checksum)?;
    let file = format!("{}.{}", rendition.name, rendition.format);
    let stem = media.filename.rsplit_once('.').map_or(media.filename.as_str(), |(stem, _)| stem);
    let source = Source { key: &media.key, of: Of::Rendition { version, file: &file } };
    Ok(planned(media, format!("{stem}.{}", rendition.format), (rendition.bytes, crc), &source))
}

fn planned(media: &Media, name: String, (size, crc): (u64, u32), source: &Source<'_>) -> Planned {
    let wall_clock = media.date_taken.as_deref().unwrap_or(&media.uploaded_at);
    // Where no offset is known, the moment is a guess.
    let taken = media.taken.as_ref().filter(|taken| taken.offset.is_some());
    let time = Time::parse(wall_clock, taken.and_then(|taken| moment(&taken.at)));
    Planned { date: media.date().to_owned(), name, size, crc, time, note: source.encode() }
}
