//! Many clients at once: each gets the answer to its own request.

use std::thread;

use crate::{Outcome, Target, library::film, playlists::variants};

cases!(crowd: needs [Photo, Film, NoExperiment]: sixteen_clients);

const CLIENTS: usize = 16;
const ROUNDS: usize = 4;

fn sixteen_clients(target: &Target) -> Outcome {
    let (_, master) = film(target)?;
    let master = target.follow(&master).expect(200)?;
    let variant = variants(target)?.into_iter().next().ok_or("the master has no variant")?;
    let playlist = target.follow(&variant).expect(200)?;
    let listing = target.get("/api/media").expect(200)?;
    let photos = target.few()?;

    let visit = |client: usize| -> Outcome {
        let own = Target::new(&target.base, &target.video_base, &target.store_origin, &target.password);
        for round in 0..ROUNDS {
            // Each client begins with another photo, so that different requests are under way at once.
            let photo = &photos[(client + round) % photos.len()];
            let (path, bytes): (_, &[u8]) = (photo.file(), &photo.bytes);
            ensure!(own.get(&path).expect(200)?.body == bytes, "{path}: other bytes");
            let first = (client * 7 + round) % bytes.len();
            let part = own.get(&path).header("range", format!("bytes={first}-")).expect(206)?;
            ensure!(part.body == bytes[first..], "{path} from {first}: other bytes");
            ensure!(own.get("/api/media").expect(200)?.body == listing.body, "another listing");
            ensure!(own.follow(&variant).expect(200)?.body == playlist.body, "another playlist");
            let film = own.follow(master.what.trim_start_matches("GET ")).expect(200)?;
            ensure!(film.body == master.body, "another master");
            own.get("/api/media").anonymous().expect(401)?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS).map(|client| scope.spawn(move || visit(client))).collect();
        clients.into_iter().try_for_each(|client| client.join().map_err(|_| "a client panicked".to_owned())?)
    })
}
