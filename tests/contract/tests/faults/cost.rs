//! The exact number of calls that requests cost on this host. Its workers live on, so each reads the auth version
//! once.

use std::thread;

use contract::{Outcome, Target, ensure, ensure_eq};

use cost::Request;

use crate::fixture::Fixtures;

crate::tests!(cost: warm_variant, cold_variant, one_viewer_warms_for_all);

/// The variants' paths.
pub fn variants(target: &Target) -> Result<Vec<String>, String> {
    let master = target.video(&target.master()?).expect(200)?;
    Ok(master.text()?.lines().filter(|line| !line.starts_with('#')).map(|line| format!("/api/hls/{line}")).collect())
}

/// Sends requests until video-edge has read the auth version on every worker. The host distributes connections
/// evenly.
pub fn warm_up(target: &Target) -> Outcome {
    thread::scope(|scope| {
        let ask = || target.video("/api/hls/playlist?key=absent.mp4").expect(404).map(drop);
        let clients: Vec<_> = (0..16).map(|_| scope.spawn(move || (0..4).try_for_each(|_| ask()))).collect();
        clients.into_iter().try_for_each(|client| client.join().map_err(|_| "a client panicked".to_owned())?)
    })
}

fn warm_variant(fixtures: &Fixtures) -> Outcome {
    let fixture = fixtures.start()?;
    warm_up(&fixture.target)?;
    for variant in variants(&fixture.target)? {
        fixture.target.video(&variant).expect(200)?;
        for _ in 0..10 {
            let warm = fixture.target.video(&variant).expect(200)?;
            ensure_eq!(warm.calls()?, Request::PlaylistWarm.calls(), "{variant}, warm");
            let unchanged = fixture.target.video(&variant).header("if-none-match", warm.need("etag")?).expect(304)?;
            ensure_eq!(unchanged.calls()?, Request::PlaylistWarm.calls(), "{variant}, warm and unchanged");
        }
    }
    Ok(())
}

fn cold_variant(fixtures: &Fixtures) -> Outcome {
    let fixture = fixtures.start()?;
    warm_up(&fixture.target)?;
    for variant in variants(&fixture.target)? {
        let cold = fixture.target.video(&variant).expect(200)?;
        ensure_eq!(cold.cost_text("cache")?, "miss", "{variant}: cache");
        ensure_eq!(cold.calls()?, Request::PlaylistCold.calls(), "{variant}, cold");
        let made_up = fixture.target.video(&variant.replace("?v=", "?v=madeup")).expect(200)?;
        ensure_eq!(made_up.calls()?, Request::PlaylistPassing.calls(), "{variant} of a version that is made up");
    }
    Ok(())
}

/// A playlist that one session fetched is served to the next, byte for byte.
fn one_viewer_warms_for_all(fixtures: &Fixtures) -> Outcome {
    let fixture = fixtures.start()?;
    let target = &fixture.target;
    for variant in variants(target)? {
        let first = target.video(&variant).expect(200)?;
        let other = Target::new(&target.base, &target.video_base, &target.store_origin, &target.password);
        let second = other.video(&variant).expect(200)?;
        ensure!(target.token()? != other.token()?, "two logins gave one token");
        ensure_eq!(second.cost_text("cache")?, "hit", "{variant}, asked for by another viewer: cache");
        ensure!(first.body == second.body, "{variant}: other bytes for another viewer");
    }
    Ok(())
}
