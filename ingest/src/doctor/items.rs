//! Whether each item has its objects.

use std::collections::{HashMap, HashSet};

use gallery::layout::{self, ThumbnailSize};
use gallery::media::{Media, MediaType};
use hls::{PlaylistKind, Scope, Summary};

use super::{Finding, Kind};
use crate::Stop;
use crate::catalogue::Objects;
use crate::engine::Session;
use crate::failure::Failure;

/// The largest playlist that is read, in bytes.
const MAX_PLAYLIST: u64 = 4 << 20;
/// The index of the pictures by which viewers seek.
const PREVIEWS: &str = "/previews.vtt";
pub const NO_ORIGINAL: &str = "the original is not in the bucket";

/// The objects that items use.
#[derive(Default)]
pub struct Used {
    pub items: usize,
    pub objects: HashSet<String>,
    /// Prefixes of films whose playlists cannot be read. Which of their objects are used is not known.
    pub unclear: Vec<String>,
}

pub fn check(
    session: &Session,
    stop: &Stop,
    objects: &HashMap<String, u64>,
    found: &mut Vec<Finding>,
) -> Result<Used, Failure> {
    let noted = session.catalogue.objects()?;
    let begun: HashSet<String> = session.catalogue.begun()?.into_iter().collect();
    let mut used = Used::default();
    for media in session.catalogue.all()? {
        if stop.is_requested() {
            return Err(Failure::Stopped);
        }
        used.items += 1;
        let noted = noted.get(&media.key);
        original(&media, objects, found);
        if begun.contains(&media.key) {
            found.push(finding(Kind::Truncated, &media.key, "a run that replaced it was ended"));
        }
        thumbnails(&media, noted, objects, &mut used, found);
        used.objects.insert(media.key.clone());
        if media.r#type == MediaType::Video && media.qualities.is_some() {
            film(session, &media, noted, objects, &mut used, found)?;
        }
    }
    Ok(used)
}

fn finding(kind: Kind, name: &str, detail: impl Into<String>) -> Finding {
    Finding { kind, name: name.to_owned(), detail: detail.into() }
}

fn original(media: &Media, objects: &HashMap<String, u64>, found: &mut Vec<Finding>) {
    let wanted = u64::try_from(media.size).unwrap_or_default();
    match objects.get(&media.key) {
        None => found.push(finding(Kind::Missing, &media.key, NO_ORIGINAL)),
        Some(size) if *size != wanted => {
            found.push(finding(
                Kind::Truncated,
                &media.key,
                format!("the original has {size} bytes in the bucket instead of {wanted}"),
            ));
        }
        Some(_) => {}
    }
}

fn thumbnails(
    media: &Media,
    noted: Option<&Objects>,
    objects: &HashMap<String, u64>,
    used: &mut Used,
    found: &mut Vec<Finding>,
) {
    let old = ThumbnailSize::BELOW_THUMBNAILS.into_iter().enumerate().filter(|(_, size)| media.has_thumbnail(*size));
    let noted = noted.and_then(|noted| noted.thumbnails).unwrap_or_default();
    let old = old.map(|(index, size)| (layout::thumbnail(size, &media.key), noted[index]));
    let renditions = media.renditions.iter().flat_map(|renditions| {
        renditions.all.iter().map(|rendition| (renditions.object(&media.key, rendition), rendition.bytes))
    });
    for (object, wanted) in old.chain(renditions) {
        match objects.get(&object) {
            None => found.push(finding(Kind::Missing, &media.key, format!("{object} is not in the bucket"))),
            Some(size) if *size == 0 || (wanted > 0 && wanted != *size) => {
                found.push(finding(Kind::Truncated, &media.key, format!("{object} has {size} bytes in the bucket")));
            }
            Some(_) => {}
        }
        used.objects.insert(object);
    }
    if media.renditions.is_none() {
        // What services make of it may be there or not. Those of an earlier version are nobody's.
        let version = media.thumbnail_version();
        used.objects.extend(ThumbnailSize::ALL.map(|size| layout::made(&media.key, &version, size)));
    }
}

