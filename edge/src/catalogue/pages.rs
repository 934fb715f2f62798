//! Views, blocks and pages, each as a gzip member that is put together from what ingest compressed.

use std::ops::Range;

use bytes::Bytes;
use deflate::Gzip;
use gallery::{
    cursor::Cursor,
    media::{Media, MediaType},
    views::{
        Block, BlockName, Directory, Edition, Unreadable, View,
        item::{self, Position, SEPARATOR},
        shards::line_start,
    },
};
use platform::{Cx, Error, Platform};

use super::{Catalogue, Found, missing, piece::Piece, unreadable};

/// A text of the catalogue in gzip, and the version of the catalogue from which it is.
pub struct Versioned {
    pub version: String,
    pub gzip: Vec<u8>,
}

/// How many blocks of an album are searched for an item, at most and at once. A request may send only so many requests.
const MOST_SEARCHED: usize = 80;
const SEARCHED_AT_ONCE: usize = 16;
/// The bytes of an answer beside its blocks.
const AROUND: usize = 1024;

impl Catalogue {
    /// The timeline of a view: JSON in gzip. `None` if there is no such view.
    pub async fn timeline<P: Platform>(
        &self,
        cx: &Cx<'_, P>,
        view: &View,
        edition: Edition,
    ) -> Result<Option<Versioned>, Error> {
        self.current(cx, async |index| {
            let Some(head) = self.head(cx, index, view).await? else { return Ok(None) };
            let Some(head) = head else { return Ok(Some(None)) };
            let pieces = head.edition(edition);
            let Some(deflated) = self.whole(cx, &pieces.timeline).await? else { return Ok(None) };
            let (length, crc) = pieces.text;
            let mut gzip = Gzip::new(deflated.len() + AROUND);
            gzip.stored(index.timeline_start().as_bytes());
            gzip.block(&deflated, crc, u64::from(length));
            Ok(Some(Some(Versioned { version: index.version.clone(), gzip: gzip.finish() })))
        })
        .await
    }

    /// A block: a JSON list in gzip. `None` if there is no such block.
    pub async fn block<P: Platform>(
        &self,
        cx: &Cx<'_, P>,
        name: &BlockName,
        edition: Edition,
    ) -> Result<Option<Vec<u8>>, Error> {
        if let Some(found) = self.current(cx, async |index| self.find(cx, index, name, edition).await).await? {
            return Ok(Some(found));
        }
        // The name may come from an index that is newer than the one that this instance holds.
        let index = self.index.refresh(cx, &self.shelf).await?;
        self.find(cx, &index, name, edition).await?.ok_or_else(missing)
    }

    async fn find<P: Platform>(
        &self,
        cx: &Cx<'_, P>,
        index: &gallery::views::Index,
        name: &BlockName,
        edition: Edition,
    ) -> Found<Option<Vec<u8>>> {
        let Some(head) = self.head(cx, index, &name.view).await? else { return Ok(None) };
        let Some(head) = head else { return Ok(Some(None)) };
        let Some(directory) = self.directory(cx, &head, edition).await? else { return Ok(None) };
        let Some(at) = directory.blocks().iter().position(|block| block.hash == name.hash) else {
            return Ok(Some(None));
        };
        let Some(blocks) = self.blocks(cx, &directory, at..at + 1).await? else { return Ok(None) };
        let mut gzip = Gzip::new(blocks.iter().map(|(_, deflated)| deflated.len()).sum::<usize>() + AROUND);
        gzip.stored(b"[");
        for (block, deflated) in &blocks {
            gzip.block(deflated, block.crc, u64::from(block.length));
        }
        gzip.stored(b"]");
        Ok(Some(Some(gzip.finish())))
    }

