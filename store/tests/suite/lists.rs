//! ListObjectsV2 as `rusty-s3` reads it, and version 1.

use std::collections::BTreeSet;

use crate::common::{
    BUCKET, HOUR, Response, TestStore, presign, request,
    sign::{Signer, encode},
    start,
};
use rusty_s3::actions::list_objects_v2::{ListObjectsV2, ListObjectsV2Response};

fn list(store: &TestStore, with: impl Fn(&mut ListObjectsV2<'_>)) -> ListObjectsV2Response {
    let mut action = store.bucket.list_objects_v2(Some(&store.credentials));
    with(&mut action);
    ListObjectsV2::parse_response(request("GET", &presign(&action)).send().ok(200).text()).unwrap()
}

/// A listing with any query, which `rusty-s3` would not send.
fn raw(store: &TestStore, query: &[(&str, &str)]) -> Response {
    let query: Vec<String> = query.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    let url = format!("http://{}/{BUCKET}?{}", store.addr(), query.join("&"));
    let signer = Signer { expires: Some(HOUR), ..Signer::default() };
    request("GET", &signer.sign("GET", &url, &[], None).0).send()
}

fn keys(listed: &ListObjectsV2Response) -> Vec<&str> {
    listed.contents.iter().map(|entry| entry.key.as_str()).collect()
}

fn prefixes(listed: &ListObjectsV2Response) -> Vec<&str> {
    listed.common_prefixes.iter().map(|entry| entry.prefix.as_str()).collect()
}

#[test]
fn entries_are_sorted_by_bytes_and_complete() {
    let store = start();
    for key in ["b", "a", "a/b", "a b", "a+b", "Z", "é", "😀", "\u{ffee}", "100%", "a&<b>"] {
        store.put(key, "12345").ok(200);
    }
    let listed = list(&store, |_| {});
    assert_eq!(keys(&listed), ["100%", "Z", "a", "a b", "a&<b>", "a+b", "a/b", "b", "é", "\u{ffee}", "😀"]);
    let first = &listed.contents[0];
    assert_eq!(first.size, Some(5));
    assert_eq!(first.etag.as_deref(), store.head("100%").header("etag"));
    assert!(first.last_modified.as_deref().unwrap().ends_with('Z'));
    assert!(listed.next_continuation_token.is_none());
}

#[test]
fn an_empty_bucket_lists_nothing() {
    let store = start();
    let listed = list(&store, |_| {});
    assert!(listed.contents.is_empty() && listed.next_continuation_token.is_none());
}

#[test]
fn prefixes_select() {
    let store = start();
    for key in ["hls/a/1.ts", "hls/a/2.ts", "hls/ab", "hlz", "/hls", "photo%20.jpg", "photo .jpg"] {
        store.put(key, "").ok(200);
    }
    assert_eq!(keys(&list(&store, |list| list.with_prefix("hls/a"))), ["hls/a/1.ts", "hls/a/2.ts", "hls/ab"]);
    assert_eq!(keys(&list(&store, |list| list.with_prefix("/"))), ["/hls"]);
    assert_eq!(keys(&list(&store, |list| list.with_prefix("photo%"))), ["photo%20.jpg"]);
    assert!(list(&store, |list| list.with_prefix("none")).contents.is_empty());
}

#[test]
fn pages_cover_everything_once() {
    let store = start();
    let all: BTreeSet<String> = (0..25).map(|n| format!("k/{n:02} é+%")).collect();
    for key in &all {
        store.put(key, "x").ok(200);
    }
    for size in [1, 4, 5, 24, 25, 26] {
        let (mut seen, mut token, mut pages) = (vec![], None::<String>, 0);
        loop {
            let listed = list(&store, |list| {
                list.with_max_keys(size);
                list.with_prefix("k/");
                if let Some(token) = &token {
                    list.with_continuation_token(token.clone());
                }
            });
            pages += 1;
            assert!(listed.contents.len() <= size);
            seen.extend(listed.contents.into_iter().map(|entry| entry.key));
            token = listed.next_continuation_token;
            if token.is_none() {
                break;
            }
        }
        assert!(seen.iter().eq(&all), "page size {size}: {seen:?}");
        assert_eq!(pages, all.len().div_ceil(size), "page size {size}");
    }
}

#[test]
fn a_delimiter_groups_across_pages() {
    let store = start();
    for key in ["a/1", "a/2", "a/b/3", "b", "c/1", "c0", "d/", "/top"] {
        store.put(key, "x").ok(200);
    }
    let whole = list(&store, |list| list.with_delimiter("/"));
    assert_eq!((keys(&whole), prefixes(&whole)), (vec!["b", "c0"], vec!["/", "a/", "c/", "d/"]));
    let below = list(&store, |list| {
        list.with_delimiter("/");
        list.with_prefix("a/");
    });
    assert_eq!((keys(&below), prefixes(&below)), (vec!["a/1", "a/2"], vec!["a/b/"]));
    let (mut seen, mut token) = (vec![], None::<String>);
    loop {
        let page = list(&store, |list| {
            list.with_delimiter("/");
            list.with_max_keys(1);
            if let Some(token) = &token {
                list.with_continuation_token(token.clone());
            }
        });
        seen.extend(keys(&page).into_iter().chain(prefixes(&page)).map(str::to_owned));
        token = page.next_continuation_token;
        if token.is_none() {
            break;
        }
    }
    assert_eq!(seen, ["/", "a/", "b", "c/", "c0", "d/"]);
}

#[test]
fn start_after_is_exclusive() {
    let store = start();
    for key in ["a", "a0", "b"] {
        store.put(key, "x").ok(200);
    }
    assert_eq!(keys(&list(&store, |list| list.with_start_after("a"))), ["a0", "b"]);
    assert_eq!(keys(&list(&store, |list| list.with_start_after("aa"))), ["b"]);
}

#[test]
fn bad_arguments_are_refused() {
    let store = start();
    let v2 = ("list-type", "2");
    raw(&store, &[("continuation-token", "!"), v2]).expect(400, "InvalidArgument");
    raw(&store, &[v2, ("max-keys", "-1")]).expect(400, "InvalidArgument");
    raw(&store, &[("encoding-type", "x"), v2]).expect(400, "InvalidArgument");
    assert_eq!(raw(&store, &[v2, ("max-keys", "x")]).status, 400);
    let none = raw(&store, &[v2, ("max-keys", "0")]).ok(200);
    assert_eq!((none.xml("KeyCount"), none.xml("IsTruncated")), (Some("0"), Some("false")));
}

#[test]
fn version_1_pages_by_key() {
    let store = start();
    for key in ["a/1", "a/2", "b", "c/1", "d"] {
        store.put(key, "x").ok(200);
    }
    let (mut seen, mut marker) = (vec![], String::new());
    for _ in 0..10 {
        let page = raw(&store, &[("delimiter", "/"), ("marker", &marker), ("max-keys", "1")]).ok(200);
        let last = page.xml("Key").or(page.xml("CommonPrefixes").and(page.xml("CommonPrefixes"))).unwrap();
        seen.push(last.replace("<Prefix>", "").replace("</Prefix>", ""));
        if page.xml("IsTruncated") == Some("false") {
            break;
        }
        page.xml("NextMarker").unwrap().clone_into(&mut marker);
    }
    assert_eq!(seen, ["a/", "b", "c/", "d"]);
}
