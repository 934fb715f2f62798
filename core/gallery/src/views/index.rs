//! The index of the catalogue: the one object that is replaced.

use std::cell::OnceCell;

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use serde::{Deserialize, Serialize};

use super::{
    Unreadable, View, directory,
    head::Head,
    is_part_name,
    part::Part,
    shards::{self, IN_A_PART},
};

/// The version of the layout. A reader refuses an index of another version.
const FORMAT: u32 = 2;
/// The index and what lies in it have at most so many bytes, so that they are read at once.
const MOST_BYTES: usize = 4096;

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Index {
    format: u32,
    /// A digest of everything that the index names: the same catalogue has the same version.
    pub version: String,
    /// The part that holds the index before this one. Its parts stay for readers that still use it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<String>,
    /// The number of items.
    pub count: usize,
    /// [`Views`], as JSON in a text. It is parsed when it is first needed: a service that plays films reads no views,
    /// and has no code for it.
    views: String,
    #[serde(skip)]
    parsed: OnceCell<Views>,
    /// The number of shards.
    shards: usize,
    /// The parts with the shards, each of which holds the next [`IN_A_PART`].
    shard_parts: Vec<String>,
    /// The length of each shard in bytes, as LEB128 in base64.
    shard_lengths: String,
    /// A gzip member in base64, with JSON Lines of the films, if they are few: to play one then takes no shard. Empty
    /// if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    films: Option<String>,
    /// A number that the operator raises to end every session.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub epoch: u32,
    /// The part with the links, see [`crate::link`], if there are any, as [`Part::to_text`] writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    links: Option<String>,
    /// The part with the packs, see [`crate::download::packs`], if there are any, written likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    packs: Option<String>,
}

/// Who may enter, as the operator's program says it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// See [`Index::epoch`].
    pub epoch: u32,
    /// The signed text of the links, or an empty text.
    pub links: Vec<u8>,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // for serde
