//! What is in a download, and under which names.

use sha2::{Digest as _, Sha256};
use stored_zip::{Entry, Names, Time};

use super::{Of, Size, Source, moment};
use crate::{
    layout::ThumbnailSize,
    link::Flags,
    media::{Media, MediaType},
    rendition::Rendition,
    views::cut::cut_where,
};

/// A file takes at most so many bytes beside its own and its name, which stands there twice. A ZIP of one does too.
const HEADERS: u64 = 256;

/// In which form items are wanted.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    pub size: Size,
    pub flags: Flags,
}

/// The entries, in any order.
#[derive(Debug)]
pub struct Contents {
    wanted: Wanted,
    pub entries: Vec<Planned>,
    /// Whether an original is among them.
    pub originals: bool,
    /// The items that the viewer does not get in this form.
    pub left_out: u64,
    /// The items that have no checksums yet.
    pub lacking: u64,
}

/// An entry, which has its final name when it is in a part.
#[derive(Debug)]
pub struct Planned {
    /// By which the entries are sorted.
    date: String,
    name: String,
    size: u64,
    crc: u32,
    time: Time,
    note: Vec<u8>,
    /// How many requests to the stores its bytes take at most.
    requests: u64,
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

    /// How much it takes of a ZIP at most.
    fn length(&self) -> u64 {
        self.size.saturating_add(HEADERS + 2 * self.name.len() as u64)
    }

    fn rank(&self) -> u64 {
        let digest = Sha256::digest(&self.note);
        u64::from_be_bytes(std::array::from_fn(|at| digest[at]))
    }
}

impl Contents {
    pub fn new(wanted: Wanted) -> Self {
        Self { wanted, entries: Vec::new(), originals: false, left_out: 0, lacking: 0 }
    }

    /// Adds an item. `blanked` says how many requests to the store an original takes in which places are blanked, by
    /// what its row says of them. `None` where it cannot be had.
    pub fn add(&mut self, media: &Media, blanked: impl FnOnce(Option<&[u8]>) -> Option<u64>) {
        match self.of(media, blanked) {
            Ok(entry) => self.entries.push(entry),
            Err(Without::Checksum) => self.lacking += 1,
            Err(Without::Leave) => self.left_out += 1,
        }
    }

    fn of(&mut self, media: &Media, blanked: impl FnOnce(Option<&[u8]>) -> Option<u64>) -> Result<Planned, Without> {
        let renditions = media.renditions.as_ref();
        if self.wanted.size == Size::Screen && media.r#type == MediaType::Image {
            let screen = renditions.and_then(|all| all.picture(ThumbnailSize::Screen));
            if let Some((screen, all)) = screen.zip(renditions) {
                return rendition(media, screen, &all.version);
            }
        }
        let Flags { originals, places, .. } = self.wanted.flags;
        if !originals {
            return Err(Without::Leave);
        }
        let requests = if places { 1 } else { blanked(media.patches.as_deref()).ok_or(Without::Leave)? };
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
        let planned = planned(media, media.filename.clone(), (size, crc), &source);
        Ok(Planned { requests, ..planned })
    }

    /// The entries by date, under names that differ from each other, in parts that take at most so many requests and
    /// bytes. A single file may take more.
    pub fn into_parts(self, most_requests: Option<u64>, most_bytes: Option<u64>) -> Vec<Vec<Planned>> {
        let mut parts: Vec<Vec<Planned>> = Vec::new();
        let (mut bytes, mut requests) = (0_u64, 0);
        for entry in self.named() {
            let length = entry.length();
            bytes = bytes.saturating_add(length);
            requests += entry.requests;
            let fits = most_requests.is_none_or(|most| requests <= most) && most_bytes.is_none_or(|most| bytes <= most);
            if fits && let Some(part) = parts.last_mut() {
                part.push(entry);
            } else {
                (bytes, requests) = (length, entry.requests);
                parts.push(vec![entry]);
            }
        }
        parts
    }

    /// The entries as those of [`Self::into_parts`], in parts whose ends depend on nothing but the entries: a new one
    /// changes a part or two. A single file may take more than `most_bytes`.
    pub fn into_packs(self, most_bytes: u64) -> Vec<Vec<Planned>> {
        let mut entries = self.named().into_iter();
        let ranks: Vec<u64> = entries.as_slice().iter().map(Planned::rank).collect();
        let mut sums = vec![0_u64];
        for entry in entries.as_slice() {
            sums.push(sums[sums.len() - 1].saturating_add(entry.length()));
        }
        let lengths = cut_where(&ranks, |run| sums[run.end] - sums[run.start] <= most_bytes);
        lengths.into_iter().map(|length| entries.by_ref().take(length).collect()).collect()
    }

    /// The entries by date, under names that differ from each other.
    fn named(self) -> Vec<Planned> {
        let mut entries = self.entries;
        entries.sort_by(|one, other| (&one.date, &one.name, &one.note).cmp(&(&other.date, &other.name, &other.note)));
        let mut names = Names::default();
        for entry in &mut entries {
            entry.name = names.safe(&entry.name);
        }
        entries
    }
}

