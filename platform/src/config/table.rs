//! The meaning of each name, for the documents, for `edge-gallery check`, and for the tests that compare manifests
//! with this table.
//!
//! No service and no adapter reads this table, so its words stay out of the programs for the edges.

use std::fmt::Write as _;

use super::names::{self, Name};

/// A program that reads a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// viewer-edge, on every host.
    Viewer,
    /// video-edge, on every host.
    Video,
    /// `edge-gallery ingest`.
    Ingest,
    /// `edge-gallery serve`: the native host.
    Serve,
    /// The adapter for Fastly Compute.
    Fastly,
}

impl Reader {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Video => "video",
            Self::Ingest => "ingest",
            Self::Serve => "serve",
            Self::Fastly => "fastly",
        }
    }
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    pub name: Name,
    pub readers: &'static [Reader],
    /// Whether no program starts without this value.
    pub required: bool,
    /// One line of Markdown.
    pub meaning: &'static str,
    /// A value that can be used as it is.
    pub example: &'static str,
}

impl Setting {
    pub fn is_secret(&self) -> bool {
        names::is_secret(self.name.text())
    }

    pub fn is_read_by(&self, reader: Reader) -> bool {
        self.readers.contains(&reader)
    }
}

use Reader::{Fastly, Ingest, Serve, Video, Viewer};

const SERVICES: &[Reader] = &[Viewer, Video];
const ALL: &[Reader] = &[Viewer, Video, Ingest];
const VIEWER: &[Reader] = &[Viewer];
const VIDEO: &[Reader] = &[Video];
const SERVE: &[Reader] = &[Serve];
const PROGRAM: &[Reader] = &[Serve, Ingest];

const fn setting(name: Name, readers: &'static [Reader], meaning: &'static str, example: &'static str) -> Setting {
    Setting { name, readers, required: false, meaning, example }
}

const fn required(name: Name, readers: &'static [Reader], meaning: &'static str, example: &'static str) -> Setting {
    Setting { required: true, ..setting(name, readers, meaning, example) }
}

