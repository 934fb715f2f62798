//! `core <- platform <- s3 <- {fallback <- adapters, edge <- services} <- entries`; Services never see `fallback` or
//! an adapter, and adapters never see `edge`.
//!
//! The crates are read from `cargo metadata`, so the rules apply to a new crate by its folder.

use std::path::{Path, PathBuf};

use layering::{Layer, Package, root};

fn packages() -> Vec<Package> {
    layering::packages(&layering::metadata(&root(), &["--no-deps", "--offline"]).unwrap())
}

/// Every dependency within the workspace is one that the layers allow.
#[test]
fn imports_point_one_way() {
    let packages = packages();
    let of = |name: &str| packages.iter().find(|package| package.name == name).unwrap();
    for package in &packages {
        for dependency in &package.ours {
            let target = of(dependency);
            let allowed = match package.layer {
                Layer::Core => target.layer == Layer::Core,
                Layer::Platform | Layer::S3 | Layer::Fallback => target.layer < package.layer,
                Layer::Edge => target.layer <= Layer::S3,
                Layer::Adapter => {
                    target.layer <= Layer::Fallback
                        || (package.folder == "platform/spin" && target.folder == "platform/wasi")
                        || (package.folder == "platform/spin02" && target.folder == "platform/wasi02")
                }
                Layer::Service => {
                    target.layer <= Layer::S3
                        || target.layer == Layer::Edge
                        || (package.folder == "all-in-one" && target.layer == Layer::Service)
                }
                Layer::Entry => target.layer != Layer::Entry,
                Layer::Tool => !matches!(target.layer, Layer::Entry),
            };
            assert!(
                allowed,
                "{} ({:?}) may not depend on {dependency} ({:?})",
                package.folder, package.layer, target.layer
            );
        }
    }
}

/// Core, platform, the code above it and the services know no host, no runtime and no SDK. They use only the crates
/// in this list.
#[test]
fn what_is_written_once_uses_only_listed_crates() {
    const LISTED: [&str; 30] = [
        "argon2",
        "base64",
        "bytes",
        "futures-util",
        "hmac",
        "http",
        "httpdate",
        "image-webp",
        "jpeg-decoder",
        "jpeg-encoder",
        "memchr",
        "miniz_oxide",
        "percent-encoding",
        "png",
        "serde",
        "serde_json",
        "sha2",
        "subtle",
        "unicode-normalization",
        "zeroize",
        // Crates of this workspace.
        "deflate",
        "edge",
        "gallery",
        "hls",
        "platform",
        "platform-s3",
        "privacy",
        "signed-playlist",
        "sigv4",
        "stored-zip",
    ];
    for package in packages() {
        let written_once = [Layer::Core, Layer::Platform, Layer::S3, Layer::Edge, Layer::Service];
        if !written_once.contains(&package.layer) && package.folder != "platform/fallback" {
            continue;
        }
        for dependency in &package.dependencies {
            let service =
                package.folder == "all-in-one" && ["viewer-edge", "video-edge"].contains(&dependency.as_str());
            let listed = LISTED.contains(&dependency.as_str()) || service;
            assert!(listed, "{} may not depend on {dependency}", package.folder);
        }
    }
}

/// Code that is written once names no host: its sources mention no SDK and no target.
#[test]
fn no_host_is_named_in_core_platform_or_services() {
    const BANNED: [&str; 9] = [
        "target_os",
        "target_arch",
        "target_env",
        "fastly::",
        "spin_sdk",
        "wasip3",
        "tokio::",
        "hyper::",
        "SystemTime::now",
    ];
    let mut seen = 0;
    for folder in [
        "core/cost/src",
        "core/sigv4/src",
        "core/hls/src",
        "core/gallery/src",
        "core/deflate/src",
        "core/picture/src",
        "core/privacy/src",
        "core/signed-playlist/src",
        "core/zip/src",
        "platform/src",
        "platform/s3/src",
        "platform/fallback/src",
        "edge/src",
        "viewer-edge/src",
        "video-edge/src",
        "all-in-one/src",
    ] {
        for file in sources(&root().join(folder)) {
            let text = std::fs::read_to_string(&file).unwrap();
            seen += 1;
            for banned in BANNED {
                assert!(!text.contains(banned), "{} names {banned}", file.display());
            }
        }
    }
    assert!(seen > 30, "the sources were found");
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect()
}