const fn is_zero(number: &u32) -> bool {
    *number == 0
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Views {
    /// Everything, photos, films.
    heads: Vec<Head>,
    /// A JSON list of the heads of albums, if there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    albums: Option<Part>,
}

/// What an index says beside the catalogue itself. It is not part of the version.
#[derive(Debug, Default)]
pub(super) struct Beside {
    pub epoch: u32,
    pub links: Option<Part>,
    pub packs: Option<Part>,
}

impl Index {
    /// An index without a version, and with all parts outside of it.
    pub fn new(heads: Vec<Head>, albums: Option<Part>, shards: &[(String, Vec<u32>)]) -> Self {
        let mut lengths = Vec::new();
        for length in shards.iter().flat_map(|(_, lengths)| lengths) {
            directory::put(&mut lengths, u64::from(*length));
        }
        Self {
            format: FORMAT,
            version: String::new(),
            previous: None,
            count: heads.first().map_or(0, |everything| everything.count),
            views: String::new(),
            parsed: OnceCell::from(Views { heads, albums }),
            shards: shards.iter().map(|(_, lengths)| lengths.len()).sum(),
            shard_parts: shards.iter().map(|(name, _)| name.clone()).collect(),
            shard_lengths: STANDARD_NO_PAD.encode(lengths),
            films: None,
            epoch: 0,
            links: None,
            packs: None,
        }
    }

    pub fn parse(json: &[u8]) -> Result<Self, Unreadable> {
        let index: Self = serde_json::from_slice(json).map_err(|_| Unreadable)?;
        let sound = index.format == FORMAT
            && index.version.len() == 16
            && index.version.bytes().all(super::is_digit)
            && index.previous.iter().chain(&index.shard_parts).all(|name| is_part_name(name))
            && index.links.iter().chain(&index.packs).all(|part| Part::of_text(part).is_some())
            && (1..=shards::MOST).contains(&index.shards)
            && index.shard_parts.len() == index.shards.div_ceil(IN_A_PART);
        if sound { Ok(index) } else { Err(Unreadable) }
    }

    /// Sets the version, and takes the list of films and small parts into the index as long as it stays small.
    /// `content` is that of a part.
    pub(super) fn seal(
        &mut self,
        films: Option<&[u8]>,
        beside: Beside,
        content: impl Fn(&Part) -> Option<Vec<u8>>,
    ) -> serde_json::Result<()> {
        self.version = super::Hash::of(&self.encode()?).to_string();
        let Beside { epoch, links, packs } = beside;
        self.epoch = epoch;
        self.packs = packs.map(|packs| packs.to_text());
        // The room for the name of the index before.
        self.previous = Some(String::from_utf8_lossy(&[b'0'; 32]).into_owned());
        self.films = films.map(|films| STANDARD_NO_PAD.encode(films));
        if self.encode()?.len() > MOST_BYTES {
            self.films = None;
        }
        if let Some(mut links) = links {
            self.links = Some(links.to_text());
            if let Some(content) = content(&links) {
                links.put(&content);
                let outside = self.links.replace(links.to_text());
                if self.encode()?.len() > MOST_BYTES {
                    self.links = outside;
                }
            }
        }
        for at in 0.. {
            let Some(part) = self.parts_mut().nth(at) else { break };
            let Some(content) = content(part) else { continue };
            part.put(&content);
            if self.encode()?.len() > MOST_BYTES
                && let Some(part) = self.parts_mut().nth(at)
            {
                part.take();
            }
        }
        self.previous = None;
        self.encode().map(drop)
    }

    /// The bytes that [`Self::parse`] reads.
    pub fn encode(&mut self) -> serde_json::Result<Vec<u8>> {
        if let Some(views) = self.parsed.get() {
            self.views = serde_json::to_string(views)?;
        }
        serde_json::to_vec(self)
    }

    /// The parts that may lie in the index, the first ones rather than the others.
    fn parts_mut(&mut self) -> impl Iterator<Item = &mut Part> {
        self.parsed.get_mut().into_iter().flat_map(|Views { heads, albums }| {
            heads.iter_mut().flat_map(Head::editions_mut).map(|pieces| &mut pieces.directory).chain(albums)
        })
    }

    /// The parts that could lie in an index that is being made, and do not.
    pub fn outside(&self) -> impl Iterator<Item = Part> {
        let all = self.parsed.get().into_iter().flat_map(|Views { heads, albums }| {
            heads.iter().flat_map(Head::editions).map(|pieces| &pieces.directory).chain(albums)
        });
        all.cloned().chain(self.links()).chain(self.packs()).filter(Part::is_outside)
    }

    /// The part with the links, if there are any.
    pub fn links(&self) -> Option<Part> {
        Part::of_text(self.links.as_ref()?)
    }

    /// The part with the packs, if there are any.
    pub fn packs(&self) -> Option<Part> {
        Part::of_text(self.packs.as_ref()?)
    }

    /// Whether both name the same packs.
    pub fn has_packs_of(&self, other: &Self) -> bool {
        self.packs == other.packs
    }

    /// Whether the same people may enter by both.
    pub fn has_access_of(&self, other: &Self) -> bool {
        let name = |index: &Self| index.links().map(|links| links.name);
        self.epoch == other.epoch && name(self) == name(other)
    }

    /// The list of films, if there is one: a gzip member, or nothing if there are no films.
    pub fn films(&self) -> Option<Vec<u8>> {
        STANDARD_NO_PAD.decode(self.films.as_ref()?).ok()
    }

    fn views(&self) -> Result<&Views, Unreadable> {
        if let Some(views) = self.parsed.get() {
            return Ok(views);
        }
        let views: Views = serde_json::from_slice(self.views.as_bytes()).map_err(|_| Unreadable)?;
        if !views.heads.iter().all(Head::is_sound) || !views.albums.iter().all(Part::is_sound) {
            return Err(Unreadable);
        }
        Ok(self.parsed.get_or_init(|| views))
    }

    /// The heads of everything, photos and films.
    pub fn heads(&self) -> Result<&[Head], Unreadable> {
        Ok(&self.views()?.heads)
    }

    /// A JSON list of the heads of albums, if there are any.
    pub fn albums(&self) -> Result<Option<&Part>, Unreadable> {
        Ok(self.views()?.albums.as_ref())
    }

    pub fn head(&self, view: &View) -> Result<Option<&Head>, Unreadable> {
        Ok(self.heads()?.iter().find(|head| head.name == view.name()))
    }

    /// The part and the bytes in it that hold the shard of a key. `None` if the shard is empty.
    pub fn shard(&self, key: &str) -> Result<Option<(&str, std::ops::Range<u64>)>, Unreadable> {
        let shard = shards::of(key, self.shards);
        let lengths = STANDARD_NO_PAD.decode(&self.shard_lengths).map_err(|_| Unreadable)?;
        let mut rest = &lengths[..];
        let (first, mut start) = (shard / IN_A_PART * IN_A_PART, 0);
        for at in 0..shard {
            let length = directory::take(&mut rest)?;
            start = if at >= first { u64::checked_add(start, length).ok_or(Unreadable)? } else { 0 };
        }
        let length = directory::take(&mut rest)?;
        let part = self.shard_parts.get(shard / IN_A_PART).ok_or(Unreadable)?;
        let end = start.checked_add(length).ok_or(Unreadable)?;
        Ok((length > 0).then_some((part.as_str(), start..end)))
    }

    /// Each part that holds shards, and the lengths of the shards in it.
    pub fn shards(&self) -> Result<Vec<(&str, Vec<u64>)>, Unreadable> {
        let lengths = STANDARD_NO_PAD.decode(&self.shard_lengths).map_err(|_| Unreadable)?;
        let mut rest = &lengths[..];
        let lengths = (0..self.shards).map(|_| directory::take(&mut rest)).collect::<Result<Vec<u64>, _>>()?;
        Ok(self.shard_parts.iter().map(String::as_str).zip(lengths.chunks(IN_A_PART).map(<[u64]>::to_vec)).collect())
    }

    /// The names of the parts that hold the shards.
    pub fn shard_parts(&self) -> &[String] {
        &self.shard_parts
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::{super::Pieces, *};

    fn part(content: &[u8]) -> Part {
        Part::new(super::super::name_of(&[content]), u32::try_from(content.len()).unwrap())
    }

    fn pieces(directory: &[u8]) -> Pieces {
        Pieces { directory: part(directory), timeline: part(b"timeline"), text: (8, 5) }
    }

    fn index(directory: &[u8]) -> Index {
        let head = |filter| Head::new(&View::of(filter), None, 3, [pieces(directory), pieces(directory)]);
        let shards = vec![("a".repeat(32), vec![100; 16]), ("b".repeat(32), vec![7, 0, 300])];
        Index::new(vec![head(None), head(Some(crate::media::MediaType::Video))], None, &shards)
    }

    #[test]
    fn small_parts_lie_in_the_index_and_it_comes_back() {
        for (directory, inside) in [(vec![1; 500], 2), (vec![1; 1500], 1), (vec![1; 5000], 0)] {
            let contents: HashMap<String, Vec<u8>> = [(part(&directory).name, directory.clone())].into();
            let mut index = index(&directory);
            index.seal(Some(b"films"), Beside::default(), |part| contents.get(&part.name).cloned()).unwrap();
            let json = index.encode().unwrap();
            assert!(json.len() <= MOST_BYTES, "{}", json.len());
            let mut read = Index::parse(&json).unwrap();
            assert_eq!(read.heads(), index.heads());
            assert_eq!(read.encode().unwrap(), json);
            let kept: Vec<_> = read.heads().unwrap().iter().filter_map(|head| head.one.directory.content()).collect();
            assert_eq!(kept, vec![directory; inside]);
            assert_eq!(read.films().as_deref(), Some(&b"films"[..]));
        }
    }

    #[test]
    fn the_version_is_that_of_the_content() {
        let version = |directory: &[u8], keep: bool| {
            let mut index = index(directory);
            index.seal(None, Beside::default(), |part| keep.then(|| part.name.clone().into_bytes())).unwrap();
            index.version
        };
        assert_eq!(version(b"a", true), version(b"a", false));
        assert_ne!(version(b"a", true), version(b"b", true));
    }

    #[test]
    fn links_go_before_directories_and_are_not_in_the_version() {
        let (directory, links) = (vec![1; 1500], vec![2; 1000]);
        let mut index = index(&directory);
        let mut same = index.clone();
        same.seal(None, Beside::default(), |_| None).unwrap();
        let content = |part: &Part| Some(if part.length == 1000 { links.clone() } else { directory.clone() });
        let beside = Beside { epoch: 7, links: Some(part(&links)), packs: Some(part(b"packs")) };
        index.seal(None, beside, content).unwrap();
        assert!(index.encode().unwrap().len() <= MOST_BYTES);
        let read = Index::parse(&index.encode().unwrap()).unwrap();
        assert_eq!((read.epoch, read.links().and_then(|links| links.content())), (7, Some(links)));
        assert_eq!(read.version, same.version);
        assert!(!read.has_access_of(&same) && read.has_access_of(&read.clone()));
        assert!(!read.has_packs_of(&same) && read.has_packs_of(&read.clone()));
        assert_eq!(read.packs().map(|packs| packs.name), Some(part(b"packs").name));
    }

    #[test]
    fn shards_are_found() {
        let index = index(b"");
        let found: Vec<_> = (0..400).map(|number| index.shard(&format!("{number}.jpg")).unwrap()).collect();
        for (part, bytes) in found.iter().flatten() {
            let known = if part.starts_with('a') {
                bytes.end - bytes.start == 100 && bytes.start % 100 == 0
            } else {
                *bytes == (0..7) || *bytes == (7..307)
            };
            assert!(known, "{part} {bytes:?}");
        }
        assert!(found.iter().any(Option::is_none), "one shard is empty");
        let (a, b) = ("a".repeat(32), "b".repeat(32));
        assert_eq!(index.shards().unwrap(), [(a.as_str(), vec![100; 16]), (b.as_str(), vec![7, 0, 300])]);
    }

    #[test]
    fn what_is_no_index_is_refused() {
        let mut index = index(b"");
        index.seal(None, Beside::default(), |_| None).unwrap();
        let json = String::from_utf8(index.encode().unwrap()).unwrap();
        for (from, to) in [
            ("\"format\":2", "\"format\":3"),
            ("\"shards\":19", "\"shards\":190"),
            ("\"version\":\"", "\"version\":\"x"),
        ] {
            assert_ne!(json.replace(from, to), json);
            assert!(Index::parse(json.replace(from, to).as_bytes()).is_err(), "{from}");
        }
        assert!(Index::parse(&json.as_bytes()[1..]).is_err());
        let other = Index::parse(json.replace("everything", "../x").as_bytes()).unwrap();
        assert_eq!(other.heads(), Err(Unreadable), "views are looked at when they are needed");
    }
}
