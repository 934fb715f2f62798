//! The ffmpeg of this machine, and what it can do.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::Stop;
use crate::child::confine::Limits;
use crate::child::process;
use crate::sniff;

const PATIENCE: Duration = Duration::from_mins(1);

#[derive(Clone, Debug)]
pub struct Tools {
    ffmpeg: PathBuf,
    ffprobe: PathBuf,
    /// Whether HDR can be mapped to SDR (zscale needs a build with libzimg).
    pub tone_maps: bool,
    /// What ffmpeg says about itself and its libraries.
    pub version: String,
}

impl Tools {
    /// Looks for the given `ffmpeg` with `ffprobe` beside it, or otherwise for both on `PATH`. The error says what to
    /// do.
    pub fn find(ffmpeg: Option<&Path>, stop: &Stop) -> Result<Self, String> {
        let mut tools = Self {
            ffmpeg: ffmpeg.map_or_else(|| "ffmpeg".into(), Path::to_owned),
            ffprobe: ffmpeg.map_or_else(|| "ffprobe".into(), beside),
            tone_maps: false,
            version: String::new(),
        };
        let lists = |program: &Path, option: &str| {
            process::output(Command::new(program).args(["-hide_banner", option]), Limits::TOOL, stop, PATIENCE)
                .map(|text| String::from_utf8_lossy(&text).into_owned())
                .map_err(|_| missing(ffmpeg))
        };
        lists(&tools.ffprobe, "-version")?;
        tools.version = lists(&tools.ffmpeg, "-version")?;
        let encoders = lists(&tools.ffmpeg, "-encoders")?;
        if !encoders.contains(" libx264 ") {
            return Err("this ffmpeg has no libx264: install another (Debian: apt install ffmpeg)".to_owned());
        }
        let filters = lists(&tools.ffmpeg, "-filters")?;
        tools.tone_maps = filters.contains(" zscale ") && filters.contains(" tonemap ");
        Ok(tools)
    }

    /// An `ffmpeg` command with the options of every call: it asks no questions and prints errors only.
    pub fn ffmpeg(&self) -> Command {
        let mut command = Command::new(&self.ffmpeg);
        command.args(["-nostdin", "-hide_banner", "-v", "error"]);
        command
    }

    pub fn ffprobe(&self) -> Command {
        let mut command = Command::new(&self.ffprobe);
        command.args(["-hide_banner", "-v", "error"]);
        command
    }
}

/// Adds a file to read. The protocol is written out, so a name may begin with `-` or hold a `:`. Other protocols are
/// disabled, so that a file cannot make ffmpeg fetch something.
pub fn input(command: &mut Command, path: &Path) {
    let mut url = OsString::from("file:");
    url.push(std::path::absolute(path).as_deref().unwrap_or(path));
    command.args(["-protocol_whitelist", "file", "-i"]).arg(url);
}

/// Adds a film of the library to read: one file, read as what its first bytes say it is. Without `-f`, ffmpeg would
/// choose by content, and a playlist in a film's clothes would make it read the files that the playlist names.
pub fn film_input(command: &mut Command, path: &Path, kind: sniff::Film) {
    command.args(["-f", kind.demuxer()]);
    // The tracks of MP4 and QuickTime may lie in other files: not for us.
    if kind.demuxer() == "mov" {
        command.args(["-enable_drefs", "0", "-use_absolute_path", "0"]);
    }
    input(command, path);
}

fn beside(ffmpeg: &Path) -> PathBuf {
    let name = ffmpeg.file_name().unwrap_or_default().to_string_lossy();
    ffmpeg.with_file_name(name.replacen("ffmpeg", "ffprobe", 1))
}

fn missing(ffmpeg: Option<&Path>) -> String {
    match ffmpeg {
        None => "install ffmpeg (Debian: apt install ffmpeg)".to_owned(),
        Some(path) => format!(
            "{} does not run, or there is no ffprobe beside it: check --ffmpeg, or install ffmpeg (Debian: apt install ffmpeg)",
            path.display()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_tool_says_what_to_install() {
        let error = Tools::find(Some(Path::new("/nowhere/ffmpeg")), &Stop::default()).unwrap_err();
        assert!(error.contains("apt install ffmpeg"), "{error}");
        assert_eq!(beside(Path::new("/opt/ffmpeg-7/ffmpeg-7.exe")), Path::new("/opt/ffmpeg-7/ffprobe-7.exe"));
    }
}
