//! Lays packs into the bucket: finished ZIPs, see [`gallery::download::packs`].
//!
//! Each is made out of the objects in the bucket, a piece at a time, in a file of the folder for temporary files. The
//! bytes of every entry are compared with its row.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{BufWriter, Write as _};

use crc32fast::Hasher;
use gallery::download::packs::{self, Form, Group, Pack, Planned, Set};
use gallery::download::{Of, Source};
use gallery::layout;
use gallery::media::{Media, MediaType};
use gallery::views::View;
use gallery::views::build::About;
use privacy::{Finding, ObjectMark, Patches};
use stored_zip::{Manifest, Step};

use crate::bucket::{Bucket, Content, Headers};
use crate::catalogue::Catalogue;
use crate::failure::Failure;
use crate::objects;
use crate::progress::Progress;
use crate::publish::OLD_VERSIONS_STAY;
use crate::scratch::Scratch;
use crate::tally::Tally;
use crate::{Options, Stop};

const FORMS: [Form; 3] = [Form::Whole, Form::Blanked, Form::Screen];
const HEADERS: Headers =
    Headers { content_type: "application/zip", cache_control: "private, max-age=31536000, immutable" };

/// The text of the sets of which all packs lie in the bucket, for the index: nothing if there are none. What is in no
/// set any more goes a day later.
pub fn listed(catalogue: &Catalogue, items: &[Media], about: &About) -> Result<Vec<u8>, Failure> {
    let there = catalogue.packs()?;
    if there.is_empty() {
        return Ok(Vec::new());
    }
    let (mut sets, mut used): (Vec<Set>, _) = (Vec::new(), HashSet::new());
    each(items, about, |planned| {
        let ids = || planned.set.packs.iter().map(|pack| pack.id.clone());
        used.extend(ids().filter(|id| there.contains(id)));
        if ids().all(|id| there.contains(&id)) {
            sets.push(planned.set);
        }
        Ok(())
    })?;
    catalogue.use_packs(&used, &(jiff::Timestamp::now() + OLD_VERSIONS_STAY).to_string())?;
    packs::encode(&sets).map_err(|error| Failure::File(error.to_string()))
}

/// Deletes the packs whose time has come.
pub fn purge(catalogue: &Catalogue, bucket: &Bucket, now: jiff::Timestamp, stop: &Stop) -> Result<(), Failure> {
    for id in catalogue.due_packs(&now.to_string())? {
        if stop.is_requested() {
            return Err(Failure::Stopped);
        }
        bucket.delete(&key(&id))?;
        catalogue.forget_pack(&id)?;
    }
    Ok(())
}

/// The object of a pack.
pub fn key(id: &str) -> String {
    format!("{}{id}", packs::PREFIX)
}

/// Makes all packs that are not in the bucket. What a stopped run has made stays.
pub fn make(
    options: &Options,
    bucket: &Bucket,
    catalogue: &Catalogue,
    (items, about): (&[Media], &About),
    tally: &Tally,
) -> Result<(), Failure> {
    let patches: HashMap<&str, &[u8]> =
        items.iter().filter_map(|item| Some((item.key.as_str(), item.patches.as_deref()?))).collect();
    let maker = Maker { options, bucket, patches };
    let known = catalogue.packs()?;
    let mut seen = HashSet::new();
    let mut wanted = 0;
    each(items, about, |planned| {
        wanted += planned.set.packs.len() as u64;
        Ok(())
    })?;
    let progress = Progress::files(options.show, "packs", wanted);
    each(items, about, |Planned { set, manifests }| {
        for (pack, manifest) in set.packs.iter().zip(&manifests) {
            if tally.must_stop() {
                return Ok(());
            }
            progress.now(&pack.name);
            progress.advance(1);
            // Two views may have the same pack.
            if !seen.insert(pack.id.clone()) || known.contains(&pack.id) && bucket.head(&key(&pack.id))?.is_some() {
                continue;
            }
            match maker.make(pack, set.form, manifest) {
                Ok(()) => {
                    catalogue.put_pack(&pack.id)?;
                    tally.packed();
                }
                Err(Failure::File(reason)) => tally.note(&pack.name, format!("no pack: {reason}")),
                Err(failure) => return Err(failure),
            }
        }
        Ok(())
    })
}

