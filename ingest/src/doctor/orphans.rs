//! Objects that nothing uses.

use std::collections::{HashMap, HashSet};

use gallery::layout;
use gallery::views::PARTS;

use super::items::Used;
use super::{Finding, Kind};
use crate::catalogue::Stored;
use crate::engine::Session;
use crate::failure::Failure;
use crate::{made, packs, services, views};

pub fn check(
    session: &Session,
    objects: &HashMap<String, u64>,
    used: &Used,
    found: &mut Vec<Finding>,
) -> Result<(), Failure> {
    let catalogue = &session.catalogue;
    // What is withdrawn may be put back, and what is planned goes when its time has come.
    let mut kept: HashSet<String> = catalogue.deletions(None)?.into_iter().map(|deletion| deletion.object).collect();
    for item in catalogue.withdrawn()?.into_iter().filter(|item| !item.is_purged) {
        kept.extend(item.stored.objects(&item.key));
    }
    // Another program may still show what it made.
    for key in catalogue.adopted_keys()? {
        let all = Stored { is_film: true, is_adopted: true, ..Stored::default() }.objects(&key);
        // What a service made is ours.
        let ours = layout::made_prefix(&key);
        kept.extend(all.into_iter().filter(|object| *object != ours));
    }
    let begun: HashSet<String> = catalogue.begun()?.into_iter().collect();
    let views = views::used(&session.bucket)?;
    for object in &views.damaged {
        let detail = "the catalogue leads to it, and it cannot be read".to_owned();
        found.push(Finding { kind: Kind::Broken, name: object.clone(), detail });
    }
    // Where it is not known what the catalogue leads to, its parts stay.
    let is_unclear = |object: &str| !views.damaged.is_empty() && object.starts_with(PARTS);
    for object in views.keys.iter().filter(|object| !objects.contains_key(*object)) {
        let detail = "the catalogue leads to it, and it is not there".to_owned();
        found.push(Finding { kind: Kind::Broken, name: object.clone(), detail });
    }
    kept.extend(views::of_0_1_0(&session.bucket)?);
    for id in catalogue.packs()? {
        let object = packs::key(&id);
        if !objects.contains_key(&object) {
            let detail = "this pack is not there: run ingest --packs".to_owned();
            found.push(Finding { kind: Kind::Broken, name: object.clone(), detail });
        }
        kept.insert(object);
    }
    let is_kept = |object: &str| {
        used.objects.contains(object)
            || kept.contains(object)
            || views.keys.contains(object)
            || is_unclear(object)
            || folder(object).is_some_and(|folder| kept.contains(folder))
            || used.unclear.iter().any(|prefix| object.starts_with(prefix.as_str()))
            || ["kv/", "_metadata/"].iter().any(|prefix| object.starts_with(prefix))
            || services::is_download(object)
    };
    let is_made = |object: &str| made::is_ours(object) || services::is_pack(object) || made::is_of_old_layout(object);
    let others = objects.keys().map(String::as_str).filter(|object| !is_kept(object));
    let (products, others): (Vec<&str>, Vec<&str>) = others.partition(|object| is_made(object));
    let (begun, strays): (HashSet<&str>, HashSet<&str>) =
        others.into_iter().partition(|object| begun.contains(*object));
    let (of_strays, products) = products.into_iter().partition::<Vec<&str>, _>(|object| is_of_one_of(&strays, object));
    // Another program may play a film whose original is gone. Its objects are then all that is left of the film.
    let is_shared = catalogue.has_foreign()?;
    let (of_others, ours) =
        products.into_iter().partition::<Vec<&str>, _>(|object| is_shared && made::is_of_old_layout(object));
    for (kind, detail, objects) in [
        (Kind::Orphan, "nothing uses it", ours),
        (Kind::Orphan, "the run that uploaded it was ended", begun.into_iter().collect()),
        (Kind::Stray, "no item has it as its original", strays.iter().copied().collect()),
        (Kind::Stray, "it lies where the program before writes, which may still show it", of_others),
        // Another program has taken it in, and `adopt` has not seen it yet.
        (Kind::Stray, "it was made of an original that no item has", of_strays),
    ] {
        let finding = |object: &str| Finding { kind, name: object.to_owned(), detail: detail.to_owned() };
        found.extend(objects.into_iter().map(finding));
    }
    Ok(())
}

/// Whether an object was made of one of these originals: `hls/a.mp4/720p.m3u8` of `a.mp4`.
fn is_of_one_of(originals: &HashSet<&str>, object: &str) -> bool {
    let Some((made, rest)) = object.split_once('/') else { return false };
    let mut key = if made == "thumbnails" { rest.split_once('/').map_or(rest, |(_, key)| key) } else { rest };
    loop {
        if originals.contains(key) {
            return true;
        }
        let Some((folder, _)) = key.rsplit_once('/') else { return false };
        key = folder;
    }
}

/// `hls/a.mp4/720p.m3u8` is in `hls/a.mp4/`.
fn folder(object: &str) -> Option<&str> {
    object.rfind('/').map(|slash| &object[..=slash])
}
