//! The command line.

use std::{net::SocketAddr, path::PathBuf};

/// The gallery as one native program.
///
/// Configuration and secrets come from the environment: `GALLERY_PASSWORD`, `AUTH_SECRET`, `R2_BUCKET_NAME`,
/// `R2_ACCESS_KEY_ID`, `R2_SECRET_ACCESS_KEY`, and `R2_ACCOUNT_ID` or `S3_ENDPOINT` for a bucket elsewhere. Without
/// either of the last two an S3 store in the data folder serves.
#[derive(clap::Parser)]
#[command(version)]
pub struct Arguments {
    /// Where the gallery listens; port 0 picks a free one.
    #[arg(long, env = "GALLERY_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Gives video-edge an address of its own, and the page the way to it.
    #[arg(long, env = "GALLERY_SPLIT")]
    pub split: Option<SocketAddr>,
    /// Where the catalogue, the KV store and the embedded S3 store live.
    #[arg(long, env = "GALLERY_DATA", default_value = ".data")]
    pub data: PathBuf,
    /// Where the embedded S3 store listens; browsers must reach it.
    #[arg(long, env = "GALLERY_STORE_LISTEN", default_value = "127.0.0.1:9000")]
    pub store_listen: SocketAddr,
    /// Believe X-Forwarded-For and X-Forwarded-Proto. Only behind a proxy that sets them.
    #[arg(long, env = "GALLERY_TRUST_FORWARDED")]
    pub trust_forwarded: bool,
}