/// All settings.
pub const SETTINGS: &[Setting] = &[
    required(
        names::GALLERY_PASSWORD,
        VIEWER,
        "The password, in plain or as a PHC string; `edge-gallery password` makes one.",
        "tulips and rain on a tin roof",
    ),
    required(
        names::AUTH_SECRET,
        SERVICES,
        "At least 32 characters. Sessions and playback tokens are signed with keys derived from it.",
        "0f4c8d1b6a3e49d2b7c5f0e1a2938475",
    ),
    setting(
        names::AUTH_SECRET_PREVIOUS,
        SERVICES,
        "The `AUTH_SECRET` before the current one. Sessions under it go on, so that a rotation logs nobody out.",
        "7d1e5a9c3b8f40627c6d1f0e2b384a95",
    ),
    required(names::R2_ACCESS_KEY_ID, ALL, "The id of a key to the bucket.", "5f2c9d0e7b1a4c38"),
    required(names::R2_SECRET_ACCESS_KEY, ALL, "The secret of that key.", "9b1c7e5d3f2a8c6e4d0b"),
    setting(names::R2_SESSION_TOKEN, ALL, "The session token of a temporary key.", "FwoGZXIvYXdzEJr"),
    setting(names::SQL_AUTH_TOKEN, ALL, "The token for `SQL_URL`.", "eyJhbGciOiJFZERTQSJ9"),
    required(names::R2_BUCKET_NAME, ALL, "The bucket.", "gallery"),
    setting(
        names::R2_ACCOUNT_ID,
        ALL,
        "R2's account id. Natively the embedded store serves where neither this name nor `S3_ENDPOINT` is set.",
        "0123456789abcdef0123456789abcdef",
    ),
    setting(names::R2_JURISDICTION, ALL, "R2's jurisdiction: `eu` for buckets that stay in the EU.", "eu"),
    setting(
        names::S3_ENDPOINT,
        ALL,
        "Any other store, instead of `R2_ACCOUNT_ID`: `https://host[:port]`.",
        "https://s3.eu-central-1.amazonaws.com",
    ),
    setting(
        names::S3_URL_STYLE,
        ALL,
        "Where `S3_ENDPOINT` wants the bucket's name: in the `path`, or as a `virtual-host`.",
        "virtual-host",
    ),
    setting(
        names::STORE_PUBLIC_URL,
        SERVICES,
        "Where browsers reach the store, if not where the services do: URLs of films and originals name it.",
        "https://store.example",
    ),
    setting(names::R2_REGION, ALL, "The bucket's region.", "eu-central-1"),
    setting(
        names::CATALOGUE,
        SERVICES,
        "`sql`, or `snapshot`: what ingest published in the bucket. Default: `snapshot` on hosts without SQL of \
         their own while `SQL_URL` is not set, else `sql`.",
        "snapshot",
    ),
    setting(
        names::SQL_URL,
        ALL,
        "A libSQL server, instead of the host's own SQL: `libsql://host`, `https://host` or `http://host:port`. \
         Components of `spin.toml` do not read it: Spin's runtime configuration says where its SQLite is.",
        "libsql://gallery.turso.io",
    ),
    setting(
        names::BASE_PATH,
        &[Viewer, Video, Serve],
        "The path below which browsers find the gallery, where other programs share its origin: [below a \
         path](#below-a-path). The same for both services (`--base-path`).",
        "/gallery",
    ),
    setting(
        names::VIDEO_API_BASE,
        VIEWER,
        "Two domains: video-edge's origin, as browsers see it. The URLs of films then carry playback tokens.",
        "https://video.example",
    ),
    setting(
        names::VIDEO_ORIGIN,
        VIEWER,
        "One domain: video-edge's own origin. The viewer forwards `/api/hls/...` to it.",
        "https://video-edge.internal.example",
    ),
    setting(
        names::ALLOWED_ORIGINS,
        SERVICES,
        "Other origins whose pages may call with credentials, separated by commas.",
        "https://gallery.example",
    ),
    setting(
        names::ALLOWED_HOSTS,
        SERVE,
        "The host names by which browsers reach the gallery, separated by commas; others get a 421. Needed behind a \
         proxy that passes `Host` on. Addresses, `localhost` and the hosts of the origins above are always served. \
         `*`: any name.",
        "gallery.example",
    ),
    setting(names::VIDEO_DELIVERY, VIDEO, "How segments travel: `presign`, `redirect`, `proxy`, `public`.", "proxy"),
    setting(
        names::VIDEO_EXPERIMENT,
        VIDEO,
        "Arms for percentages of viewers, separated by commas: another delivery, `ts`, `uncompressed`; see \
         [experiments](#experiments). The arm is in the log and in `Server-Timing`.",
        "redirect:10,ts:20",
    ),
    setting(
        names::PUBLIC_MEDIA_BASE,
        VIDEO,
        "Where the bucket is public, for the delivery `public`.",
        "https://media.example/gallery",
    ),
    setting(
        names::PLAYBACK_REPORTS,
        VIDEO,
        "Whether pages may report how a film played, without saying who saw which: [what is kept](#playback-reports).",
        "true",
    ),
    setting(
        names::MAX_BODY_BYTES,
        VIEWER,
        "For hosts that cap bodies: larger originals are a 302 to the bucket, and a 404 by a link without places. Unset, \
         all pass through.",
        "10485760",
    ),
    setting(
        names::MAX_FETCHES,
        VIEWER,
        "How many requests the host sends for one of a client at most. Downloads then come in parts. Unset, no limit.",
        "32",
    ),
    setting(
        names::MAX_SECONDS,
        VIEWER,
        "How many seconds the host lets an answer take at most. Downloads then come in parts. Unset, no limit.",
        "120",
    ),
    setting(names::KV_MAX_VALUE_BYTES, VIDEO, "Larger playlists are served and not cached.", "25000000"),
    setting(
        names::GALLERY_KV,
        PROGRAM,
        "Where the native host keeps the KV stores: in the `file` `kv.db` of its data folder, or in the `bucket`, where \
         [several machines](#more-than-one-machine) share them.",
        "bucket",
    ),
    setting(
        names::TRUST_FORWARDED,
        SERVICES,
        "`true` behind a proxy of your own: `X-Forwarded-Proto` and `-For` count. Fastly does not read it. On WASI \
         hosts and Spin, which speak plain HTTP, cookies are `Secure` only with it.",
        "true",
    ),
    setting(
        names::GALLERY_LOCAL,
        SERVICES,
        "`true` takes a `GALLERY_PASSWORD` and an `AUTH_SECRET` that are easy to guess. Only on a machine of your own.",
        "true",
    ),
    setting(
        names::CACHE_BYTES,
        SERVE,
        "The most bytes of thumbnails and of parts of the catalogue that the native host keeps in memory. `0`: none.",
        "268435456",
    ),
    setting(
        names::LOG_CLIENT,
        SERVICES,
        "How much of a client's address the log shows, where the host knows it: `whole`, `network` (the first 24 bits \
         of IPv4, 48 of IPv6), `off`.",
        "whole",
    ),
    setting(
        names::LOG_ENDPOINT,
        &[Fastly],
        "The log endpoint. Without it the log goes to standard output.",
        "gallery-log",
    ),
    setting(
        names::SHUTDOWN_GRACE,
        SERVE,
        "The seconds in which downloads that move may finish after SIGTERM. Give the service's manager some more.",
        "600",
    ),
    setting(names::GALLERY_LISTEN, SERVE, "Where the gallery listens (`--listen`).", "0.0.0.0:8080"),
    setting(names::GALLERY_SPLIT, SERVE, "Where video-edge listens on its own (`--split`).", "127.0.0.1:8082"),
    setting(
        names::GALLERY_METRICS,
        SERVE,
        "Where Prometheus finds counts of requests (`--metrics`). Keep others away from it.",
        "127.0.0.1:9464",
    ),
    setting(
        names::GALLERY_STORE_LISTEN,
        PROGRAM,
        "Where the embedded store listens (`--store-listen`).",
        "127.0.0.1:9001",
    ),
    setting(
        names::GALLERY_TLS_CERT,
        SERVE,
        "A PEM file of the certificate, and of those that lead to its root (`--tls-cert`): the gallery then speaks TLS.",
        "/etc/edge-gallery/fullchain.pem",
    ),
    setting(
        names::GALLERY_TLS_KEY,
        SERVE,
        "A PEM file of the certificate's key (`--tls-key`).",
        "/etc/edge-gallery/privkey.pem",
    ),
    setting(names::GALLERY_DATA, PROGRAM, "The data folder (`--data`).", "/var/lib/edge-gallery"),
    setting(
        names::GALLERY_DATABASE,
        PROGRAM,
        "The catalogue's SQLite file. Unset, it is `gallery.db` in the data folder.",
        "/var/lib/edge-gallery/gallery.db",
    ),
    setting(
        names::SSL_CERT_FILE,
        PROGRAM,
        "A PEM file of the certificates to trust, instead of the system's: for stores with a private CA.",
        "/etc/ssl/private-ca.pem",
    ),
];

