//! Renders the catalogue into views: all that is made when the library changes.

use std::collections::{HashMap, HashSet};

use deflate::{Gzip, crc32};

use super::{
    Access, Block, Directory, Edition, Hash, Head, Index, Part, Pieces, View, cut,
    index::Beside,
    item, name_of,
    shards::{self, IN_A_PART},
    timeline::{self, Named, Timeline},
};
use crate::media::{Media, MediaType};

/// The most blocks of a segment.
const IN_A_SEGMENT: usize = 16;
/// How many texts are compressed at a time. They are in memory together.
const AT_A_TIME: usize = 256;
/// Up to so many films have a list of their own, so that it may lie in the index.
const FEW_FILMS: usize = 100;

/// What the library says about itself, beside its items.
#[derive(Clone, Debug, Default)]
pub struct About {
    pub title: Option<String>,
    pub subtitle: Option<String>,
    /// The key of a photo.
    pub cover: Option<String>,
    pub albums: Vec<Album>,
    pub access: Access,
    /// What packs there are: the text of [`crate::download::packs::encode`], or nothing.
    pub packs: Vec<u8>,
}

impl About {
    /// The names of the albums' views of each item, with commas between them.
    pub fn albums_of_items(&self) -> HashMap<&str, String> {
        let mut all: HashMap<&str, String> = HashMap::new();
        for album in &self.albums {
            for key in &album.keys {
                let names = all.entry(key).or_default();
                if !names.is_empty() {
                    names.push(',');
                }
                names.push_str(album.view.name());
            }
        }
        all
    }
}

#[derive(Clone, Debug)]
pub struct Album {
    pub view: View,
    pub title: String,
    /// The keys of its items, in order.
    pub keys: Vec<String>,
}

/// Segments that are stored already, by the hashes of their blocks. They are not made again.
#[derive(Debug, Default)]
pub struct Known(HashMap<Vec<Hash>, (String, Vec<Block>)>);

impl Known {
    pub fn add(&mut self, directory: &Directory) {
        for (segment, _, run) in directory.runs(0..directory.blocks().len()) {
            let hashes = run.iter().map(|block| block.hash).collect();
            self.0.insert(hashes, (segment.to_owned(), run.to_vec()));
        }
    }
}

/// The catalogue, ready to be stored.
#[derive(Debug)]
pub struct Built {
    /// The index, without the name of the one before it.
    pub index: Index,
    /// The contents of the parts that are not [`Known`], by name.
    pub parts: HashMap<String, Vec<u8>>,
    /// The names of all parts that the index leads to and that do not lie in it.
    pub names: HashSet<String>,
}

/// Renders the catalogue. The items may come in any order. `deflate` compresses texts, each into a piece of raw
/// DEFLATE that ends in a full flush.
pub fn build(
    mut items: Vec<Media>,
    about: &About,
    known: &Known,
    deflate: impl FnMut(&[Vec<u8>]) -> Vec<Vec<u8>>,
) -> serde_json::Result<Built> {
    let mut albums = about.albums_of_items();
    for item in &mut items {
        item.albums = albums.remove(item.key.as_str()).unwrap_or_default();
    }
    items.sort_by(|a, b| b.place().cmp(&a.place()));
    let mut builder = Builder {
        rendered: items.iter().map(Rendered::of).collect::<serde_json::Result<_>>()?,
        items: &items,
        known,
        deflate,
        parts: HashMap::new(),
        names: HashSet::new(),
    };
    builder.catalogue(about)
}

/// The JSON of an item in both editions.
struct Rendered {
    one: Vec<u8>,
    /// Where it differs.
    split: Option<Vec<u8>>,
}

impl Rendered {
    fn of(media: &Media) -> serde_json::Result<Self> {
        let mut one = Vec::with_capacity(1024);
        item::write(media, Edition::OneOrigin, &mut one)?;
        one.shrink_to_fit();
        let split = match media.r#type {
            MediaType::Image => None,
            MediaType::Video => {
                let mut split = Vec::new();
                item::write(media, Edition::Split, &mut split)?;
                Some(split)
            }
        };
        Ok(Self { one, split })
    }

    fn json(&self, edition: Edition) -> &[u8] {
        match (edition, &self.split) {
            (Edition::Split, Some(split)) => split,
            _ => &self.one,
        }
    }
}

struct Builder<'a, F> {
    items: &'a [Media],
    rendered: Vec<Rendered>,
    known: &'a Known,
    deflate: F,
    parts: HashMap<String, Vec<u8>>,
    /// The names of the parts that cannot lie in the index.
    names: HashSet<String>,
}

/// A view before it is cut: its name, the title of an album, and which items are in it.
struct Plan {
    view: View,
    title: Option<String>,
    items: Vec<usize>,
}

