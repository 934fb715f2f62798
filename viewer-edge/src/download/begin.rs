//! `POST /api/download`: what is wanted becomes manifests, and the answer says where their ZIPs are.

use bytes::Bytes;
use edge::{Failure, Viewer, isolation, patched::Patched, respond};
use gallery::{
    MediaKey,
    download::{self, About, Contents, Id, Planned, Size, Wanted, packs},
    key::percent_encode,
    media::Media,
    playback::MARK,
    views::View,
};
use http::{HeaderMap, Response, StatusCode, header};
use platform::{Cx, Error, Kind, Platform, Problem, ProblemType, Sql as _};
use serde::{Deserialize, Serialize};
use stored_zip::{Builder, Names, Refused};

use super::manifest;
use crate::ViewerEdge;

/// The longest request, in bytes: some thousands of keys.
const MAX_BODY: usize = 1 << 20;
/// The most items that are wanted by their keys.
const MAX_KEYS: usize = 5000;
/// The most items of a ZIP. Its manifest is in memory while it is written.
const MAX_ITEMS: usize = 500_000;
/// The requests that a service sends for a ZIP beside those for its items: who may enter, and what is in the ZIP.
const OTHER_FETCHES: u64 = 4;
/// The most parts, each of which is an object to write.
const MOST_PARTS: u64 = 100;
/// How much a client takes at least in a second where a host ends an answer after some time, in bytes.
const SLOWEST: u64 = 2 << 20;

#[derive(Deserialize)]
struct Asked {
    view: Option<String>,
    keys: Option<Vec<String>>,
    size: Option<String>,
}

/// What is wanted.
enum Of {
    View(String),
    Keys(Vec<String>),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Prepared {
    /// The first part.
    url: String,
    name: String,
    /// Of all parts, in bytes.
    length: u64,
    /// The files in all parts.
    count: u64,
    /// The items that are not in it: those that the viewer does not get in this size.
    left_out: u64,
    /// When the URLs end.
    expires: String,
    parts: Vec<Part>,
}

#[derive(Serialize)]
struct Part {
    url: String,
    name: String,
    length: u64,
    count: u64,
}

pub(crate) async fn begin<P: Platform>(
    service: &ViewerEdge,
    cx: &Cx<'_, P>,
    headers: &HeaderMap,
    body: P::Body,
) -> Result<Response<P::Body>, Failure> {
    isolation::require_own_page(&service.config.cors, headers)?;
    let viewer = service.sessions.require(cx, &service.catalogue, headers).await?;
    let body = P::collect(body, MAX_BODY).await.map_err(|error| match error.kind() {
        Kind::TooLarge => Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "A request for a download is at most 1 MiB."),
        _ => Problem::bad_request("The body broke off."),
    })?;
    let asked: Asked = serde_json::from_slice(&body).map_err(|_| malformed())?;
    let size = match asked.size.as_deref() {
        None | Some("original") => Size::Original,
        Some("screen") => Size::Screen,
        Some(_) => return Err(Problem::bad_request("The size is original or screen.").into()),
    };
    if !viewer.flags().download {
        return Err(Problem::of(ProblemType::LookingOnly, "This link is for looking only.").into());
    }
    let wanted = Wanted { size, flags: viewer.flags() };
    let of = match (asked.view, asked.keys) {
        (Some(view), None) => Of::View(view),
        (None, Some(keys)) => Of::Keys(keys),
        _ => return Err(malformed().into()),
    };
    if let Of::View(view) = &of
        && let Some(prepared) = of_packs(service, cx, &viewer, view, wanted).await?
    {
        return answer(&prepared);
    }
    // Read before the rows. What changes meanwhile is then of a later version, and is looked up when its turn comes.
    let version = service.catalogue.version(cx).await?;
    let mut contents = Contents::new(wanted);
    let take = |media: Media| {
        if viewer.covers(media.r#type, &media.albums) {
            contents.add(&media, blanked);
        }
    };
    let title = match of {
        Of::View(view) => of_view(service, cx, &viewer, &view, take).await?,
        Of::Keys(keys) => of_keys(service, cx, keys, take).await?,
    };
    let mut title = download::short(&title).to_owned();
    if size == Size::Screen {
        title.push_str(" (screen)");
    }
    if contents.lacking > 0 {
        return Err(Problem::of(
            ProblemType::ChecksumsMissing,
            "Some of these items have no checksums yet. Whoever runs the gallery can make them: edge-gallery ingest \
             --checksums.",
        )
        .into());
    }
    if contents.entries.is_empty() {
        let words = "There is nothing in it that can be downloaded.";
        return Err(Problem::of(ProblemType::NothingToDownload, words).into());
    }
    if contents.entries.len() > MAX_ITEMS {
        return Err(
            Problem::of(ProblemType::TooMuch, "This is too much for one download. Take one album at a time.").into()
        );
    }
    let prepared = prepare(service, cx, &viewer, &version, &title, contents).await?;
    answer(&prepared)
}

