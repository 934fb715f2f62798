//! The hosts.

use std::fs;

use gallery::layout::ThumbnailSize;
use harness::{Failure, Gallery, Options, Wasi, WasiGallery};
use serde_json::{Value, json};

use crate::{
    median,
    photos::{FORMATS, MEGAPIXELS, original},
    rounded,
};

/// A photo whose going publishes the catalogue.
const OTHER: &str = "other.jpg";

pub fn measure(host: &str, rounds: usize) -> Result<Value, Failure> {
    let folder = tempfile::tempdir()?;
    for (format, extension) in FORMATS {
        for number in 0..rounds {
            fs::write(folder.path().join(format!("{format}{number}.{extension}")), original(format, number)?)?;
        }
    }
    fs::write(folder.path().join(OTHER), original("jpeg", rounds)?)?;
    let options = Options { library: Some(folder.path().to_owned()), ..Options::default() };
    let wasi = match host {
        "native" => {
            let gallery = Gallery::start(&options)?;
            return requests(host, &gallery, &gallery.url, rounds);
        }
        "wasi" => Wasi::P3,
        "wasi02" => Wasi::P2,
        "spin" => Wasi::Spin,
        "spin02" => Wasi::Spin02,
        _ => return Err(format!("{host} makes no pictures").into()),
    };
    let gallery = WasiGallery::start(wasi, &options)?;
    requests(host, &gallery.native, &gallery.url, rounds)
}

fn requests(host: &str, gallery: &Gallery, url: &str, rounds: usize) -> Result<Value, Failure> {
    let keys: Vec<String> = FORMATS
        .iter()
        .flat_map(|(format, extension)| (0..rounds).map(move |number| format!("{format}{number}.{extension}")))
        .collect();
    for key in &keys {
        gallery.age(key, &[])?;
    }
    gallery.run("hide", &[OTHER], "")?;
    let login = json!({ "password": gallery.password }).to_string();
    let answer = ureq::post(format!("{url}/login")).header("content-type", "application/json").send(login)?;
    let cookie = answer.headers().get("set-cookie").and_then(|cookie| cookie.to_str().ok()).ok_or("no cookie")?;
    let cookie = cookie.split(';').next().unwrap_or_default();
    let mut result = json!({});
    for (format, extension) in FORMATS {
        // The largest last: each is to be made of the original.
        for size in [ThumbnailSize::Large, ThumbnailSize::Screen] {
            let mut figures = Vec::new();
            for number in 0..rounds {
                let size = size.name();
                let path = format!("{url}/api/thumbnail/{format}{number}.{extension}?size={size}");
                let answer = ureq::get(&path).header("cookie", cookie).call()?;
                let timing = answer.headers().get("server-timing").and_then(|timing| timing.to_str().ok());
                let timing = timing.unwrap_or_default().to_owned();
                if !timing.contains("made;desc=original") {
                    return Err(format!("{host} did not make {size} of a {format}: {timing}").into());
                }
                let total = timing.split(',').find_map(|entry| entry.trim().strip_prefix("total;dur="));
                figures.push(total.ok_or("no time")?.parse::<f64>()?);
            }
            let figure = median(figures) / MEGAPIXELS;
            eprintln!("{host}, {format} {}: {figure:.2} ms a megapixel", size.name());
            result[format][size.name()] = rounded(figure).into();
        }
    }
    Ok(result)
}