fn rendition(media: &Media, rendition: &Rendition, version: &str) -> Result<Planned, Without> {
    let crc = rendition.crc.ok_or(Without::Checksum)?;
    let file = format!("{}.{}", rendition.name, rendition.format);
    let stem = media.filename.rsplit_once('.').map_or(media.filename.as_str(), |(stem, _)| stem);
    let source = Source { key: &media.key, of: Of::Rendition { version, file: &file } };
    Ok(planned(media, format!("{stem}.{}", rendition.format), (rendition.bytes, crc), &source))
}

/// How long a date without a time is.
const DAY: &str = "2024-06-15";

fn planned(media: &Media, name: String, (size, crc): (u64, u32), source: &Source<'_>) -> Planned {
    let wall_clock = media.date_taken.as_deref().unwrap_or(&media.uploaded_at);
    // Where no offset is known, the moment is a guess.
    let taken = media.taken.as_ref().filter(|taken| taken.offset.is_some());
    let time = time(wall_clock, taken.map(|taken| taken.at.as_str()));
    Planned { date: media.date().to_owned(), name, size, crc, time, note: source.encode(), requests: 1 }
}

/// Of some only the day is known. They come last on it, as in the listing, and have no moment.
fn time(wall_clock: &str, at: Option<&str>) -> Time {
    if wall_clock.len() == DAY.len() {
        return Time::parse(&[wall_clock, "T23:59:59"].concat(), None);
    }
    Time::parse(wall_clock, at.and_then(moment))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checksums::Checksums;

    #[test]
    fn a_file_of_which_only_the_day_is_known_is_of_this_day() {
        let at = Some("2024-06-15T12:00:00Z");
        assert_eq!(time("2024-06-15", at), Time::parse("2024-06-15T23:59:59", None));
        assert_eq!(time("2024-06-15T14:00:00", at), Time::parse("2024-06-15T14:00:00", Some(1_718_452_800)));
        assert_ne!(time("2024-06-15", at), time("2024-06-14", at));
    }

    fn entry(name: &str, size: u64, requests: u64) -> Planned {
        let time = Time::parse("2024-06-15T14:00:00", None);
        Planned { date: String::new(), name: name.to_owned(), size, crc: 0, time, note: Vec::new(), requests }
    }

    /// The sizes of the files in each part.
    fn parts(entries: Vec<Planned>, most_requests: Option<u64>, most_bytes: Option<u64>) -> Vec<Vec<u64>> {
        let wanted = Wanted { size: Size::Original, flags: Flags::ALL };
        let contents = Contents { entries, ..Contents::new(wanted) };
        let parts = contents.into_parts(most_requests, most_bytes);
        sizes(&parts)
    }

    fn sizes(parts: &[Vec<Planned>]) -> Vec<Vec<u64>> {
        parts.iter().map(|part| part.iter().map(|entry| entry.size).collect()).collect()
    }

    #[test]
    fn a_part_takes_no_more_requests_and_bytes_than_a_host_allows() {
        let some =
            || vec![entry("a", 10, 1), entry("b", 20, 3), entry("c", 30, 3), entry("d", 40, 1), entry("e", 50, 9)];
        assert_eq!(parts(some(), None, None), [[10, 20, 30, 40, 50]]);
        assert_eq!(parts(some(), Some(7), None), [vec![10, 20, 30], vec![40], vec![50]]);
        assert_eq!(parts(some(), Some(1), None), [[10], [20], [30], [40], [50]]);
        let around = HEADERS + 2;
        assert_eq!(parts(some(), None, Some(30 + 2 * around)), [vec![10, 20], vec![30], vec![40], vec![50]]);
        assert_eq!(parts(Vec::new(), Some(7), Some(7)), Vec::<Vec<u64>>::new());
    }

    #[test]
    fn a_zip_is_no_longer_than_its_files_are_reckoned() {
        let name = "n".repeat(255);
        let time = Time::parse("2024-06-15T14:00:00", Some(1));
        let mut builder = stored_zip::Builder::new(b"").unwrap();
        for _ in 0..2 {
            builder.push(&Entry { name: &name, size: 5 << 30, crc: 0, time, note: b"" }).unwrap();
        }
        assert!(builder.length() <= 2 * ((5 << 30) + HEADERS + 2 * 255), "{}", builder.length());
    }
    #[test]
    fn a_new_file_changes_at_most_two_packs() {
        let entries = |from: u64| -> Vec<Planned> {
            let of = |number: u64| Planned {
                note: number.to_be_bytes().to_vec(),
                ..entry(&format!("{number:05}"), 1000 + number, 1)
            };
            (from..from + 2000).map(of).collect()
        };
        let packs = |entries: Vec<Planned>| {
            let wanted = Wanted { size: Size::Original, flags: Flags::ALL };
            sizes(&Contents { entries, ..Contents::new(wanted) }.into_packs(100_000))
        };
        let before = packs(entries(0));
        assert!((45..=120).contains(&before.len()), "{}", before.len());
        assert_eq!(before.concat().len(), 2000);
        let most = |pack: &Vec<u64>| pack.iter().map(|size| size + HEADERS + 10).sum::<u64>() <= 100_000;
        assert!(before.iter().all(most));
        for at in [0_u64, 3, 999, 1500, 2000] {
            let mut more = entries(0);
            let name = format!("{at:05}a");
            more.push(Planned { note: name.as_bytes().to_vec(), ..entry(&name, 77, 1) });
            let after = packs(more);
            assert!(after.iter().filter(|pack| !before.contains(pack)).count() <= 2, "{at}");
        }
        let large = vec![entry("a", 1 << 40, 1), entry("b", 1, 1)];
        assert_eq!(packs(large).len(), 2, "what is too large is alone");
    }

    /// The clip as the camera wrote it tells where it was taken. It is taken home by who may see that.
    #[test]
    fn a_cameras_own_clip_is_for_who_sees_places() {
        let mut media: Media = serde_json::from_value(serde_json::json!({
            "key": "a.heic", "filename": "a.heic", "type": "image", "size": 9, "uploadedAt": "2024",
            "thumbnails": [true, true, true], "updatedAt": "2024",
            "renditions": { "version": "0123456789abcdef", "original": false, "all": [
                { "name": "source-1-00000001", "format": "mov", "width": 4, "height": 3, "bytes": 7,
                  "crc": 5 }] }
        }))
        .unwrap();
        media.checksums = Some(Checksums { whole: 1, without_places: Some(2), object: 3 });
        let names = |flags: Flags, size: Size| -> Vec<String> {
            let mut contents = Contents::new(Wanted { size, flags });
            contents.add(&media, |_| Some(1));
            contents.entries.iter().map(|entry| entry.name.clone()).collect()
        };
        assert_eq!(names(Flags::ALL, Size::Original), ["a.mov", "a.heic"]);
        assert_eq!(names(Flags { places: false, ..Flags::ALL }, Size::Original), ["a.heic"]);
        assert_eq!(names(Flags { originals: false, ..Flags::ALL }, Size::Original), [""; 0]);
        assert_eq!(names(Flags::ALL, Size::Screen), ["a.heic"]);
    }
}
