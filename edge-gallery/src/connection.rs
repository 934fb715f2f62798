//! The gallery that a verb works on: its bucket and its catalogue.

use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use ingest::{Location, Options, Place};
use platform::{
    StoreName,
    config::{
        ConfigError, Lookup,
        names::{
            GALLERY_DATA, GALLERY_DATABASE, GALLERY_STORE_LISTEN, PUBLIC_MEDIA_BASE, R2_ACCOUNT_ID, R2_BUCKET_NAME,
            R2_REGION, S3_ENDPOINT, SQL_URL, VIDEO_DELIVERY,
        },
    },
};
use platform_fallback::Endpoint;
use platform_native::trust;

use crate::{Failure, kept};

/// Where the gallery is. What is not given here comes from the environment.
#[derive(clap::Args)]
pub struct Connection {
    /// The data folder of `serve`: without other words, the catalogue is in it [env: GALLERY_DATA] [default: .data]
    #[arg(long, value_name = "FOLDER", value_hint = clap::ValueHint::DirPath)]
    data: Option<String>,
    /// The catalogue's SQLite file, made if missing [env: GALLERY_DATABASE] [default: gallery.db in the data folder]
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    database: Option<String>,
    /// A libSQL server to use instead of a file; SQL_AUTH_TOKEN is the token for it [env: SQL_URL]
    #[arg(long, value_name = "URL")]
    sql_url: Option<String>,
    /// Another libSQL server that gets the same catalogue, now and with each later command; SQL_AUTH_TOKEN is the
    /// token for it too; `none` forgets it
    #[arg(long, value_name = "URL")]
    mirror: Option<String>,
    /// The store: `https://host:port` [env: S3_ENDPOINT, or R2_ACCOUNT_ID for R2] [default: the store of `serve`]
    #[arg(long, value_name = "URL")]
    endpoint: Option<String>,
    /// The bucket's name [env: R2_BUCKET_NAME]
    #[arg(long, value_name = "NAME")]
    bucket: Option<String>,
    /// The bucket's region [env: R2_REGION] [default: auto]
    #[arg(long, value_name = "NAME")]
    region: Option<String>,
}

impl Connection {
    /// What the command line says for a name of the configuration.
    fn flag(&self, name: &str) -> Option<String> {
        let flags = [
            (S3_ENDPOINT, self.endpoint.clone()),
            (R2_BUCKET_NAME, self.bucket.clone()),
            (R2_REGION, self.region.clone()),
            (SQL_URL, self.sql_url.clone()),
            (GALLERY_DATABASE, self.database.clone()),
            (GALLERY_DATA, self.data.clone()),
        ];
        flags.into_iter().find(|(known, _)| known.text() == name)?.1
    }

    fn setting(&self, name: &str) -> Option<String> {
        self.flag(name).or_else(|| platform_native::variable(name))
    }

    /// The options of ingest for this gallery, and nothing else in them.
    pub fn options(&self) -> Result<Options, Failure> {
        let setting = |name: &str| self.setting(name);
        let lookup = Lookup(&setting);
        let elsewhere = [S3_ENDPOINT, R2_ACCOUNT_ID].iter().any(|name| lookup.optional(*name).is_some());
        // Where no store is named, that of `serve` is meant: it says where it is, unless it does not run.
        let named = setting(GALLERY_STORE_LISTEN.text()).is_some_and(|address| !address.trim().is_empty());
        let known = lookup.optional(GALLERY_DATA).filter(|_| !named);
        let known = known.and_then(|data| kept::read(&kept::store(Path::new(&data))));
        let embedded = || known.clone().or_else(|| Some(format!("http://{}", lookup.optional(GALLERY_STORE_LISTEN)?)));
        let store = |name: &str| if name == S3_ENDPOINT.text() && !elsewhere { embedded() } else { setting(name) };
        let bucket = Location::load(&Lookup(&store))?;
        let database = database(&lookup)?;
        let url = self.mirror_of(&database)?;
        Ok(Options {
            certificates: trust::certificates()?.iter().map(|der| der.to_vec()).collect(),
            mirror: mirror(url.as_ref(), &setting)?,
            ..Options::new(bucket, database)
        })
    }

    /// The URL of the mirror, given now or before. An end that does not reach the mirror would let guests in there.
    fn mirror_of(&self, database: &Place) -> Result<Option<String>, Failure> {
        let given = self.mirror.as_deref().filter(|url| *url != "none");
        // A catalogue in a libSQL server has no file beside it.
        let Place::File(catalogue) = database else { return Ok(given.map(str::to_owned)) };
        let file = kept::mirror(catalogue);
        if self.mirror.is_some() {
            let failed = |error| format!("cannot keep the mirror in {}: {error}", file.display());
            kept::write(&file, given).map_err(failed)?;
            return Ok(given.map(str::to_owned));
        }
        let before = kept::read(&file);
        if let Some(url) = &before {
            let _ = writeln!(io::stderr(), "edge-gallery: the mirror {url} gets it too; --mirror none forgets it");
        }
        Ok(before)
    }

    /// The data folder of the native host.
    pub fn data(&self) -> Result<PathBuf, Failure> {
        let setting = |name: &str| self.setting(name);
        Ok(PathBuf::from(Lookup(&setting).required(GALLERY_DATA)?))
    }

    /// Whether the native host keeps its KV stores in the bucket.
    pub fn has_kv_in_bucket(&self) -> Result<bool, Failure> {
        Ok(platform_native::has_kv_in_bucket(&Lookup(&|name| self.setting(name)))?)
    }

    /// Empties the playlist cache of the native host in its data folder, so that a film that was taken out is not
    /// played from there. What lies in the bucket, ingest empties. Other stores cannot be reached from here: what they
    /// keep runs out by itself.
    pub fn forget_playlists(&self) -> Result<(), Failure> {
        Ok(platform_native::clear_kv(&self.data()?, StoreName::VideoCache)?)
    }

    /// Whether anybody who knows an object's name can read it, as long as it is there.
    pub fn is_public(&self) -> bool {
        self.setting(VIDEO_DELIVERY.text()).as_deref() == Some("public")
            || self.setting(PUBLIC_MEDIA_BASE.text()).is_some_and(|base| !base.is_empty())
    }
}

/// The catalogue: a libSQL server, a file that is named, or the file of `serve`.
fn database(lookup: &Lookup<'_>) -> Result<Place, Failure> {
    if let Some(endpoint) = Endpoint::load(lookup)? {
        return Ok(Place::Http(Arc::new(endpoint)));
    }
    if let Some(path) = lookup.optional(GALLERY_DATABASE) {
        return Ok(Place::File(path.into()));
    }
    let data = PathBuf::from(lookup.required(GALLERY_DATA)?);
    let failed = |error| format!("cannot make the data folder {}: {error}", data.display());
    std::fs::create_dir_all(&data).map_err(failed)?;
    Ok(Place::File(data.join("gallery.db")))
}

/// Another libSQL server, which takes the same token.
fn mirror(url: Option<&String>, setting: &dyn Fn(&str) -> Option<String>) -> Result<Option<Place>, ConfigError> {
    let there = |name: &str| if name == SQL_URL.text() { url.cloned() } else { setting(name) };
    Ok(Endpoint::load(&Lookup(&there))?.map(|endpoint| Place::Http(Arc::new(endpoint))))
}
