//! The command line of `serve`.

use std::{net::SocketAddr, path::PathBuf};

use platform::config::names::{GALLERY_DATA, GALLERY_LISTEN, GALLERY_SPLIT, GALLERY_STORE_LISTEN, Name};

/// The default of a name of the table.
fn default(name: Name) -> &'static str {
    name.default().unwrap_or_default()
}

/// Configuration and secrets come from the environment; `edge-gallery check` says what is missing. Without
/// `S3_ENDPOINT` and `R2_ACCOUNT_ID` an S3 store in the data folder serves.
#[derive(clap::Args)]
pub struct Arguments {
    /// Where the gallery listens; port 0 picks a free one
    #[arg(long, env = GALLERY_LISTEN.text(), default_value = default(GALLERY_LISTEN))]
    pub listen: SocketAddr,
    /// Gives video-edge an address of its own, and tells the page this address
    #[arg(long, env = GALLERY_SPLIT.text())]
    pub split: Option<SocketAddr>,
    /// Where the catalogue, the KV store and the embedded S3 store live
    #[arg(long, env = GALLERY_DATA.text(), default_value = default(GALLERY_DATA))]
    pub data: PathBuf,
    /// Where the embedded S3 store listens; browsers must reach it
    #[arg(long, env = GALLERY_STORE_LISTEN.text(), default_value = default(GALLERY_STORE_LISTEN))]
    pub store_listen: SocketAddr,
    /// Trust X-Forwarded-For and X-Forwarded-Proto, as TRUST_FORWARDED does. Only behind a proxy that sets them
    #[arg(long)]
    pub trust_forwarded: bool,
}
