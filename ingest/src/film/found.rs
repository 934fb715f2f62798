//! The ffmpeg of this machine, looked for when the first film needs it.

use std::sync::OnceLock;

use super::{Encoder, Tools};
use crate::Options;

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
        let tools = self.tools.get_or_init(|| Tools::find(options.ffmpeg.as_deref(), &options.stop));
        let tools = tools.as_ref().map_err(Clone::clone)?;
        Ok(Encoder {
            tools,
            preset: &options.preset,
            temp: options.temp.as_deref(),
            force: options.force,
            stop: &options.stop,
        })
    }
}