    /// At most `limit` items of the listing after the place `after`, newest first: JSON in gzip, with the cursor of the
    /// next page. Only blocks that the page begins or ends in are inflated.
    pub async fn page<P: Platform>(
        &self,
        cx: &Cx<'_, P>,
        edition: Edition,
        filter: Option<MediaType>,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Versioned, Error> {
        self.current(cx, async |index| {
            let Some(Some(head)) = self.head(cx, index, &View::of(filter)).await? else { return Ok(None) };
            let Some(directory) = self.directory(cx, &head, edition).await? else { return Ok(None) };
            let start = Start::of(&directory, after);
            let last = directory.blocks().partition_point(|block| block.start < start.most + limit);
            let Some(blocks) = self.blocks(cx, &directory, start.block..last).await? else { return Ok(None) };
            let mut page = Page::new(&blocks);
            let begin = match (after, blocks.first()) {
                (Some(after), Some(first)) if !start.is_exact => start.least + skipped(first, after)?,
                _ => start.least,
            };
            let end = (begin + limit).min(directory.count());
            for block in &blocks {
                page.add(block, &(begin..end))?;
            }
            let more = page.last.filter(|_| end < directory.count());
            let next = more.map(|(date, key)| Cursor { filter, date, key }.encode());
            Ok(Some(Versioned { version: index.version.clone(), gzip: page.gzip.end(next.as_deref()) }))
        })
        .await
    }

    /// Where an item stands in a view. `None` if the item is not in the view, or if there is no such view, or if the
    /// item is not among the first five thousand or so of an album.
    pub async fn position<P: Platform>(
        &self,
        cx: &Cx<'_, P>,
        media: &Media,
        view: &View,
        edition: Edition,
    ) -> Result<Option<Position>, Error> {
        let start = line_start(&media.key).map_err(unreadable)?;
        self.current(cx, async |index| {
            let Some(head) = self.head(cx, index, view).await? else { return Ok(None) };
            let Some(head) = head else { return Ok(Some(None)) };
            let Some(directory) = self.directory(cx, &head, edition).await? else { return Ok(None) };
            let all = directory.blocks().len();
            // An album may have any order, so it is read from its beginning.
            let mut wanted = if view.is_ordered_by_place() {
                let at = directory.at_place(media.place());
                at..(at + 1).min(all)
            } else {
                0..all.min(MOST_SEARCHED)
            };
            while !wanted.is_empty() {
                let some = wanted.start..wanted.end.min(wanted.start + SEARCHED_AT_ONCE);
                wanted.start = some.end;
                let Some(blocks) = self.blocks(cx, &directory, some).await? else { return Ok(None) };
                for block in &blocks {
                    let text = inflated(block)?;
                    if let Some(at) = item::lines(&text).position(|line| line.starts_with(&start)) {
                        let name = BlockName { view: view.clone(), hash: block.0.hash };
                        return Ok(Some(Some(Position {
                            view: view.name().to_owned(),
                            block: name.to_string(),
                            index: at,
                            item: block.0.start + at,
                        })));
                    }
                }
            }
            Ok(Some(None))
        })
        .await
    }

    /// Neighbouring blocks of a view, compressed.
    async fn blocks<'d, P: Platform>(
        &self,
        cx: &Cx<'_, P>,
        directory: &'d Directory,
        range: Range<usize>,
    ) -> Found<Vec<(&'d Block, Bytes)>> {
        let runs: Vec<_> = directory.runs(range).collect();
        let pieces = runs.iter().map(|(part, range, _)| Piece { part: (*part).to_owned(), range: range.clone() });
        let is_sound = |number: usize, bytes: &[u8]| runs.get(number).is_some_and(|(_, _, run)| are_whole(run, bytes));
        let read = self.parts.read(cx, &self.shelf, pieces.collect(), &is_sound).await?;
        let Some(read) = read else { return Ok(None) };
        let mut blocks = Vec::new();
        for ((_, _, run), mut bytes) in runs.into_iter().zip(read) {
            for block in run {
                let length = usize::try_from(block.deflated).unwrap_or(usize::MAX).min(bytes.len());
                blocks.push((block, bytes.split_to(length)));
            }
        }
        Ok(Some(blocks))
    }
}

/// Whether these are the blocks, one after the other.
fn are_whole(blocks: &[Block], mut bytes: &[u8]) -> bool {
    blocks.iter().all(|block| {
        let length = usize::try_from(block.deflated).unwrap_or(usize::MAX);
        let Some((own, rest)) = bytes.split_at_checked(length) else { return false };
        bytes = rest;
        deflate::crc32(own) == block.check
    })
}

