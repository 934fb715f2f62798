//! What a request may cost, by its own account in `Server-Timing`.
//!
//! The numbers are those of the crate `cost`, from which `edge-gallery cost` reckons.

use cost::{Calls, Instance, Request};

use crate::{
    Answer, Outcome, Target,
    client::Call,
    library::{BIG, file},
    playlists::variants,
};

cases!(costs:
    needs [Nothing]: listing, strangers_cost_nothing, forged_cookies_cost_nothing, page_and_health_cost_nothing;
    needs [Item]: block;
    needs [Photo]: original, thumbnail, versioned_thumbnail_unchanged;
    needs [Film]: warm_variant, cold_variant, warm_master;
);

/// Checks the cost of an answer to a request with a session, see [`Request::at_most`]. An instance that has not looked
/// for ten seconds also asks who may enter.
fn with_session(target: &Target, answer: &Answer, request: Request) -> Outcome {
    at_most(answer, request.at_most(target.catalogue(), Instance::New))
}

/// Checks that an answer cost at most so many calls.
pub(crate) fn at_most(answer: &Answer, limits: Calls) -> Outcome {
    for ((name, limit), (_, cost)) in limits.named().into_iter().zip(answer.calls()?.named()) {
        ensure!(cost <= limit, "{}: {cost} {name}, at most {limit} wanted", answer.what);
    }
    Ok(())
}

/// The cost is one KV read and nothing else.
fn warm_variant(target: &Target) -> Outcome {
    for variant in variants(target)? {
        target.follow(&variant).expect(200)?;
        let warm = target.follow(&variant).expect(200)?;
        ensure_eq!(warm.cost_text("cache")?, "hit", "{variant}: cache");
        with_session(target, &warm, Request::PlaylistWarm)?;
    }
    Ok(())
}

/// The cost is one KV read, one catalogue query and one object. A playlist for an invented version is not kept.
fn cold_variant(target: &Target) -> Outcome {
    for variant in variants(target)? {
        for _ in 0..2 {
            let cold = target.follow(&variant.replace("?v=", "?v=madeup")).expect(200)?;
            ensure_eq!(cold.cost_text("cache")?, "miss", "{variant}: cache");
            with_session(target, &cold, Request::PlaylistPassing)?;
        }
    }
    Ok(())
}

fn warm_master(target: &Target) -> Outcome {
    let (film, _) = crate::library::film(target)?;
    let path = format!("/api/hls/playlist?key={}", crate::library::encode(&film.key));
    target.video(&path).expect(200)?;
    let warm = target.video(&path).expect(200)?;
    ensure_eq!(warm.cost_text("cache")?, "hit", "cache");
    with_session(target, &warm, Request::PlaylistWarm)
}

/// The cost is one catalogue query and one object, whatever the request. Each further part costs one object more.
fn original(target: &Target) -> Outcome {
    let original = target.photo()?.file();
    let whole = target.get(&original).expect(200)?;
    with_session(target, &whole, Request::Original)?;
    with_session(target, &target.get(&original).header("range", "bytes=5-9").expect(206)?, Request::Original)?;
    let tag = whole.need("etag")?;
    with_session(target, &target.get(&original).header("if-none-match", tag).expect(304)?, Request::Original)?;
    let part = target.get(&original).header("range", "bytes=5-9").header("if-range", tag).expect(206)?;
    with_session(target, &part, Request::Original)?;
    let parts = target.get(&original).header("range", "bytes=5-9,20-29,-5").expect(206)?;
    let three = Calls { store_calls: 3, ..Request::Original.calls() };
    at_most(&parts, three.at_most(target.catalogue(), Instance::New))?;
    let touching = target.get(&original).header("range", "bytes=0-,0-9,-5").expect(206)?;
    with_session(target, &touching, Request::Original)?;
    with_session(target, &target.get("/api/file/absent.jpg").expect(404)?, Request::Absent)
}

fn thumbnail(target: &Target) -> Outcome {
    with_session(target, &target.get(&target.photo()?.thumbnail("?size=small")).expect(200)?, Request::Thumbnail)
}

/// The URL says which bytes it means, so whether a client has them is not asked of the store.
fn versioned_thumbnail_unchanged(target: &Target) -> Outcome {
    for (_, _, url) in target.photo()?.item.thumbnails.all() {
        let tag = target.get(url).expect(200)?.need("etag")?.to_owned();
        let unchanged = target.get(url).header("if-none-match", &tag).expect(304)?;
        unchanged.has("etag", &tag)?;
        with_session(target, &unchanged, Request::ThumbnailUnchanged)?;
        with_session(target, &target.get(url).header("if-match", "\"x\"").expect(412)?, Request::ThumbnailUnchanged)?;
    }
    Ok(())
}

/// The cost is the index, and once the blocks. What was read is kept, so a listing that was read before costs the
/// index, and so does a 304.
fn listing(target: &Target) -> Outcome {
    for path in ["/api/media", "/api/timeline"] {
        let first = target.get(path).expect(200)?;
        with_session(target, &first, Request::Timeline)?;
        let tag = first.need("etag")?;
        with_session(target, &target.get(path).header("if-none-match", tag).expect(304)?, Request::TimelineUnchanged)?;
    }
    with_session(target, &target.get("/api/cache-version").expect(200)?, Request::CacheVersion)
}

/// The cost is one query for a block, beside the index.
fn block(target: &Target) -> Outcome {
    let timeline = target.get("/api/timeline").expect(200)?.json()?;
    let name = timeline["blocks"][0][0].as_str().ok_or("there is no block")?;
    with_session(target, &target.get(&format!("/api/blocks/{name}")).expect(200)?, Request::Block)
}

fn strangers_cost_nothing(target: &Target) -> Outcome {
    for call in [target.get("/api/media"), target.get(&file(BIG)), target.video("/api/hls/playlist?key=x")] {
        at_most(&call.anonymous().expect(401)?, Request::Stranger.calls())?;
    }
    // Some hosts count wrong passwords in the KV store.
    at_most(&target.log_in("not it").expect(401)?, Calls::new(1, 1, 0, 0))
}

/// The signature is checked before anything is read.
fn forged_cookies_cost_nothing(target: &Target) -> Outcome {
    let cookie = target.cookie()?;
    let forged = format!("{}AAAA", &cookie[..cookie.len() - 4]);
    let refused = target.get("/api/media").anonymous().header("cookie", forged).expect(401)?;
    at_most(&refused, Request::Stranger.calls())
}

fn page_and_health_cost_nothing(target: &Target) -> Outcome {
    for path in ["/", "/healthz", "/nothing"] {
        at_most(&Call::new(format!("{}{path}", target.base)).send()?, Request::Page.calls())?;
    }
    Ok(())
}
