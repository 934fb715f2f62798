//! `GET|HEAD /api/download/~TOKEN/NAME.zip`: any range of a ZIP.

use std::rc::Rc;

use bytes::Bytes;
use edge::{
    Failure,
    made::{self, Wanted},
    object_response::Presentation,
};
use futures_util::future::try_join;
use gallery::download::packs;
use http::{Method, Response, request};
use platform::{Cx, Error, Kind, Pieces, Platform, Problem, ProblemType};
use stored_zip::Manifest;

use super::{
    manifest, pack,
    piece::{Checked, Rest, changed},
};
use crate::{
    ViewerEdge,
    original::{CHANGES, disposition},
};

/// A range of a ZIP of which the first piece is there already.
struct Begun<B> {
    first: Option<B>,
    rest: Rest,
}

impl<P: Platform> Pieces<P> for Begun<P::Body> {
    async fn next(&mut self, platform: &P, now: u64) -> Option<Result<P::Body, Error>> {
        match self.first.take() {
            Some(first) => Some(Ok(first)),
            None => self.rest.next(platform, now).await,
        }
    }
}

pub(crate) async fn serve<P: Platform>(
    service: &ViewerEdge,
    cx: &Cx<'_, P>,
    head: &request::Parts,
    token: &str,
) -> Result<Response<P::Body>, Failure> {
    let claims = service.sessions.signed_download(cx, token)?;
    let id = claims.manifest();
    let viewer = service.sessions.require_download(cx, &service.catalogue, &claims);
    let sets = service.catalogue.packs(cx).await?;
    if packs::with_id(&sets, id).next().is_some() {
        return pack::serve(service, cx, head, (id, &sets), &viewer.await?).await;
    }
    let (viewer, manifest) = try_join(viewer, async { Ok(service.manifest(cx, id).await?) }).await?;
    let gone = || Problem::of(ProblemType::DownloadGone, "This download is no longer kept. Ask for it again.");
    let manifest = manifest.ok_or_else(gone)?;
    let unreadable = || Error::new(Kind::Invalid, "download.manifest");
    let (tag, about) = manifest::noted(manifest.note(), id).ok_or_else(unreadable)?;
    let flags = viewer.flags();
    if !flags.download || about.originals && !(flags.originals && (flags.places || !about.places)) {
        return Err(Problem::of(ProblemType::LookingOnly, "This link is for looking only.").into());
    }
    let presentation = Presentation {
        cache_control: CHANGES,
        content_type: Some("application/zip"),
        disposition: Some(disposition("attachment", about.name)),
        tag: Some(tag),
        edge_cache: None,
    };
    let part = match made::wanted(head, manifest.length(), &presentation)? {
        Wanted::Answer(answer) => return Ok(answer),
        Wanted::Part(part) => part,
    };
    let (from, to) = part.span();
    let is_same = service.catalogue.version(cx).await? == about.version;
    // A host that allows few requests has none left to look up each item.
    if !is_same && service.config.max_fetches.is_some() {
        return Err(changed().into());
    }
    let mut rest = Rest {
        sessions: Rc::clone(&service.sessions),
        catalogue: Rc::clone(&service.catalogue),
        objects: Rc::clone(&service.objects),
        claims,
        id,
        places: about.places,
        version: about.version.to_owned(),
        facts: cx.facts,
        walk: manifest.walk(from..to),
        checked: Checked { at: cx.facts.now, viewer, is_same },
        count: 0,
    };
    let body = if head.method == Method::HEAD {
        P::Body::from(Bytes::new())
    } else {
        // The first piece is asked for before the head is sent, so that a failure has a status.
        let first = rest.piece(cx).await?;
        cx.stream(Begun { first, rest }).await?
    };
    Ok(part.present(body, "application/zip", &presentation)?)
}

impl ViewerEdge {
    /// A manifest. Those that were read last are kept.
    async fn manifest<P: Platform>(
        &self,
        cx: &Cx<'_, P>,
        id: gallery::download::Id,
    ) -> Result<Option<Manifest>, Error> {
        /// How many are kept. Each is 16 KiB of its object, and what was parsed of it.
        const KEPT: usize = 8;
        let known = self.manifests.borrow().iter().find(|(known, _)| *known == id).map(|(_, known)| known.clone());
        if known.is_some() {
            return Ok(known);
        }
        let Some(manifest) = manifest::open(&self.objects, cx, id).await? else { return Ok(None) };
        let mut kept = self.manifests.borrow_mut();
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back((id, manifest.clone()));
        Ok(Some(manifest))
    }
}