/// Where a page begins, as far as the directory tells.
struct Start {
    block: usize,
    /// The first item that the page can begin with, and the last one.
    least: usize,
    most: usize,
    is_exact: bool,
}

impl Start {
    fn of(directory: &Directory, after: Option<&Cursor>) -> Self {
        let Some(after) = after else { return Self { block: 0, least: 0, most: 0, is_exact: true } };
        let place = (after.date.as_str(), after.key.as_str());
        let at = directory.at_place(place);
        let found = directory.blocks().get(at);
        let Some(block) = found else {
            let count = directory.count();
            return Self { block: at, least: count, most: count, is_exact: true };
        };
        if (block.last.0.as_str(), block.last.1.as_str()) == place {
            // The page before ended with this block.
            let next = block.start + block.count;
            return Self { block: at + 1, least: next, most: next, is_exact: true };
        }
        Self { block: at, least: block.start, most: block.start + block.count - 1, is_exact: false }
    }
}

/// The number of items of a block that do not come after a cursor.
fn skipped(block: &(&Block, Bytes), after: &Cursor) -> Result<usize, Error> {
    let text = inflated(block)?;
    let lines: Vec<&[u8]> = item::lines(&text).collect();
    let place = |line: &[u8]| item::place(line).map_err(unreadable);
    // The item of the cursor is usually still where it was.
    let start = line_start(&after.key).map_err(unreadable)?;
    if let Some(at) = lines.iter().position(|line| line.starts_with(&start))
        && place(lines[at])?.0 == after.date
    {
        return Ok(at + 1);
    }
    for (at, line) in lines.iter().enumerate() {
        let (date, key) = place(line)?;
        if (date.as_str(), key.as_str()) < (after.date.as_str(), after.key.as_str()) {
            return Ok(at);
        }
    }
    Ok(lines.len())
}

fn inflated((block, deflated): &(&Block, Bytes)) -> Result<Vec<u8>, Error> {
    let length = usize::try_from(block.length).unwrap_or(usize::MAX);
    let text = deflate::inflate_block(deflated, length).filter(|text| deflate::crc32(text) == block.crc);
    text.ok_or_else(|| unreadable(Unreadable))
}

/// A page that is being put together.
struct Page {
    gzip: Listing,
    /// The place of the last item.
    last: Option<(String, String)>,
}

struct Listing {
    gzip: Gzip,
    is_empty: bool,
}

impl Page {
    fn new(blocks: &[(&Block, Bytes)]) -> Self {
        let mut gzip = Gzip::new(blocks.iter().map(|(_, deflated)| deflated.len() + 8).sum::<usize>() + AROUND);
        gzip.stored(br#"{"items":["#);
        Self { gzip: Listing { gzip, is_empty: true }, last: None }
    }

    /// Adds those items of a block that are on the page.
    fn add(&mut self, block: &(&Block, Bytes), page: &Range<usize>) -> Result<(), Error> {
        let (facts, deflated) = block;
        let from = page.start.max(facts.start) - facts.start;
        let to = page.end.clamp(facts.start, facts.start + facts.count) - facts.start;
        if from >= to {
            return Ok(());
        }
        self.gzip.separate();
        if to - from == facts.count {
            self.gzip.gzip.block(deflated, facts.crc, u64::from(facts.length));
            self.last = Some(facts.last.clone());
            return Ok(());
        }
        let text = inflated(block)?;
        let lines: Vec<&[u8]> = item::lines(&text).skip(from).take(to - from).collect();
        self.gzip.gzip.text(&lines.join(SEPARATOR));
        self.last = lines.last().map(|line| item::place(line)).transpose().map_err(unreadable)?;
        Ok(())
    }
}

impl Listing {
    fn separate(&mut self) {
        if !std::mem::take(&mut self.is_empty) {
            self.gzip.stored(SEPARATOR);
        }
    }

    fn end(mut self, next: Option<&str>) -> Vec<u8> {
        // A cursor is base64url, so it stands in JSON as it is.
        let end =
            next.map_or_else(|| r#"],"nextCursor":null}"#.to_owned(), |next| format!(r#"],"nextCursor":"{next}"}}"#));
        self.gzip.stored(end.as_bytes());
        self.gzip.finish()
    }
}