fn answer<B: From<Bytes>>(prepared: &Prepared) -> Result<Response<B>, Failure> {
    let body =
        serde_json::to_vec(prepared).map_err(|error| Error::because(Kind::Internal, "download.encode", error))?;
    let mut response = respond::bytes(StatusCode::OK, "application/json", body);
    respond::set(response.headers_mut(), header::CACHE_CONTROL, "private, no-store");
    Ok(response)
}

/// The requests for an original in which places are blanked. Patches are in the row, which is looked up for them.
fn blanked(encoded: Option<&[u8]>) -> Option<u64> {
    Patched::of(encoded).map(|patched| patched.requests() as u64 + 1)
}

/// The packs of a view, on a host that could not make a ZIP of it. `None` where some are missing.
async fn of_packs<P: Platform>(
    service: &ViewerEdge,
    cx: &Cx<'_, P>,
    viewer: &Viewer,
    name: &str,
    wanted: Wanted,
) -> Result<Option<Prepared>, Failure> {
    let view = View::parse(name).filter(|view| viewer.covers_view(view));
    let Some(view) = view.filter(|_| service.config.max_fetches.is_some()) else { return Ok(None) };
    let sets = service.catalogue.packs(cx).await?;
    let Some(sets) = packs::of_view(&sets, &view, wanted) else { return Ok(None) };
    let left_out = sets.iter().map(|set| set.left_out).sum();
    let packs = || sets.iter().flat_map(|set| &set.packs);
    // A file that is longer than a body may be is a part of its own, and nothing makes it shorter.
    let fits = |length: u64| service.config.max_body.is_none_or(|most| length <= most);
    if !packs().all(|pack| pack.count == 1 || fits(pack.length)) {
        return Ok(None);
    }
    let packs = packs().filter_map(|pack| Some((pack, pack.id()?)));
    let parts: Vec<Part> = packs
        .map(|(pack, id)| Part::of(service, cx, viewer, (id, pack.name.clone()), (pack.length, pack.count)))
        .collect();
    // What an empty view has to say is said elsewhere.
    Ok((!parts.is_empty()).then(|| Prepared::of(parts, left_out, download::expires(&viewer.claims, cx.facts.now))))
}

impl Part {
    /// A part with a token for it.
    fn of<P: Platform>(
        service: &ViewerEdge,
        cx: &Cx<'_, P>,
        viewer: &Viewer,
        (id, name): (Id, String),
        (length, count): (u64, u64),
    ) -> Self {
        let token = service.sessions.download_token(viewer, id, cx.facts.now);
        Self { url: format!("/api/download/{MARK}{token}/{}", percent_encode(&name)), name, length, count }
    }
}

impl Prepared {
    fn of(parts: Vec<Part>, left_out: u64, expires: u64) -> Self {
        let (url, name) = parts.first().map(|first| (first.url.clone(), first.name.clone())).unwrap_or_default();
        Self {
            url,
            name,
            length: parts.iter().map(|part| part.length).sum(),
            count: parts.iter().map(|part| part.count).sum(),
            left_out,
            expires: respond::iso8601(expires),
            parts,
        }
    }
}

fn malformed() -> Problem {
    Problem::bad_request(
        r#"The body is JSON: {"view":"everything"} or {"keys":["..."]}, and "size":"original" or "screen"."#,
    )
}

/// Reads a view, and returns its title.
async fn of_view<P: Platform>(
    service: &ViewerEdge,
    cx: &Cx<'_, P>,
    viewer: &Viewer,
    name: &str,
    take: impl FnMut(Media),
) -> Result<String, Failure> {
    let no_such = || Problem::not_found("There is no such view.");
    let view = View::parse(name).filter(|view| viewer.covers_view(view)).ok_or_else(no_such)?;
    let title = service.catalogue.title(cx, &view).await?.ok_or_else(no_such)?;
    service.catalogue.of_view(cx, &view, take).await?;
    Ok(title.unwrap_or_else(|| {
        match view.name() {
            View::PHOTOS => "Photos",
            View::FILMS => "Films",
            _ => "Gallery",
        }
        .to_owned()
    }))
}

