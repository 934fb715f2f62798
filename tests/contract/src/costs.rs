//! What a request may cost, by its own account in `Server-Timing`.
//!
//! An instance that has not looked for ten seconds also reads who may enter, see [`with_session`].

use crate::{
    Answer, Outcome, Target,
    client::Call,
    library::{BIG, file, item},
    playlists::variants,
};

cases!(costs:
    warm_variant, cold_variant, warm_master, original, thumbnail, versioned_thumbnail_unchanged, listing, block,
    strangers_cost_nothing, forged_cookies_cost_nothing, page_and_health_cost_nothing,
);

/// Checks the cost of an answer to a request with a session, see [`at_most`].
///
/// With a session, two KV reads more are allowed: an instance that has not looked for ten seconds asks for the auth
/// version, and whether the session was logged out. It also asks who may enter, which is in the index: a query more.
/// Where the catalogue is a snapshot, a query has read the index already.
fn with_session(target: &Target, answer: &Answer, [kv_reads, kv_writes, store_calls, sql]: [u32; 4]) -> Outcome {
    let store_calls = store_calls + u32::from(target.snapshot && sql == 0);
    at_most(target, answer, [kv_reads + 2, kv_writes, store_calls, sql + u32::from(!target.snapshot)])
}

/// Checks that an answer cost at most so many KV reads, KV writes, store calls and SQL queries. With a snapshot, a
/// query is at most two store calls: one for the index and one for a part.
fn at_most(target: &Target, answer: &Answer, [kv_reads, kv_writes, store_calls, sql_queries]: [u32; 4]) -> Outcome {
    let limits = if target.snapshot {
        [kv_reads, kv_writes, store_calls + 2 * sql_queries, 0]
    } else {
        [kv_reads, kv_writes, store_calls, sql_queries]
    };
    for (name, limit) in ["kv-reads", "kv-writes", "store-calls", "sql-queries"].into_iter().zip(limits) {
        let cost = answer.cost(name)?;
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
        with_session(target, &warm, [1, 0, 0, 0])?;
    }
    Ok(())
}

/// The cost is one KV read, one catalogue query and one object. A playlist for an invented version is not kept.
fn cold_variant(target: &Target) -> Outcome {
    for variant in variants(target)? {
        for _ in 0..2 {
            let cold = target.follow(&variant.replace("?v=", "?v=madeup")).expect(200)?;
            ensure_eq!(cold.cost_text("cache")?, "miss", "{variant}: cache");
            with_session(target, &cold, [1, 0, 1, 1])?;
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
    with_session(target, &warm, [1, 0, 0, 0])
}

/// The cost is one catalogue query and one object, whatever the request. Each further part costs one object more.
fn original(target: &Target) -> Outcome {
    let whole = target.get(&file(BIG)).expect(200)?;
    with_session(target, &whole, [0, 0, 1, 1])?;
    with_session(target, &target.get(&file(BIG)).header("range", "bytes=5-9").expect(206)?, [0, 0, 1, 1])?;
    let tag = whole.need("etag")?;
    with_session(target, &target.get(&file(BIG)).header("if-none-match", tag).expect(304)?, [0, 0, 1, 1])?;
    let part = target.get(&file(BIG)).header("range", "bytes=5-9").header("if-range", tag).expect(206)?;
    with_session(target, &part, [0, 0, 1, 1])?;
    let parts = target.get(&file(BIG)).header("range", "bytes=5-9,20-29,-5").expect(206)?;
    with_session(target, &parts, [0, 0, 3, 1])?;
    let touching = target.get(&file(BIG)).header("range", "bytes=0-,0-9,-5").expect(206)?;
    with_session(target, &touching, [0, 0, 1, 1])?;
    with_session(target, &target.get("/api/file/absent.jpg").expect(404)?, [0, 0, 0, 1])
}

fn thumbnail(target: &Target) -> Outcome {
    with_session(target, &target.get("/api/thumbnail/big.png?size=small").expect(200)?, [0, 0, 1, 1])
}

/// The URL says which bytes it means, so whether a client has them is not asked of the store.
fn versioned_thumbnail_unchanged(target: &Target) -> Outcome {
    for (_, _, url) in item(target, BIG)?.thumbnails.all() {
        let tag = target.get(url).expect(200)?.need("etag")?.to_owned();
        let unchanged = target.get(url).header("if-none-match", &tag).expect(304)?;
        unchanged.has("etag", &tag)?;
        with_session(target, &unchanged, [0, 0, 0, 1])?;
        with_session(target, &target.get(url).header("if-match", "\"x\"").expect(412)?, [0, 0, 0, 1])?;
    }
    Ok(())
}

/// The cost is the index, and once the blocks. What was read is kept, so a listing that was read before costs the
/// index, and so does a 304.
fn listing(target: &Target) -> Outcome {
    for path in ["/api/media", "/api/timeline"] {
        let first = target.get(path).expect(200)?;
        with_session(target, &first, [0, 0, 0, 2])?;
        let tag = first.need("etag")?;
        with_session(target, &target.get(path).header("if-none-match", tag).expect(304)?, [0, 0, 0, 1])?;
    }
    with_session(target, &target.get("/api/cache-version").expect(200)?, [1, 0, 0, 1])
}

/// The cost is one query for a block, beside the index.
fn block(target: &Target) -> Outcome {
    let timeline = target.get("/api/timeline").expect(200)?.json()?;
    let name = timeline["blocks"][0][0].as_str().ok_or("there is no block")?;
    with_session(target, &target.get(&format!("/api/blocks/{name}")).expect(200)?, [0, 0, 0, 2])
}

fn strangers_cost_nothing(target: &Target) -> Outcome {
    for call in [target.get("/api/media"), target.get(&file(BIG)), target.video("/api/hls/playlist?key=x")] {
        at_most(target, &call.anonymous().expect(401)?, [0; 4])?;
    }
    // Some hosts count wrong passwords in the KV store.
    at_most(target, &target.log_in("not it").expect(401)?, [1, 1, 0, 0])
}

/// The signature is checked before anything is read.
fn forged_cookies_cost_nothing(target: &Target) -> Outcome {
    let cookie = target.cookie()?;
    let forged = format!("{}AAAA", &cookie[..cookie.len() - 4]);
    at_most(target, &target.get("/api/media").anonymous().header("cookie", forged).expect(401)?, [0; 4])
}

fn page_and_health_cost_nothing(target: &Target) -> Outcome {
    for path in ["/", "/healthz", "/nothing"] {
        at_most(target, &Call::new(format!("{}{path}", target.base)).send()?, [0; 4])?;
    }
    Ok(())
}