impl<F: FnMut(&[Vec<u8>]) -> Vec<Vec<u8>>> Builder<'_, F> {
    fn catalogue(&mut self, about: &About) -> serde_json::Result<Built> {
        let plans = self.plans(about);
        let named: Vec<Named> =
            plans.iter().map(|plan| Named::of(&plan.view, plan.title.as_deref(), plan.items.len())).collect();
        let mut heads = Vec::with_capacity(plans.len());
        for plan in &plans {
            let lengths = cut::cut(plan.items.iter().map(|item| self.items[*item].key.as_str()));
            let one = self.pieces(about, &named, plan, &lengths, Edition::OneOrigin)?;
            let split = self.pieces(about, &named, plan, &lengths, Edition::Split)?;
            heads.push(Head::new(&plan.view, plan.title.clone(), plan.items.len(), [one, split]));
        }
        let albums = heads.split_off(3);
        let directories = albums.iter().flat_map(Head::editions).map(|pieces| pieces.directory.name.clone());
        self.names.extend(directories);
        let albums = if albums.is_empty() { None } else { Some(self.keep(serde_json::to_vec(&albums)?)) };
        let films = self.films()?;
        let shards = self.shards()?;
        let mut index = Index::new(heads, albums, &shards);
        let links = (!about.access.links.is_empty()).then(|| self.keep(about.access.links.clone()));
        let packs = (!about.packs.is_empty()).then(|| self.keep(about.packs.clone()));
        let beside = Beside { epoch: about.access.epoch, links, packs };
        index.seal(films.as_deref(), beside, |part| self.parts.get(&part.name).cloned())?;
        self.names.extend(index.outside().map(|part| part.name.clone()));
        Ok(Built { index, parts: std::mem::take(&mut self.parts), names: std::mem::take(&mut self.names) })
    }

    fn plans(&self, about: &About) -> Vec<Plan> {
        let all = |filter: Option<MediaType>| Plan {
            view: View::of(filter),
            title: None,
            items: (0..self.items.len())
                .filter(|item| filter.is_none_or(|filter| self.items[*item].r#type == filter))
                .collect(),
        };
        let mut plans = vec![all(None), all(Some(MediaType::Image)), all(Some(MediaType::Video))];
        let at: HashMap<&str, usize> =
            self.items.iter().enumerate().map(|(at, item)| (item.key.as_str(), at)).collect();
        plans.extend(about.albums.iter().map(|album| Plan {
            view: album.view.clone(),
            title: Some(album.title.clone()),
            items: album.keys.iter().filter_map(|key| at.get(key.as_str()).copied()).collect(),
        }));
        plans
    }

    /// The blocks, the directory and the timeline of a view.
    fn pieces(
        &mut self,
        about: &About,
        named: &[Named],
        plan: &Plan,
        lengths: &[usize],
        edition: Edition,
    ) -> serde_json::Result<Pieces> {
        let directory = self.blocks(plan, lengths, edition);
        let timeline = Timeline {
            title: about.title.as_deref(),
            subtitle: about.subtitle.as_deref(),
            cover: about.cover.as_deref(),
            views: named,
            view: plan.view.name(),
            count: plan.items.len(),
            days: timeline::days(plan.items.iter().map(|item| &self.items[*item])),
            ratios: plan
                .items
                .iter()
                .map(|item| timeline::shape(self.items[*item].width, self.items[*item].height))
                .collect(),
            blocks: timeline::blocks(&plan.view, &directory),
        };
        // The first field is that of the version, which is written when it is asked for.
        let text = serde_json::to_vec(&timeline)?.split_off(1);
        let text_facts = (number(text.len()), crc32(&text));
        let deflated = self.deflate_one(&text);
        let encoded = self.gzip(&directory.encode());
        Ok(Pieces { directory: self.keep(encoded), timeline: self.keep_apart(deflated), text: text_facts })
    }

    /// Cuts a view into blocks, and these into segments.
    fn blocks(&mut self, plan: &Plan, lengths: &[usize], edition: Edition) -> Directory {
        let mut start = 0;
        let items: Vec<&[usize]> = lengths
            .iter()
            .map(|length| {
                let items = &plan.items[start..start + length];
                start += length;
                items
            })
            .collect();
        let hashes: Vec<Hash> = items.iter().map(|items| Hash::of(&self.text(items, edition))).collect();
        let mut directory = Directory::default();
        let mut first = 0;
        let mut wanted: Vec<(usize, usize)> = Vec::new();
        for at in 0..hashes.len() {
            // A segment ends where the hash of its last block says so.
            if hashes[at].0[0].is_multiple_of(8) || at + 1 - first == IN_A_SEGMENT || at + 1 == hashes.len() {
                wanted.push((first, at + 1));
                first = at + 1;
            }
        }
        let mut wanted = wanted.as_slice();
        while !wanted.is_empty() {
            let (some, rest) = wanted.split_at(wanted.len().min(AT_A_TIME / IN_A_SEGMENT));
            wanted = rest;
            self.segments(some, &items, &hashes, edition, &mut directory);
        }
        directory
    }

    /// Adds some segments to a directory. Those that are not known are made.
    fn segments(
        &mut self,
        segments: &[(usize, usize)],
        items: &[&[usize]],
        hashes: &[Hash],
        edition: Edition,
        directory: &mut Directory,
    ) {
        let known = self.known;
        let is_new = |(from, to): &&(usize, usize)| !known.0.contains_key(&hashes[*from..*to]);
        let new = segments.iter().filter(is_new).flat_map(|(from, to)| *from..*to);
        let texts: Vec<Vec<u8>> = new.map(|block| self.text(items[block], edition)).collect();
        let mut made = (self.deflate)(&texts).into_iter().zip(&texts);
        for (from, to) in segments {
            if let Some((name, blocks)) = known.0.get(&hashes[*from..*to]) {
                directory.begin_segment(name.clone());
                for block in blocks {
                    directory.push(block.clone());
                }
                self.names.insert(name.clone());
                continue;
            }
            let blocks: Vec<(Vec<u8>, &Vec<u8>)> = made.by_ref().take(to - from).collect();
            let segment: Vec<u8> = blocks.iter().flat_map(|(deflated, _)| deflated).copied().collect();
            directory.begin_segment(self.keep_apart(segment).name);
            for (block, (deflated, text)) in (*from..*to).zip(&blocks) {
                let last = items[block].last().map_or(("", ""), |item| self.items[*item].place());
                directory.push(Block {
                    hash: hashes[block],
                    count: items[block].len(),
                    deflated: number(deflated.len()),
                    length: number(text.len()),
                    crc: crc32(text),
                    check: crc32(deflated),
                    last: (last.0.to_owned(), last.1.to_owned()),
                    segment: 0,
                    offset: 0,
                    start: 0,
                });
            }
        }
    }

    /// The text of a block.
    fn text(&self, items: &[usize], edition: Edition) -> Vec<u8> {
        let json: Vec<&[u8]> = items.iter().map(|item| self.rendered[*item].json(edition)).collect();
        json.join(item::SEPARATOR)
    }

    /// The films, if they are few.
    fn films(&mut self) -> serde_json::Result<Option<Vec<u8>>> {
        let films: Vec<&Media> = self.items.iter().filter(|item| item.r#type == MediaType::Video).collect();
        if films.len() > FEW_FILMS {
            return Ok(None);
        }
        let lines: Vec<Vec<u8>> =
            films.iter().map(|film| shards::film_line(film)).collect::<serde_json::Result<_>>()?;
        Ok(Some(self.gzip(&lines.concat())))
    }

    /// The parts that hold the shards, and the length of each shard.
    fn shards(&mut self) -> serde_json::Result<Vec<(String, Vec<u32>)>> {
        let count = shards::count(self.items.len());
        let mut texts = vec![Vec::new(); count];
        for item in self.items {
            let text = &mut texts[shards::of(&item.key, count)];
            serde_json::to_writer(&mut *text, item)?;
            text.push(b'\n');
        }
        let mut parts = Vec::new();
        for texts in texts.chunks(IN_A_PART) {
            let deflated = (self.deflate)(texts);
            let members = texts.iter().zip(&deflated).map(|(text, deflated)| member(text, deflated));
            let members: Vec<Vec<u8>> = members.collect();
            let lengths = members.iter().map(|member| number(member.len())).collect();
            parts.push((self.keep_apart(members.concat()).name, lengths));
        }
        Ok(parts)
    }

    fn deflate_one(&mut self, text: &Vec<u8>) -> Vec<u8> {
        (self.deflate)(std::slice::from_ref(text)).pop().unwrap_or_default()
    }

    fn gzip(&mut self, text: &Vec<u8>) -> Vec<u8> {
        let deflated = self.deflate_one(text);
        member(text, &deflated)
    }

    /// Makes a part.
    fn keep(&mut self, content: Vec<u8>) -> Part {
        let part = Part::new(name_of(&[&content]), number(content.len()));
        self.parts.insert(part.name.clone(), content);
        part
    }

    /// Makes a part that cannot lie in the index.
    fn keep_apart(&mut self, content: Vec<u8>) -> Part {
        let part = self.keep(content);
        self.names.insert(part.name.clone());
        part
    }
}

/// A gzip member with one piece, or nothing for an empty text.
fn member(text: &[u8], deflated: &[u8]) -> Vec<u8> {
    if text.is_empty() {
        return Vec::new();
    }
    let mut gzip = Gzip::new(deflated.len() + 32);
    gzip.block(deflated, crc32(text), text.len() as u64);
    gzip.finish()
}

/// No part is as large as 4 GiB.
fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
#[path = "build_tests.rs"]
mod tests;
