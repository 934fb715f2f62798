//! A ZIP piece by piece: each is some headers, and the bytes of one object that follow them.

use std::rc::Rc;

use bytes::Bytes;
use edge::{
    Catalogue, Failure, Sessions, Viewer,
    patched::{self, Patched},
};
use gallery::{
    MediaKey,
    download::{Id, Of, Source},
    layout,
    media::Media,
    session::Claims,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use platform::{Cx, Error, Facts, Kind, Pieces, Platform, Problem, ProblemType};
use platform_s3::Objects;
use privacy::ObjectMark;
use stored_zip::{Step, Walk};

use super::manifest;

/// How long it is trusted that the session goes on and that the catalogue is the same, in seconds. Both are read from
/// what an instance knows, which is some seconds old too.
const TRUSTED: u64 = 2;

/// What is left of a range of a ZIP. It lives as long as its body is sent.
pub(super) struct Rest {
    pub sessions: Rc<Sessions>,
    pub catalogue: Rc<Catalogue>,
    pub objects: Rc<Objects>,
    pub claims: Claims,
    pub id: Id,
    /// Whether originals are as they were ingested, and the version of the catalogue.
    pub places: bool,
    pub version: String,
    pub facts: Facts,
    pub walk: Walk,
    /// What was found when this was last asked.
    pub checked: Checked,
    /// How many pieces there were: each is a request to the stores of its own.
    pub count: u64,
}

/// Who downloads, and whether the catalogue is the one of the manifest.
pub(super) struct Checked {
    pub at: u64,
    pub viewer: Viewer,
    pub is_same: bool,
}

/// An object of which bytes are due.
struct Due {
    size: u64,
    crc: u32,
    note: Vec<u8>,
    range: (u64, u64),
}

/// An item is not what it was when the download was made.
pub(super) fn changed() -> Problem {
    Problem::of(ProblemType::DownloadChanged, "Something in this download has changed. Ask for the download again.")
}

impl<P: Platform> Pieces<P> for Rest {
    async fn next(&mut self, platform: &P, now: u64) -> Option<Result<P::Body, Error>> {
        let mut facts = Facts { now, ..self.facts };
        self.count += 1;
        for (byte, count) in facts.entropy.iter_mut().zip(self.count.to_be_bytes()) {
            *byte ^= count;
        }
        let cx = Cx::new(platform, facts);
        self.piece(&cx).await.map_err(Failure::into_error).transpose()
    }
}

impl Rest {
    /// The next piece, or `None` at the end.
    pub async fn piece<P: Platform>(&mut self, cx: &Cx<'_, P>) -> Result<Option<P::Body>, Failure> {
        let mut literal = Vec::new();
        loop {
            match self.walk.step().map_err(manifest::unreadable)? {
                Step::Read(range) => {
                    let read = manifest::read(&self.objects, cx, self.id, (range.start, range.end)).await?;
                    self.walk.feed(&read.ok_or_else(changed)?).map_err(manifest::unreadable)?;
                }
                Step::Literal(bytes) if literal.is_empty() => literal = bytes,
                Step::Literal(bytes) => {
                    literal.extend(bytes);
                    return Ok(Some(Bytes::from(literal).into()));
                }
                Step::End if literal.is_empty() => return Ok(None),
                Step::End => return Ok(Some(Bytes::from(literal).into())),
                Step::Object { size, crc, note, range, .. } => {
                    let due = Due { size, crc, note, range: (range.start, range.end) };
                    let object = self.object(cx, &due).await?;
                    return Ok(Some(P::join(vec![Bytes::from(literal).into(), object])));
                }
            }
        }
    }

    /// Bytes of an object, if they are still those that the manifest is about.
    async fn object<P: Platform>(&mut self, cx: &Cx<'_, P>, due: &Due) -> Result<P::Body, Failure> {
        let damaged = || Error::new(Kind::Invalid, "download.entry");
        let Source { key, of } = Source::parse(&due.note).ok_or_else(damaged)?;
        self.check(cx).await?;
        let is_patched = !self.places && matches!(of, Of::Original { .. });
        let is_known = self.checked.is_same && !is_patched;
        let item = if is_known { None } else { Some(self.item(cx, key, &of, due).await?) };
        let (object, mark) = match of {
            Of::Original { mark } => (key.to_owned(), Some(mark)),
            Of::Rendition { version, file } => (layout::renditions_prefix(key, version) + file, None),
        };
        if let (true, Some(item)) = (is_patched, item) {
            let patched = Patched::of(item.patches.as_deref());
            let patched = patched.filter(|it| it.patches.file_length() == due.size).ok_or_else(changed)?;
            return patched::part(&self.objects, cx, key, &patched, due.range).await;
        }
        let (from, to) = due.range;
        let range = HeaderValue::from_str(&format!("bytes={from}-{}", to - 1)).map_err(|_| damaged())?;
        let headers = HeaderMap::from_iter([(header::RANGE, range)]);
        let answer = self.objects.read(cx, &Method::GET, &object, &headers, None).await?;
        let header = |name| answer.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        let is_it = header(header::CONTENT_RANGE) == Some(&format!("bytes {from}-{}/{}", to - 1, due.size))
            && mark.is_none_or(|mark| ObjectMark::of(header(header::ETAG)).number() == mark);
        match answer.status() {
            StatusCode::PARTIAL_CONTENT if is_it => Ok(answer.into_body()),
            StatusCode::PARTIAL_CONTENT | StatusCode::NOT_FOUND | StatusCode::RANGE_NOT_SATISFIABLE => {
                Err(changed().into())
            }
            status => {
                let words = format!("the store answered {} to a range", status.as_u16());
                Err(Error::because(Kind::Invalid, "download.object", words).into())
            }
        }
    }

    /// Asks again who downloads and what the catalogue is, after some time. 401 if the session has ended.
    async fn check<P: Platform>(&mut self, cx: &Cx<'_, P>) -> Result<(), Failure> {
        let at = cx.facts.now;
        if at.abs_diff(self.checked.at) >= TRUSTED {
            let viewer = self.sessions.require_download(cx, &self.catalogue, &self.claims).await?;
            let is_same = self.catalogue.version(cx).await? == self.version;
            self.checked = Checked { at, viewer, is_same };
        }
        Ok(())
    }

    /// The item of an entry, if it is as the manifest says. Whoever opened the download may have lost it from sight
    /// since.
    async fn item<P: Platform>(&self, cx: &Cx<'_, P>, key: &str, of: &Of<'_>, due: &Due) -> Result<Media, Failure> {
        let key = MediaKey::parse(key).map_err(|_| changed())?;
        let item = self.catalogue.item(cx, &key).await?;
        let item = item.filter(|item| self.checked.viewer.covers(item.r#type, &item.albums)).ok_or_else(changed)?;
        let is_same = match of {
            Of::Original { mark } => item.checksums.is_some_and(|sums| {
                let crc = if self.places { Some(sums.whole) } else { sums.without_places };
                sums.object == *mark && crc == Some(due.crc) && u64::try_from(item.size) == Ok(due.size)
            }),
            Of::Rendition { version, .. } => item.renditions.as_ref().is_some_and(|all| all.version == *version),
        };
        if is_same { Ok(item) } else { Err(changed().into()) }
    }
}
