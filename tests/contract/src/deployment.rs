//! The contract against a deployment of which only the address and the password are known. What it holds and how it is
//! configured is found by asking. The cases that need something else are left out, by name.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    fmt::Write as _,
    sync::Arc,
};

use libtest_mimic::Trial;

use crate::{
    Case, Need, Target, cases,
    library::{encode, page},
    playlists::played,
};

/// What somebody says of a deployment.
#[derive(Clone, Debug, Default)]
pub struct Said {
    /// viewer-edge's address.
    pub base: String,
    /// video-edge's address, if it has its own.
    pub video: Option<String>,
    /// The origin of presigned URLs.
    pub store: Option<String>,
    pub password: String,
    /// Whether the catalogue is read from the bucket.
    pub snapshot: bool,
}

/// The cases that are left out, by the reason.
pub type LeftOut = BTreeMap<&'static str, Vec<&'static str>>;

/// The deployment. What nobody said, its answers say.
pub fn find(said: &Said) -> Result<Target, String> {
    let address = |text: &str| text.trim_end_matches('/').to_owned();
    let base = address(&said.base);
    let first = Target::new(&base, &base, "", &said.password);
    first.cookie().map_err(|error| format!("{base} lets nobody in with this password: {error}"))?;
    let newest = page(&first, "?limit=1")?.items.into_iter().next().ok_or_else(|| {
        format!("the gallery at {base} is empty, so it shows little. Fill it first: edge-gallery ingest FOLDER")
    })?;
    let video = said.video.as_deref().map_or_else(|| video_of(&first), |video| Ok(address(video)))?;
    let mut target = Target::new(base, video, "", &said.password);
    target.store_origin = match &said.store {
        Some(store) => address(store),
        None => store_of(&target)?,
    };
    let head = target.get(&newest.file).head().expect(200)?;
    // Who reads the catalogue by SQL asks where an item lies.
    let asks_nothing = head.cost("sql-queries").is_ok_and(|queries| queries == 0);
    Ok(if said.snapshot || asks_nothing { target.with_snapshot() } else { target })
}

/// The address of video-edge, from the URL that a film is played by.
fn video_of(target: &Target) -> Result<String, String> {
    let Some(film) = target.any_film()? else { return Ok(target.base.clone()) };
    let playback = target.get(&format!("/api/playback?key={}", encode(&film.key))).expect(200)?.json()?;
    let (before, _) =
        playback["url"].as_str().and_then(|url| url.split_once("/api/hls/~")).ok_or("a film without a URL")?;
    Ok(if before.is_empty() { target.base.clone() } else { before.to_owned() })
}

/// The origin of presigned URLs, from a playlist that has such.
fn store_of(target: &Target) -> Result<String, String> {
    if target.any_film()?.is_none() {
        return Ok(String::new());
    }
    Ok(played(target)?.store.clone().unwrap_or_default())
}

/// What was found, as a line.
pub fn seen(target: &Target) -> Result<String, String> {
    let held = target.held()?;
    let holds = if held.library { "the test library" } else { "pictures of its own" };
    let video = if target.is_split() { &target.video_base } else { "the same address" };
    let store = if target.store_origin.is_empty() { "nowhere that is known" } else { &target.store_origin };
    let catalogue = if target.snapshot { "a snapshot" } else { "SQL" };
    Ok(format!(
        "{} holds {holds}; films come from {video}; presigned URLs lead to {store}; the catalogue is {catalogue}",
        target.base
    ))
}

/// The cases as trials under a name, and those that are left out.
pub fn plan(name: &'static str, target: &Arc<Target>) -> Result<(Vec<Trial>, LeftOut), String> {
    let mut lacking: BTreeMap<Need, Option<&'static str>> = BTreeMap::new();
    for need in cases().iter().flat_map(|case| case.needs) {
        if let Entry::Vacant(entry) = lacking.entry(*need) {
            entry.insert(need.lacking(target)?);
        }
    }
    let mut left_out = LeftOut::new();
    let trial = |case: Case| {
        let reason = case.needs.iter().find_map(|need| lacking.get(need).copied().flatten());
        if let Some(reason) = reason {
            left_out.entry(reason).or_default().push(case.name);
        }
        let target = Arc::clone(target);
        let trial = Trial::test(format!("{name}::{}", case.name), move || Ok(case.on(name, &target)?));
        trial.with_ignored_flag(reason.is_some()).with_kind(reason.unwrap_or_default())
    };
    let trials = cases().into_iter().map(trial).collect();
    Ok((trials, left_out))
}

/// What is left out, as lines: each reason with its number, and the names below it.
pub fn told(left_out: &LeftOut) -> String {
    let number: usize = left_out.values().map(Vec::len).sum();
    let mut text = format!("left out: {number} of {} cases\n", cases().len());
    for (reason, names) in left_out {
        let _ = writeln!(text, "  {} because {reason}:", names.len());
        for name in names {
            let _ = writeln!(text, "    {name}");
        }
    }
    text
}