/// The table in Markdown, as PLATFORM.md has it.
pub fn markdown() -> String {
    let mut text = "| name | read by | default | meaning | example |\n|---|---|---|---|---|\n".to_owned();
    for setting in SETTINGS {
        let readers: Vec<&str> = setting.readers.iter().map(|reader| reader.name()).collect();
        let kind = if setting.is_secret() { " (secret)" } else { "" };
        let default = match setting.name.default() {
            Some(default) => format!("`{default}`"),
            None if setting.required => "required".to_owned(),
            None => String::new(),
        };
        let _ = writeln!(
            text,
            "| `{}`{kind} | {} | {default} | {} | `{}` |",
            setting.name.text(),
            readers.join(", "),
            setting.meaning,
            setting.example
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_stands_in_the_table_once() {
        let in_table: Vec<&str> = SETTINGS.iter().map(|setting| setting.name.text()).collect();
        let named: Vec<&str> = names::SECRETS.iter().chain(names::PLAIN).map(|name| name.text()).collect();
        assert_eq!(in_table, named);
        assert!(SETTINGS.iter().all(|setting| !setting.meaning.is_empty() && !setting.example.is_empty()));
    }

    #[test]
    fn the_defaults_are_where_they_belong() {
        assert_eq!(names::R2_REGION.default(), Some("auto"));
        assert_eq!(names::AUTH_SECRET.default(), None);
        assert!(names::is_secret("SQL_AUTH_TOKEN") && !names::is_secret("SQL_URL"));
    }

    #[test]
    fn a_row_in_markdown() {
        let row = "| `R2_REGION` | viewer, video, ingest | `auto` | The bucket's region. | `eu-central-1` |";
        assert!(markdown().lines().any(|line| line == row), "{}", markdown());
    }
}
