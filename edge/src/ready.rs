//! `GET /readyz`: whether this instance reaches what it needs. `/healthz` says only that it runs.

use std::cell::Cell;

use bytes::Bytes;
use futures_util::future::join3;
use gallery::views::INDEX;
use http::{Response, StatusCode, header};
use platform::{Cx, Error, Kv, KvKey, Platform, StoreName};
use platform_s3::Objects;

use crate::{Catalogue, respond};

/// How long an answer serves everybody, in seconds. Anybody may ask, and must not keep the store busy by it.
const FRESH_SECONDS: u64 = 5;
/// How far the store's clock may be away, in seconds. Signatures are refused from 15 minutes on.
const MAX_SKEW_SECONDS: u64 = 10 * 60;

const BUCKET: u8 = 1;
const CATALOGUE: u8 = 2;
const KV: u8 = 4;
const CLOCK: u8 = 8;

/// When an instance last looked, in seconds since 1970, and what was wrong.
#[derive(Default)]
pub struct Readiness(Cell<Option<(u64, u8)>>);

/// Puts back what was known before a look, unless the look has ended.
struct Unfinished<'a>(&'a Cell<Option<(u64, u8)>>, Option<(u64, u8)>);

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        self.0.set(self.1);
    }
}

impl Readiness {
    /// 200, or 503 with the names of what is wrong. Nothing else is told, because anybody may ask.
    pub async fn answer<P: Platform>(
        &self,
        cx: &Cx<'_, P>,
        objects: &Objects,
        catalogue: &Catalogue,
    ) -> Response<P::Body> {
        let now = cx.facts.now;
        let wrong = match self.0.get() {
            Some((asked, wrong)) if now.abs_diff(asked) < FRESH_SECONDS => wrong,
            kept => {
                // Requests that come in the meantime get the last answer. A client that hangs up ends the look, and the
                // next one looks again.
                let unfinished = Unfinished(&self.0, kept);
                self.0.set(kept.map(|(_, wrong)| (now, wrong)));
                let wrong = look(cx, objects, catalogue).await;
                drop(unfinished);
                self.0.set(Some((now, wrong)));
                wrong
            }
        };
        if wrong == 0 {
            return respond::bytes(StatusCode::OK, "application/json", r#"{"status":"ready"}"#);
        }
        let mut body = String::from(r#"{"status":"unavailable","wrong":["#);
        let names = [(BUCKET, "bucket"), (CATALOGUE, catalogue.source_name()), (KV, "kv"), (CLOCK, "clock")];
        for (bit, name) in names {
            if wrong & bit != 0 {
                body.push_str(if body.ends_with('[') { "\"" } else { ",\"" });
                body.push_str(name);
                body.push('"');
            }
        }
        body.push_str("]}");
        let mut response = respond::bytes(StatusCode::SERVICE_UNAVAILABLE, "application/json", Bytes::from(body));
        respond::set(response.headers_mut(), header::RETRY_AFTER, "5");
        response
    }
}

async fn look<P: Platform>(cx: &Cx<'_, P>, objects: &Objects, catalogue: &Catalogue) -> u8 {
    let failed = |bit: u8, error: &Error| {
        cx.record.note(error);
        bit
    };
    // At once: what hangs must not use up the patience of a probe before the others are asked.
    let (bucket, catalogue, kv) = join3(objects.reach(cx, INDEX), catalogue.probe(cx), kv(cx)).await;
    let kv = kv.map_or_else(|error| failed(KV, &error), |()| 0);
    let catalogue = catalogue.map_or_else(|error| failed(CATALOGUE, &error), |()| 0);
    // What is noted last is told: the others may fail because of the bucket.
    let bucket = match bucket {
        Ok((answer, date)) => {
            let skew = date.map_or(0, |date| date.abs_diff(cx.facts.now));
            let bucket = answer.map_or_else(|error| failed(BUCKET, &error), |()| 0);
            bucket | (u8::from(skew > MAX_SKEW_SECONDS) * CLOCK)
        }
        Err(error) => failed(BUCKET, &error),
    };
    bucket | catalogue | kv
}

/// The read on which every session depends.
async fn kv<P: Platform>(cx: &Cx<'_, P>) -> Result<(), Error> {
    let Some(key) = KvKey::parse("auth_version") else { return Ok(()) };
    cx.kv(StoreName::CacheVersion)?.get(&key).await.map(drop)
}
