//! A catalogue that is replaced again and again while clients read it. No answer mixes two versions.
//!
//! `EDGE_GALLERY_SWAPS` sets how often it is replaced.

use std::{
    io::Read as _,
    path::Path,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
};

use contract::{Outcome, Target, ensure, ensure_eq};
use flate2::read::GzDecoder;
use gallery::{
    media::{Media, MediaType},
    views::{
        INDEX,
        build::{About, Built, Known, build},
    },
};
use harness::{Failure, Gallery, Options};
use rusqlite::{Connection, params};
use serde_json::Value;

/// So many catalogues take turns.
const CATALOGUES: usize = 5;
const ITEMS: usize = 700;
const CLIENTS: usize = 3;
const USUAL_SWAPS: usize = 150;

/// The number of a catalogue stands in the name of each of its items.
fn catalogue(number: usize) -> Built {
    let item = |at: usize| Media {
        key: format!("{at:05}.jpg"),
        filename: number.to_string(),
        r#type: MediaType::Image,
        mime: None,
        size: 1,
        uploaded_at: format!("2025-06-{:02}T00:00:00Z", 1 + at / 30),
        date_taken: None,
        camera_make: None,
        camera_model: None,
        width: Some(4),
        height: Some(3),
        duration: None,
        qualities: None,
        thumbnails: [true; 3],
        renditions: None,
        thumbhash: None,
        updated_at: "2025".into(),
        version: None,
        taken: None,
        place: None,
        exposure: None,
        albums: String::new(),
        patches: None,
        checksums: None,
    };
    // The catalogues have different numbers of items.
    let items = (0..ITEMS + number).map(item).collect();
    build(items, &About::default(), &Known::default(), deflate::squeeze_each).unwrap_or_else(|error| panic!("{error}"))
}

/// Replaces the index by that of `next`, as ingest does: the parts first, then the index and, with it, away with the
/// parts of the one before the last.
fn swap(database: &mut Connection, next: &Built, last: Option<&Built>, before: Option<&Built>) -> rusqlite::Result<()> {
    let put = "INSERT INTO catalogue_parts VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET bytes = excluded.bytes";
    let parts = database.transaction()?;
    for name in &next.names {
        parts.execute(put, params![name, next.parts[name]])?;
    }
    parts.commit()?;
    let index = next.index.clone().encode().unwrap_or_default();
    let swap = database.transaction()?;
    swap.execute(put, params![INDEX, index])?;
    for name in before.iter().flat_map(|before| &before.names) {
        if !next.names.contains(name) && last.is_none_or(|last| !last.names.contains(name)) {
            swap.execute("DELETE FROM catalogue_parts WHERE name = ?1", [name])?;
        }
    }
    swap.commit()
}

/// Checks that all items are of one catalogue, and how many there are.
fn of_one(items: &Value, what: &str) -> Result<usize, String> {
    let items = items.as_array().ok_or_else(|| format!("{what}: no items"))?;
    let first = &items.first().ok_or_else(|| format!("{what}: no item"))?["name"];
    ensure!(items.iter().all(|item| &item["name"] == first), "{what} mixes catalogues");
    Ok(items.len())
}

/// Reads a page and a timeline with its first and last block. A block may be gone when it is asked for.
fn read(target: &Target) -> Outcome {
    let page = target.get("/api/media?limit=1000").header("accept-encoding", "gzip").expect(200)?;
    let mut text = String::new();
    GzDecoder::new(&page.body[..]).read_to_string(&mut text).map_err(|error| format!("a damaged page: {error}"))?;
    let page: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let count = of_one(&page["items"], "a page")?;
    let number = page["items"][0]["name"].as_str().and_then(|name| name.parse::<usize>().ok()).ok_or("no number")?;
    ensure_eq!(count, ITEMS + number, "the items of catalogue {number}");

    let first = target.get("/api/media?limit=130").expect(200)?.json()?;
    ensure_eq!(of_one(&first["items"], "a cut page")?, 130, "the items of a cut page");
    let cursor = first["nextCursor"].as_str().ok_or("no cursor")?;
    of_one(&target.get(&format!("/api/media?limit=200&cursor={cursor}")).expect(200)?.json()?["items"], "a next page")?;

    let timeline = target.get("/api/timeline").expect(200)?.json()?;
    let blocks = timeline["blocks"].as_array().ok_or("no blocks")?;
    let sum: u64 = blocks.iter().filter_map(|block| block[1].as_u64()).sum();
    ensure_eq!(Some(sum), timeline["count"].as_u64(), "the items of a timeline's blocks");
    for block in blocks.first().into_iter().chain(blocks.last()) {
        let answer = target.get(&format!("/api/blocks/{}", block[0].as_str().unwrap_or_default())).send()?;
        match answer.status {
            200 => ensure_eq!(Some(of_one(&answer.json()?, "a block")? as u64), block[1].as_u64(), "items of a block"),
            404 => {}
            status => return Err(format!("{}: status {status}", answer.what)),
        }
    }
    Ok(())
}

fn run(database: &Path, target: &Target, swaps: usize) -> Result<u64, Failure> {
    let catalogues: Vec<Built> = (0..CATALOGUES).map(catalogue).collect();
    let mut connection = Connection::open(database)?;
    connection.busy_timeout(std::time::Duration::from_secs(30))?;
    swap(&mut connection, &catalogues[0], None, None)?;
    let (over, answers) = (AtomicBool::new(false), AtomicU64::new(0));
    thread::scope(|scope| {
        let client = || -> Outcome {
            while !over.load(Ordering::Relaxed) {
                read(target)?;
                answers.fetch_add(1, Ordering::Relaxed);
            }
            Ok(())
        };
        let clients: Vec<_> = (0..CLIENTS).map(|_| scope.spawn(client)).collect();
        let of = |turn: usize| turn.checked_sub(1).map(|turn| &catalogues[turn % CATALOGUES]);
        let swapped = (1..=swaps).try_for_each(|turn| {
            // Faster than any ingest, and slow enough that a request need not meet two swaps at each of its steps.
            thread::sleep(std::time::Duration::from_millis(15));
            let before = turn.checked_sub(1).and_then(of);
            swap(&mut connection, &catalogues[turn % CATALOGUES], of(turn), before)
        });
        over.store(true, Ordering::Relaxed);
        for client in clients {
            client.join().map_err(|_| "a client panicked")??;
        }
        swapped.map_err(Failure::from)
    })?;
    Ok(answers.into_inner())
}

#[test]
fn no_answer_mixes_two_catalogues() -> Result<(), Failure> {
    let swaps = std::env::var("EDGE_GALLERY_SWAPS").ok().and_then(|swaps| swaps.parse().ok()).unwrap_or(USUAL_SWAPS);
    let gallery = Gallery::start_empty(&Options::default())?;
    let target = Target::new(&gallery.url, &gallery.video_url, &gallery.store_url, &gallery.password);
    let rounds = run(&gallery.data().join("gallery.db"), &target, swaps)?;
    assert!(rounds > 0, "nobody read anything in {swaps} swaps");
    println!("{swaps} swaps, {} answers", rounds * 6);
    Ok(())
}
