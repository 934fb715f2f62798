//! One library for all, and for each test a gallery of its own with a relay before the store.

use std::{
    path::PathBuf,
    sync::{Arc, OnceLock},
};

use contract::Target;
use harness::{ENVIRONMENT, Gallery, Options};
use tempfile::TempDir;

use crate::relay::Relay;

/// A store with the test library in it, and the catalogue that goes with it.
pub struct Library {
    store: store::Running,
    database: PathBuf,
    _folder: TempDir,
}

impl Library {
    fn make() -> Result<Self, harness::Failure> {
        let folder = TempDir::new()?;
        let value = |name: &str| ENVIRONMENT.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        let setting = |name: &str| value(name).map(str::to_owned).ok_or_else(|| format!("the harness has no {name}"));
        let config = store::Config {
            root: folder.path().join("store"),
            bucket: setting("R2_BUCKET_NAME")?,
            access_key_id: setting("R2_ACCESS_KEY_ID")?,
            secret_access_key: setting("R2_SECRET_ACCESS_KEY")?,
            region: "auto".to_owned(),
            allowed_origins: Vec::new(),
        };
        let store = store::spawn(config, ([127, 0, 0, 1], 0).into())?;
        let (photos, database) = (folder.path().join("photos"), folder.path().join("gallery.db"));
        harness::write_photos(&photos)?;
        let mut environment: Vec<(String, String)> =
            ENVIRONMENT.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        environment.push(("S3_ENDPOINT".to_owned(), format!("http://{}", store.addr())));
        environment.push(("GALLERY_DATABASE".to_owned(), database.to_string_lossy().into_owned()));
        harness::ingest(&photos, &["--demo-film"], &environment)?;
        Ok(Self { store, database, _folder: folder })
    }
}

/// The library, made by the first test that needs it.
#[derive(Clone, Default)]
pub struct Stages(Arc<OnceLock<Result<Library, String>>>);

/// A gallery whose store can fail.
pub struct Stage {
    // Dropped in this order: the gallery first.
    pub gallery: Gallery,
    pub relay: Relay,
    pub target: Target,
}

impl Stages {
    pub fn start(&self) -> Result<Stage, String> {
        self.start_with(&[])
    }

    /// With more environment.
    pub fn start_with(&self, environment: &[(&str, &str)]) -> Result<Stage, String> {
        let library = self.0.get_or_init(|| Library::make().map_err(|failure| failure.to_string()));
        let library = library.as_ref().map_err(Clone::clone)?;
        let relay = Relay::start(library.store.addr()).map_err(|error| format!("the relay: {error}"))?;
        let options = Options {
            environment: [("S3_ENDPOINT", relay.url().as_str())]
                .iter()
                .chain(environment)
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            database: Some(library.database.clone()),
            ..Options::default()
        };
        let gallery = Gallery::start_empty(&options).map_err(|failure| failure.to_string())?;
        let target = Target::new(&gallery.url, &gallery.video_url, relay.url(), &gallery.password);
        Ok(Stage { gallery, relay, target })
    }
}
