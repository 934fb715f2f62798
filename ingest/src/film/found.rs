//! The ffmpeg of this machine, looked for when the first film needs it, and once in a process.

use std::sync::OnceLock;

use super::{Encoder, Tools};
use crate::{Options, Stop};

pub struct Found<'a> {
    options: &'a Options,
    tools: OnceLock<Result<Tools, String>>,
}

impl<'a> Found<'a> {
    pub const fn new(options: &'a Options) -> Self {
        Self { options, tools: OnceLock::new() }
    }

    /// The error says what to install.
    pub fn encoder(&self) -> Result<Encoder<'_>, String> {
        let options = self.options;
        let find = || match options.ffmpeg.as_deref() {
            None => of_this_machine(&options.stop),
            named => Tools::find(named, &options.stop),
        };
        let tools = self.tools.get_or_init(find);
        let tools = tools.as_ref().map_err(Clone::clone)?;
        Ok(Encoder {
            tools,
            preset: &options.preset,
            temp: options.temp.as_deref(),
            force: options.force,
            excluded: None,
            stop: &options.stop,
        })
    }
}

/// What is on the `PATH`. Asking it what it can do starts four programs.
fn of_this_machine(stop: &Stop) -> Result<Tools, String> {
    static FOUND: OnceLock<Tools> = OnceLock::new();
    if let Some(found) = FOUND.get() {
        return Ok(found.clone());
    }
    let found = Tools::find(None, stop)?;
    Ok(FOUND.get_or_init(|| found).clone())
}
