//! The KV store fails. Without caches, answers take longer, but none is lost, and nobody gets in without the right.

use std::{fs, path::PathBuf, thread, time::Duration};

use contract::{Answer, Outcome, Target, ensure, ensure_eq, file_bytes};
use rusqlite::Connection;

use crate::{
    cost::warm_up,
    fixture::{Fixture, Fixtures},
};

crate::tests!(kv:
    garbage_entries,
    deleted_file,
    corrupted_file,
    garbage_at_start,
    unreadable_auth_version,
    login_after_a_bump,
);

fn file(fixture: &Fixture) -> PathBuf {
    fixture.data().join("kv.db")
}

pub fn statement(fixture: &Fixture, sql: &str) -> Result<usize, String> {
    let failed = |error: rusqlite::Error| format!("{sql}: {error}");
    let connection = Connection::open(file(fixture)).map_err(failed)?;
    connection.busy_timeout(Duration::from_secs(5)).map_err(failed)?;
    connection.execute(sql, []).map_err(failed)
}

/// The answers for the master and its variants, as a player fetches them.
fn playlists(target: &Target) -> Result<Vec<Answer>, String> {
    let mut all = vec![target.video(&target.master()?).expect(200)?];
    let variants: Vec<String> =
        all[0].text()?.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect();
    for variant in variants {
        all.push(target.video(&format!("/api/hls/{variant}")).expect(200)?);
    }
    Ok(all)
}

fn same(wanted: &[Answer], came: &[Answer], cache: &str) -> Outcome {
    ensure_eq!(came.len(), wanted.len(), "playlists");
    for (wanted, came) in wanted.iter().zip(came) {
        ensure!(came.body == wanted.body, "{}: other bytes", came.what);
        ensure_eq!(came.cost_text("cache")?, cache, "{}: cache", came.what);
    }
    Ok(())
}

/// Any garbage in the store is recognised and replaced.
fn garbage_entries(fixtures: &Fixtures) -> Outcome {
    let fixture = fixtures.start()?;
    let first = playlists(&fixture.target)?;
    same(&first, &playlists(&fixture.target)?, "hit")?;
    for garbage in [
        "value = randomblob(300)",
        "value = zeroblob(300)",
        "value = x''",
        "value = substr(value, 1, length(value) - 1)",
        "value = substr(value, 1, 20)",
        "value = value || x'00'",
        "value = CAST('#EXTM3U' AS BLOB)",
        // A whole and valid entry under the wrong key: every entry gets the value of one entry.
        "value = (SELECT value FROM kv WHERE store = 'VIDEO_CACHE' AND key LIKE 'signed%')",
        "expires = 1",
    ] {
        // This request makes the entry that says the film is known. One of the statements above copies it.
        let segment = first[1].what.replacen("GET ", "", 1).replacen(".m3u8", "_000.ts", 1);
        fixture.target.follow(&segment).expect(302)?;
        let changed = statement(&fixture, &format!("UPDATE kv SET {garbage} WHERE store = 'VIDEO_CACHE'"))?;
        ensure!(changed >= first.len(), "{garbage}: only {changed} entries");
        same(&first, &playlists(&fixture.target)?, "miss").map_err(|wrong| format!("{garbage}: {wrong}"))?;
        same(&first, &playlists(&fixture.target)?, "hit").map_err(|wrong| format!("after {garbage}: {wrong}"))?;
    }
    statement(&fixture, "DELETE FROM kv WHERE store = 'VIDEO_CACHE'")?;
    same(&first, &playlists(&fixture.target)?, "miss")
}

/// Checks that every answer is right, or refused for a moment, and never wrong.
fn right_or_refused(target: &Target, first: &[Answer]) -> Result<bool, String> {
    let mut all_right = true;
    for wanted in first {
        let url = wanted.what.replacen("GET ", "", 1);
        let came = target.follow(&url).send()?;
        match came.status {
            200 => ensure!(came.body == wanted.body, "{url}: other bytes"),
            503 => {
                came.need("retry-after")?;
                all_right = false;
            }
            status => return Err(format!("{url}: status {status}")),
        }
    }
    let photo = target.get("/api/file/big.png").send()?;
    match photo.status {
        200 => ensure!(photo.body == file_bytes("big.png")?, "big.png: other bytes"),
        503 => all_right = false,
        status => return Err(format!("big.png: status {status}")),
    }
    target.get("/api/file/big.png").anonymous().expect(401)?;
    Ok(all_right)
}

/// Checks that all answers are right within a few seconds.
fn comes_right(target: &Target, first: &[Answer]) -> Outcome {
    for _ in 0..50 {
        if right_or_refused(target, first)? {
            return Ok(());
        }
        thread::sleep(Duration::from_millis(100));
    }
    Err("it never came right again".to_owned())
}