/// Plans all sets, one after the other.
fn each(items: &[Media], about: &About, mut take: impl FnMut(Planned) -> Result<(), Failure>) -> Result<(), Failure> {
    let at: HashMap<&str, &Media> = items.iter().map(|item| (item.key.as_str(), item)).collect();
    for r#type in [MediaType::Image, MediaType::Video] {
        let view = View::of(Some(r#type));
        let items = items.iter().filter(|item| item.r#type == r#type).collect();
        sets(&Group { view: &view, title: None, is_mixed: false, r#type, items }, &mut take)?;
    }
    for album in &about.albums {
        let all: Vec<&Media> = album.keys.iter().filter_map(|key| at.get(key.as_str()).copied()).collect();
        let (photos, films): (Vec<_>, Vec<_>) = all.into_iter().partition(|item| item.r#type == MediaType::Image);
        let is_mixed = !photos.is_empty() && !films.is_empty();
        for (r#type, items) in [(MediaType::Image, photos), (MediaType::Video, films)] {
            sets(&Group { view: &album.view, title: Some(&album.title), is_mixed, r#type, items }, &mut take)?;
        }
    }
    Ok(())
}

fn sets(group: &Group<'_>, take: &mut impl FnMut(Planned) -> Result<(), Failure>) -> Result<(), Failure> {
    for form in FORMS {
        // No film has the size of a screen.
        if form == Form::Screen && group.r#type == MediaType::Video {
            continue;
        }
        let planned = packs::plan(group, form, |encoded| blanking(encoded).map(|_| 1));
        if let Some(planned) = planned.map_err(|refused| Failure::File(refused.to_string()))? {
            take(planned)?;
        }
    }
    Ok(())
}

/// What to blank in an original, and the object that this is for.
fn blanking(encoded: Option<&[u8]>) -> Option<(Patches, ObjectMark)> {
    let (finding, object) = Finding::parse_for(encoded?).ok()?;
    Some((finding.safe()?.clone(), object))
}

struct Maker<'a> {
    options: &'a Options,
    bucket: &'a Bucket,
    /// What to blank in each original, encoded.
    patches: HashMap<&'a str, &'a [u8]>,
}

impl Maker<'_> {
    fn make(&self, pack: &Pack, form: Form, manifest: &[u8]) -> Result<(), Failure> {
        let temp = self.options.temp.clone().unwrap_or_else(std::env::temp_dir);
        let no_room = |error: std::io::Error| {
            Failure::File(format!(
                "{} bytes do not fit into {}: {error}: name another --temp",
                pack.length,
                temp.display()
            ))
        };
        let folder = Scratch::new(&temp).map_err(no_room)?;
        let path = folder.path().join("pack.zip");
        let mut zip = BufWriter::with_capacity(1 << 20, File::create(&path).map_err(no_room)?);
        let parsed = Manifest::parse(manifest).map_err(damaged)?;
        let mut walk = parsed.walk(0..parsed.length());
        loop {
            match walk.step().map_err(damaged)? {
                Step::Read(range) => {
                    let range = usize::try_from(range.start).unwrap_or(usize::MAX)
                        ..usize::try_from(range.end).unwrap_or(usize::MAX);
                    walk.feed(manifest.get(range).unwrap_or_default()).map_err(damaged)?;
                }
                Step::Literal(bytes) => zip.write_all(&bytes).map_err(no_room)?,
                Step::Object { size, crc, note, .. } => {
                    self.copy(&note, form, (size, crc), |bytes| zip.write_all(bytes)).map_err(
                        |trouble| match trouble {
                            Trouble::Room(error) => no_room(error),
                            Trouble::Object(failure) => failure,
                        },
                    )?;
                }
                Step::End => break,
            }
        }
        zip.into_inner().map_err(|error| no_room(error.into_error()))?;
        self.bucket.put(&key(&pack.id), Content::File(&path), HEADERS)?;
        Ok(())
    }

    /// Copies a file into a pack, and makes sure that it is the one that its row is about.
    fn copy(
        &self,
        note: &[u8],
        form: Form,
        (size, crc): (u64, u32),
        mut write: impl FnMut(&[u8]) -> std::io::Result<()>,
    ) -> Result<(), Trouble> {
        let Source { key, of } = Source::parse(note).ok_or_else(|| damaged("an entry leads nowhere"))?;
        let (object, wanted) = match of {
            Of::Original { mark } => (key.to_owned(), Some(mark)),
            Of::Rendition { version, file } => (layout::renditions_prefix(key, version) + file, None),
        };
        let is_blanked = form == Form::Blanked && wanted.is_some();
        let patches = if is_blanked { blanking(self.patches.get(key).copied()) } else { None };
        let (mut sum, mut full) = (Hasher::new(), None);
        let mark = objects::read(self.bucket, &self.options.stop, &object, size, |at, bytes| {
            if let Some((patches, _)) = &patches {
                patches.apply(at, bytes);
            }
            sum.update(bytes);
            if full.is_none() {
                full = write(bytes).err();
            }
        })?;
        if let Some(error) = full {
            return Err(Trouble::Room(error));
        }
        if sum.finalize() != crc || wanted.is_some_and(|wanted| wanted != mark.number()) {
            return Err(Failure::File(format!("{object} is not what the catalogue says: run doctor")).into());
        }
        Ok(())
    }
}

enum Trouble {
    Room(std::io::Error),
    Object(Failure),
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Object(failure)
    }
}

#[allow(clippy::needless_pass_by_value)] // for map_err
fn damaged(error: impl ToString) -> Failure {
    Failure::File(format!("a plan is damaged: {}", error.to_string()))
}
