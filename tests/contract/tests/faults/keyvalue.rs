//! Stores of a WASI host that has `wasi:keyvalue`.

use std::fs;

use contract::{Outcome, ensure};

use crate::{setup::log, stage::Stages};

crate::tests!(keyvalue: nobody_logs_in_without_stores, only_who_asks_imports_it);

/// What is wrong is in the log, with the store's name, and nothing of it is told to the client.
fn nobody_logs_in_without_stores(stages: &Stages) -> Outcome {
    for (failing, status, words) in [
        ("missing", 503, "kv.open: Unavailable: the host has no store CACHE_VERSION"),
        ("denied", 502, "kv.open: Denied: the host keeps the store CACHE_VERSION from the component"),
        ("down", 503, "kv.get: Unavailable: CACHE_VERSION: nobody answers"),
    ] {
        let stage = stages.start_with(&[("KEYVALUE_FAILING", failing)])?;
        let refused = stage.target.log_in(&stage.target.password).expect(status)?;
        refused.lacks("set-cookie")?;
        refused.has("cache-control", "no-store")?;
        ensure!(!refused.text()?.contains("CACHE_VERSION"), "the client hears what is wrong: {}", refused.text()?);
        let log = log(&stage, |log| log.contains(words))?;
        ensure!(log.contains(words), "{failing}: the log lacks {words:?}: {log}");
        stage.target.get("/").anonymous().expect(200)?;
    }
    Ok(())
}

/// A component that names an interface starts on no host without it.
fn only_who_asks_imports_it(_: &Stages) -> Outcome {
    for service in ["viewer-edge", "video-edge", "all-in-one"] {
        for (host, wanted) in [("wasi", false), ("wasi02", false), ("spin", false), ("wasi02-keyvalue", true)] {
            let name = format!("{service}-{host}");
            let path = harness::component(&name).map_err(|failure| failure.to_string())?;
            let bytes = fs::read(path).map_err(|error| error.to_string())?;
            let imports = bytes.windows(13).any(|window| window == b"wasi:keyvalue");
            ensure!(imports == wanted, "{name} imports wasi:keyvalue: {imports}");
        }
    }
    Ok(())
}
