//! `demo OUT_DIR`: writes the demo library.

use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "usage: demo OUT_DIR [--only WORD]";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let mut out = None;
    let mut only = String::new();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--only" => only = arguments.next().unwrap_or_default(),
            _ if out.is_none() && !argument.starts_with('-') => out = Some(PathBuf::from(argument)),
            _ => out = None,
        }
    }
    let Some(out) = out else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let chosen: Vec<_> = demo::catalogue::PICTURES.iter().filter(|p| p.key.contains(&only)).collect();
    match demo::write_some(&chosen, &out, |done, total| eprintln!("{done}/{total}")) {
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("demo: {error}");
            ExitCode::FAILURE
        }
    }
}