fn film(
    session: &Session,
    media: &Media,
    noted: Option<&Objects>,
    objects: &HashMap<String, u64>,
    used: &mut Used,
    found: &mut Vec<Finding>,
) -> Result<(), Failure> {
    let (key, version) = (media.key.as_str(), media.version.as_deref());
    let prefix = layout::hls_prefix(key, version);
    let mut names = HashSet::new();
    let mut is_clear = true;
    let master = layout::hls_master(key, version);
    let variants = media.qualities.iter().flatten().map(|quality| layout::hls_variant(key, version, quality));
    // Films that other programs made may have no stored master: the service then makes one.
    let has_master = objects.contains_key(&master) || noted.is_some();
    let masters = has_master.then_some(master).into_iter().chain(
        version
            .map(|version| layout::hls_transport(key, version) + "master.m3u8")
            .filter(|it| objects.contains_key(it)),
    );
    let mut lists: Vec<_> = masters.map(|path| (path, PlaylistKind::Master)).collect();
    lists.extend(variants.map(|path| (path, PlaylistKind::Media)));
    while let Some((path, kind)) = lists.pop() {
        if !names.insert(path.clone()) {
            continue;
        }
        let Some(text) = session.bucket.get(&path, MAX_PLAYLIST)? else {
            found.push(finding(Kind::Missing, key, format!("{path} is not in the bucket")));
            is_clear = false;
            continue;
        };
        match named(&text, &prefix, &path) {
            Some((summary, below)) if summary.kind == kind => {
                for (of, name) in below {
                    match of {
                        // A master names playlists of media alone.
                        hls::Kind::Variant | hls::Kind::Rendition | hls::Kind::IFrames => {
                            lists.push((name, PlaylistKind::Media));
                        }
                        hls::Kind::SessionData if name.ends_with(PREVIEWS) => {
                            names.extend(sheets(session, &name)?);
                            names.insert(name);
                        }
                        _ => _ = names.insert(name),
                    }
                }
            }
            _ => {
                found.push(finding(Kind::Broken, key, format!("{path} is no whole playlist")));
                is_clear = false;
            }
        }
    }
    let gone: Vec<_> = names.iter().filter(|name| objects.get(*name).is_none_or(|size| *size == 0)).collect();
    if let Some(first) = gone.iter().min() {
        let words = format!("{first} and {} others are not in the bucket, or empty", gone.len() - 1);
        found.push(finding(Kind::Broken, key, words));
    } else if let Some(noted) = noted.filter(|_| is_clear) {
        let sizes = names.iter().filter_map(|name| objects.get(name));
        let (count, bytes) = (names.len() as u64, sizes.sum::<u64>());
        if (count, bytes) != noted.film {
            let words = format!(
                "its {count} playlists and segments have {bytes} bytes in the bucket instead of {} of {}",
                noted.film.1, noted.film.0
            );
            found.push(finding(Kind::Truncated, key, words));
        }
    }
    if !is_clear {
        used.unclear.push(prefix.clone());
    }
    used.objects.extend(names.into_iter().filter(|name| name.starts_with(&prefix)));
    Ok(())
}

/// The sheets of previews that an index names, which lie beside it.
fn sheets(session: &Session, index: &str) -> Result<Vec<String>, Failure> {
    let text = session.bucket.get(index, MAX_PLAYLIST)?.unwrap_or_default();
    let folder = &index[..=index.rfind('/').unwrap_or_default()];
    let text = String::from_utf8_lossy(&text);
    let names = text.lines().filter_map(|line| line.split_once("#xywh=")).map(|(name, _)| format!("{folder}{name}"));
    Ok(names.collect())
}

/// What a playlist says of itself, and the objects that it names.
fn named(text: &[u8], prefix: &str, path: &str) -> Option<(Summary, Vec<(hls::Kind, String)>)> {
    let scope = Scope { prefix, base: path, public_base: None };
    let mut below = Vec::new();
    let summary = hls::rewrite(text, &scope, &mut String::new(), |out, reference| {
        out.push_str(reference.raw);
        below.push((reference.kind, reference.key.to_owned()));
    });
    Some((summary.and_then(Summary::whole).ok()?, below))
}