fn remove(fixture: &Fixture) -> Outcome {
    for suffix in ["", "-wal", "-shm"] {
        let path = fixture.data().join(format!("kv.db{suffix}"));
        if path.exists() {
            fs::remove_file(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        }
    }
    Ok(())
}

fn deleted_file(fixtures: &Fixtures) -> Outcome {
    let fixture = fixtures.start()?;
    let first = playlists(&fixture.target)?;
    remove(&fixture)?;
    for _ in 0..5 {
        right_or_refused(&fixture.target, &first)?;
    }
    // What said which sessions were ended is gone, so nobody gets a new one.
    thread::sleep(Duration::from_millis(1100));
    fixture.target.log_in(&fixture.target.password).expect(503)?;
    let ready: Vec<_> = (0..2).map(|_| fixture.target.get("/readyz").anonymous().expect(503)).collect();
    for answer in ready {
        ensure!(answer?.text()?.contains(r#""wrong":["kv"]"#), "it names something else");
    }
    accept(&fixture)?;
    comes_right(&fixture.target, &first)?;
    thread::sleep(Duration::from_millis(1100));
    fixture.target.log_in(&fixture.target.password).expect(200)?;
    Ok(())
}

/// Lets the stores be what they are, as the log tells the operator to.
fn accept(fixture: &Fixture) -> Outcome {
    fs::remove_file(fixture.data().join("kv.id")).map_err(|error| error.to_string())
}

fn corrupted_file(fixtures: &Fixtures) -> Outcome {
    let fixture = fixtures.start()?;
    let first = playlists(&fixture.target)?;
    for suffix in ["", "-wal"] {
        let path = fixture.data().join(format!("kv.db{suffix}"));
        let length = fs::metadata(&path).map_or(0, |file| file.len());
        let garbage: Vec<u8> = (0..length.max(8192)).map(|at| u8::try_from(at * 31 % 251).unwrap_or(0)).collect();
        fs::write(&path, garbage).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    for _ in 0..5 {
        right_or_refused(&fixture.target, &first)?;
    }
    remove(&fixture)?;
    accept(&fixture)?;
    comes_right(&fixture.target, &first)
}

/// The file is garbage before the gallery opens it. Nobody can get in, and nothing else breaks.
fn garbage_at_start(fixtures: &Fixtures) -> Outcome {
    let fixture = fixtures.start()?;
    remove(&fixture)?;
    fs::write(file(&fixture), [7; 8192]).map_err(|error| error.to_string())?;
    for _ in 0..3 {
        fixture.target.get("/healthz").anonymous().expect(200)?;
        fixture.target.get("/").anonymous().expect(200)?;
        let login = fixture.target.log_in(&fixture.target.password).send()?;
        ensure!(matches!(login.status, 200 | 503), "login: status {}", login.status);
        fixture.target.log_in("not it").expect(401)?;
        thread::sleep(Duration::from_millis(400));
    }
    Ok(())
}

/// If the auth version is not text, nobody is let in.
fn unreadable_auth_version(fixtures: &Fixtures) -> Outcome {
    let fixture = fixtures.start()?;
    let insert = "INSERT INTO kv (store, key, value) VALUES ('CACHE_VERSION', 'auth_version', x'ff')";
    statement(&fixture, insert)?;
    let refused = fixture.target.log_in(&fixture.target.password).expect(502)?;
    refused.lacks("set-cookie")?;
    refused.has("cache-control", "no-store")?;
    statement(&fixture, "UPDATE kv SET value = CAST('7' AS BLOB) WHERE key = 'auth_version'")?;
    fixture.target.log_in(&fixture.target.password).expect(200)?;
    Ok(())
}

/// A login after all sessions were revoked gives a session that is valid on every worker.
fn login_after_a_bump(fixtures: &Fixtures) -> Outcome {
    let fixture = fixtures.start()?;
    let target = &fixture.target;
    warm_up(target)?;
    let bump = "INSERT INTO kv (store, key, value) VALUES ('CACHE_VERSION', 'auth_version', CAST('2' AS BLOB))";
    statement(&fixture, bump)?;
    let after = Target::new(&target.base, &target.video_base, &target.store_origin, &target.password);
    thread::scope(|scope| {
        // The clients run side by side, so that every worker gets some of the requests.
        let clients: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    for _ in 0..5 {
                        after.video("/api/hls/playlist?key=absent.mp4").expect(404)?;
                        after.get("/auth").expect(200)?;
                    }
                    Ok(())
                })
            })
            .collect();
        clients.into_iter().try_for_each(|client| client.join().map_err(|_| "a client panicked".to_owned())?)
    })
}
