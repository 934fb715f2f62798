//! [`platform::Kv`].

use std::time::Duration;

use bytes::Bytes;
use platform::{Kind, Kv, KvKey, Platform, StoreName};

use crate::{At, Outcome, cases, ensure, words};

cases!(kv:
    missing_is_none, deleted_is_none, deleting_what_is_missing_succeeds, comes_back_byte_for_byte, empty_is_not_missing,
    is_replaced, stays_without_ttl, is_there_until_it_expires, longest_key, every_legal_byte_in_a_key, stores_are_apart,
    too_large_or_kept_whole, many_keys,
);

fn key(text: &str) -> Result<KvKey, String> {
    KvKey::parse(text).ok_or_else(|| format!("{text} is no key"))
}

/// A key that nobody has written, and its store.
fn fresh<'a, P: Platform>(at: &'a At<'_, P>, name: &str) -> Result<(impl Kv + 'a, KvKey), String> {
    Ok((at.cx.kv(StoreName::VideoCache).map_err(|error| words(&error))?, key(&at.unique(name))?))
}

async fn put(kv: &impl Kv, key: &KvKey, value: &[u8], ttl: Option<Duration>) -> Outcome {
    kv.put(key, Bytes::copy_from_slice(value), ttl).await.map_err(|error| words(&error))
}

async fn holds(kv: &impl Kv, key: &KvKey, wanted: Option<&[u8]>) -> Outcome {
    let found = kv.get(key).await.map_err(|error| words(&error))?;
    let length = |value: Option<&[u8]>| value.map(<[u8]>::len);
    ensure!(
        found.as_deref() == wanted,
        "{key} holds {:?} bytes, others than the {:?} wanted",
        length(found.as_deref()),
        length(wanted)
    );
    Ok(())
}

async fn missing_is_none<P: Platform>(at: &At<'_, P>) -> Outcome {
    let (kv, key) = fresh(at, "missing")?;
    holds(&kv, &key, None).await
}

async fn deleted_is_none<P: Platform>(at: &At<'_, P>) -> Outcome {
    let (kv, key) = fresh(at, "deleted")?;
    put(&kv, &key, b"value", None).await?;
    kv.delete(&key).await.map_err(|error| words(&error))?;
    holds(&kv, &key, None).await
}

async fn deleting_what_is_missing_succeeds<P: Platform>(at: &At<'_, P>) -> Outcome {
    let (kv, key) = fresh(at, "never")?;
    kv.delete(&key).await.map_err(|error| words(&error))
}

async fn comes_back_byte_for_byte<P: Platform>(at: &At<'_, P>) -> Outcome {
    let (kv, key) = fresh(at, "bytes")?;
    let all: Vec<u8> = (0..300_000).map(crate::pattern).collect();
    for value in [b"\0".as_slice(), "\u{e4}\u{1f3c6}".as_bytes(), b"\xff\xfe\r\n\"'", &all] {
        put(&kv, &key, value, None).await?;
        holds(&kv, &key, Some(value)).await?;
    }
    kv.delete(&key).await.map_err(|error| words(&error))
}

async fn empty_is_not_missing<P: Platform>(at: &At<'_, P>) -> Outcome {
    let (kv, key) = fresh(at, "empty")?;
    put(&kv, &key, b"", None).await?;
    holds(&kv, &key, Some(b"")).await
}

async fn is_replaced<P: Platform>(at: &At<'_, P>) -> Outcome {
    let (kv, key) = fresh(at, "replaced")?;
    put(&kv, &key, b"a long first value", Some(Duration::from_mins(1))).await?;
    put(&kv, &key, b"second", None).await?;
    holds(&kv, &key, Some(b"second")).await
}

async fn stays_without_ttl<P: Platform>(at: &At<'_, P>) -> Outcome {
    let (kv, key) = fresh(at, "stays")?;
    // An expiry that was set before belongs to the old value, and is gone with it.
    put(&kv, &key, b"first", Some(Duration::from_secs(1))).await?;
    put(&kv, &key, b"second", None).await?;
    at.cx.sleep(Duration::from_millis(1500)).await;
    holds(&kv, &key, Some(b"second")).await
}

async fn is_there_until_it_expires<P: Platform>(at: &At<'_, P>) -> Outcome {
    let (kv, key) = fresh(at, "keep")?;
    for ttl in [Duration::from_mins(1), Duration::from_hours(4), Duration::MAX] {
        put(&kv, &key, b"value", Some(ttl)).await?;
        holds(&kv, &key, Some(b"value")).await?;
    }
    Ok(())
}

async fn longest_key<P: Platform>(at: &At<'_, P>) -> Outcome {
    let (kv, _) = fresh(at, "x")?;
    let start = at.unique("");
    let full = |last: char| key(&format!("{start}{}{last}", "k".repeat(KvKey::MAX_BYTES - start.len() - 1)));
    let (one, other) = (full('a')?, full('b')?);
    put(&kv, &one, b"one", None).await?;
    holds(&kv, &other, None).await?;
    holds(&kv, &one, Some(b"one")).await
}

async fn every_legal_byte_in_a_key<P: Platform>(at: &At<'_, P>) -> Outcome {
    let (kv, _) = fresh(at, "x")?;
    let legal = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789:_-";
    let (key, lower) =
        (key(&format!("{}{legal}", at.unique("")))?, key(&format!("{}{}", at.unique(""), legal.to_lowercase()))?);
    put(&kv, &key, b"value", None).await?;
    holds(&kv, &lower, None).await?;
    holds(&kv, &key, Some(b"value")).await
}

async fn stores_are_apart<P: Platform>(at: &At<'_, P>) -> Outcome {
    let (cache, key) = fresh(at, "apart")?;
    let versions = at.cx.kv(StoreName::CacheVersion).map_err(|error| words(&error))?;
    put(&cache, &key, b"cache", None).await?;
    holds(&versions, &key, None).await?;
    put(&versions, &key, b"version", None).await?;
    holds(&cache, &key, Some(b"cache")).await?;
    versions.delete(&key).await.map_err(|error| words(&error))?;
    holds(&cache, &key, Some(b"cache")).await
}

/// 26 MB, which is over the limit of every host that has a limit.
async fn too_large_or_kept_whole<P: Platform>(at: &At<'_, P>) -> Outcome {
    let (kv, key) = fresh(at, "large")?;
    put(&kv, &key, b"old", None).await?;
    let large = Bytes::from(vec![7; 26_000_000]);
    match kv.put(&key, large.clone(), None).await {
        Ok(()) => holds(&kv, &key, Some(&large)).await?,
        Err(error) => {
            ensure!(error.kind() == Kind::TooLarge, "26 MB: {error}, TooLarge wanted");
            holds(&kv, &key, Some(b"old")).await?;
        }
    }
    kv.delete(&key).await.map_err(|error| words(&error))
}

async fn many_keys<P: Platform>(at: &At<'_, P>) -> Outcome {
    let (kv, _) = fresh(at, "x")?;
    let keys: Result<Vec<KvKey>, String> = (0..20).map(|number| key(&at.unique(&format!("many{number}")))).collect();
    let keys = keys?;
    for key in &keys {
        put(&kv, key, key.as_str().as_bytes(), None).await?;
    }
    for key in &keys {
        holds(&kv, key, Some(key.as_str().as_bytes())).await?;
    }
    Ok(())
}
