//! `demo OUT_DIR`: writes the demo library. Other arguments make its films.

use demo::film;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "\
usage: demo OUT_DIR [--films N]               pictures; with N = 1 the short film as well, with 2 also the long one
       demo OUT_DIR --no-film                 the same as --films 0, which is the default
       demo --render-long-film DIR            only the long film
       demo --package-film DIR                makes the committed short film anew
with --ffmpeg PATH to name the encoder and --only WORD to write only pictures with WORD in their names";

#[derive(Default)]
struct Options {
    out: Option<PathBuf>,
    long: Option<PathBuf>,
    package: Option<PathBuf>,
    ffmpeg: Option<PathBuf>,
    only: String,
    films: u32,
}

fn main() -> ExitCode {
    let Some(options) = parse(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("demo: {error}");
            ExitCode::FAILURE
        }
    }
}

fn parse(mut arguments: impl Iterator<Item = String>) -> Option<Options> {
    let mut options = Options::default();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--films" => options.films = arguments.next()?.parse().ok()?,
            "--no-film" => options.films = 0,
            "--only" => options.only = arguments.next()?,
            "--ffmpeg" => options.ffmpeg = Some(arguments.next()?.into()),
            "--render-long-film" => options.long = Some(arguments.next()?.into()),
            "--package-film" => options.package = Some(arguments.next()?.into()),
            _ if options.out.is_none() && !argument.starts_with('-') => options.out = Some(argument.into()),
            _ => return None,
        }
    }
    let asked = options.out.is_some() || options.long.is_some() || options.package.is_some();
    asked.then_some(options)
}

fn run(options: &Options) -> io::Result<()> {
    let ffmpeg = options.ffmpeg.as_deref().unwrap_or(Path::new("ffmpeg"));
    if let Some(out) = &options.package {
        film::package(out, ffmpeg, percent("packaging the short film"))?;
    }
    if let Some(out) = &options.out {
        let chosen: Vec<_> = demo::catalogue::PICTURES.iter().filter(|p| p.key.contains(&options.only)).collect();
        demo::write_some(&chosen, out, |done, total| eprintln!("pictures {done}/{total}"))?;
        if options.films >= 1 {
            demo::write_short_film(out)?;
        }
        if options.films >= 2 {
            film::render_long_film(&out.join(film::LONG_FILM), ffmpeg, percent("the long film"))?;
        }
    }
    if let Some(out) = &options.long {
        film::render_long_film(&out.join(film::LONG_FILM), ffmpeg, percent("the long film"))?;
    }
    Ok(())
}

/// Prints a line whenever another whole percent is done.
fn percent(what: &'static str) -> impl FnMut(f64) {
    let mut shown = -1.0;
    move |done| {
        let now = (done * 100.0).floor();
        if now > shown {
            shown = now;
            eprintln!("{what} {now}%");
        }
    }
}