async fn of_keys<P: Platform>(
    service: &ViewerEdge,
    cx: &Cx<'_, P>,
    keys: Vec<String>,
    take: impl FnMut(Media),
) -> Result<String, Failure> {
    if keys.len() > MAX_KEYS {
        return Err(Problem::bad_request("These are more than 5,000 keys. Take a view, or fewer at a time.").into());
    }
    if keys.iter().any(|key| MediaKey::parse(key.as_str()).is_err()) {
        return Err(Problem::bad_request("One of the keys is not a valid key.").into());
    }
    let mut keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    keys.sort_unstable();
    keys.dedup();
    service.catalogue.of_keys(cx, &keys, take).await?;
    Ok("Selection".to_owned())
}

/// The most parts on a host that sends so many requests, of which so many are spent: each part is an object to write.
fn most_parts(max_fetches: Option<u64>, spent: u64) -> u64 {
    max_fetches.map_or(MOST_PARTS, |fetches| fetches.saturating_sub(OTHER_FETCHES.max(spent + 1)).max(1))
}

/// Writes the manifests of the parts.
async fn prepare<P: Platform>(
    service: &ViewerEdge,
    cx: &Cx<'_, P>,
    viewer: &Viewer,
    version: &str,
    title: &str,
    contents: Contents,
) -> Result<Prepared, Failure> {
    let most_requests = service.config.max_fetches.map(|fetches| fetches.saturating_sub(OTHER_FETCHES).max(1));
    let in_time = service.config.max_seconds.map(|time| time.as_secs().saturating_mul(SLOWEST));
    let most_bytes = in_time.into_iter().chain(service.config.max_body).min();
    let (left_out, originals) = (contents.left_out, contents.originals);
    let runs = contents.into_parts(most_requests, most_bytes);
    let mut spent = u64::from(cx.record.store_calls.get());
    // A database over a network is asked by requests of the host, too.
    if cx.sql().is_ok_and(|sql| sql.is_remote()) {
        spent += u64::from(cx.record.sql_queries.get());
    }
    if runs.len() as u64 > most_parts(service.config.max_fetches, spent) {
        let words = "This is too much for one download on this host. Select fewer items.";
        return Err(Problem::of(ProblemType::TooMuch, words).into());
    }
    let mut parts = Vec::with_capacity(runs.len());
    for (number, entries) in runs.iter().enumerate() {
        let name = match runs.len() {
            1 => format!("{title}.zip"),
            all => format!("{title} ({} of {all}).zip", number + 1),
        };
        let name = Names::default().safe(&name);
        let about = About { originals, places: viewer.flags().places, version, name: &name };
        // The entries alone say every byte of the ZIP. So it has the same tag when the library has changed around them,
        // and a download that was cut goes on.
        let zip = Id::of(&built(b"", entries)?.finish());
        let builder = built(&manifest::note(zip, &about), entries)?;
        let (length, count) = (builder.length(), builder.count());
        let manifest = Bytes::from(builder.finish());
        let id = Id::of(&manifest);
        let written = service.objects.put(cx, &id.object(), "application/octet-stream", manifest).await;
        written.map_err(|error| match error.kind() {
            Kind::Denied => {
                cx.record.note(&error);
                let words = "The key of the gallery's bucket may not write below downloads/, so nothing can be \
                             downloaded together. Tell whoever runs the gallery.";
                Failure::from(Problem::of(ProblemType::NotWritable, words).with(header::RETRY_AFTER, 60.into()))
            }
            _ => Failure::from(error),
        })?;
        parts.push(Part::of(service, cx, viewer, (id, name), (length, count)));
    }
    Ok(Prepared::of(parts, left_out, download::expires(&viewer.claims, cx.facts.now)))
}

/// The entries of a part, below a note.
fn built(note: &[u8], entries: &[Planned]) -> Result<Builder, Error> {
    let mut builder = Builder::new(note).map_err(refused)?;
    for entry in entries {
        builder.push(&entry.entry()).map_err(refused)?;
    }
    Ok(builder)
}

fn refused(refused: Refused) -> Error {
    Error::because(Kind::Internal, "download.manifest", refused.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_found_the_items_is_not_left_for_their_parts() {
        assert_eq!(most_parts(None, 40), MOST_PARTS);
        for (fetches, spent, most) in [(32, 0, 28), (32, 3, 28), (32, 10, 21), (32, 40, 1), (7, 2, 3), (7, 4, 2)] {
            assert_eq!(most_parts(Some(fetches), spent), most, "{fetches}, {spent} of them spent");
        }
    }
}
