//! The gallery as one program. Each verb has a module.

mod adopt;
mod check;
mod connection;
mod cost;
mod curate;
mod doctor;
mod download;
mod health;
mod ingest;
mod kept;
mod link;
mod metrics;
mod password;
mod private;
mod repackage;
mod serve;
mod sheet;
mod stats;

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use ::ingest::Change;
use clap::{CommandFactory as _, Parser, Subcommand};

/// The failure of a verb, as one line that says what is wrong and what to do.
type Failure = Box<dyn std::error::Error>;

/// The exit code of what was ended by Ctrl-C.
pub const INTERRUPTED: u8 = 130;

/// A private photo and video gallery.
///
/// Exit codes: 0 all is well; 1 the program could not start or go on; 2 something is wrong with its input (wrong
/// usage, files that could not be ingested, a configuration to mend); 130 interrupted.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Serve the gallery, with an S3 store of its own when no bucket is configured
    Serve(serve::Arguments),
    /// Take the photos and films of a folder into the gallery
    Ingest(ingest::Arguments),
    /// Take over a bucket that another program has filled
    Adopt(adopt::Arguments),
    /// Give films of earlier versions one object for each size and sound, without encoding them again
    Repackage(repackage::Arguments),
    /// Take items out of the gallery; their objects go after 30 days
    Remove(curate::Remove),
    /// Put removed or pruned items back, while their objects are there
    Restore(curate::Arguments),
    /// Take items out of the listing, and keep them
    Hide(curate::Arguments),
    /// Show hidden items again
    Show(curate::Arguments),
    /// Make, list and end links for guests
    #[command(subcommand)]
    Link(link::Verb),
    /// End all sessions
    #[command(subcommand)]
    Session(link::Session),
    /// Take a gallery's photos and films home, as ZIPs; a download that was cut goes on
    Download(download::Arguments),
    /// Compare the bucket with the catalogue, and mend what is wrong with --repair
    Doctor(doctor::Arguments),
    /// Read the configuration as a host would, and list what is missing, unreadable, weak or out of reach
    Check(check::Arguments),
    /// Ask a gallery whether it runs, or whether it is ready
    Health(health::Arguments),
    /// Reckon what guests cost, on each host and on Cloudflare
    Cost(cost::Arguments),
    /// Count what the services' log lines say, and compare the arms of an experiment
    Stats(stats::Arguments),
    /// Make GALLERY_PASSWORD: asks for a password twice and prints its Argon2id hash
    Password,
    /// Print completions for a shell
    Completions { shell: clap_complete::Shell },
    /// Print the manual page of the program, or of a verb, in roff
    Man { verb: Option<String> },
    /// Decode a picture: `ingest` starts the program again with this verb
    #[command(name = ::ingest::DECODE, hide = true)]
    DecodePicture { format: String },
}

fn main() -> ExitCode {
    let verb = Arguments::parse().verb;
    if let Verb::DecodePicture { format } = &verb {
        return ::ingest::decode_stdin(format);
    }
    if matches!(verb, Verb::Serve(_) | Verb::Ingest(_) | Verb::Adopt(_)) {
        private::umask();
    }
    if !matches!(verb, Verb::Password | Verb::Completions { .. } | Verb::Man { .. })
        && let Some(words) = platform_native::unreadable()
    {
        return fail(&words);
    }
    let done = match verb {
        Verb::Serve(arguments) => serve::run(&arguments).map(|()| 0),
        Verb::Ingest(arguments) => ingest::run(&arguments),
        Verb::Adopt(arguments) => adopt::run(&arguments),
        Verb::Repackage(arguments) => repackage::run(&arguments),
        Verb::Remove(arguments) => curate::remove(&arguments),
        Verb::Restore(arguments) => curate::run(&arguments, Change::Restore),
        Verb::Hide(arguments) => curate::run(&arguments, Change::Hide),
        Verb::Show(arguments) => curate::run(&arguments, Change::Show),
        Verb::Link(verb) => link::run(&verb),
        Verb::Session(verb) => link::run_session(&verb),
        Verb::Download(arguments) => download::run(&arguments),
        Verb::Doctor(arguments) => doctor::run(&arguments),
        Verb::Check(arguments) => check::run(&arguments),
        Verb::Health(arguments) => health::run(&arguments).map(|()| 0),
        Verb::Cost(arguments) => cost::run(&arguments).map(|()| 0),
        Verb::Stats(arguments) => stats::run(&arguments).map(|()| 0),
        Verb::Password => password::run().map(|()| 0),
        Verb::Completions { shell } => {
            clap_complete::generate(shell, &mut Arguments::command(), "edge-gallery", &mut io::stdout());
            Ok(0)
        }
        Verb::Man { verb } => manual(verb.as_deref()).map(|()| 0),
        Verb::DecodePicture { .. } => Ok(0),
    };
    match done {
        Ok(code) => code.into(),
        Err(failure) => {
            let error = failure.downcast_ref::<::ingest::Error>();
            let is_interrupted = matches!(error, Some(::ingest::Error::Interrupted));
            let code = fail(&failure.to_string());
            if is_interrupted { INTERRUPTED.into() } else { code }
        }
    }
}

/// What others say of their own may be long: SQLite shows the statement. The first line is told.
fn fail(words: &str) -> ExitCode {
    let _ = writeln!(io::stderr(), "edge-gallery: {}", words.lines().next().unwrap_or_default());
    ExitCode::FAILURE
}

/// The page of the program names those of its verbs, `edge-gallery-serve(1)` and so on: `man serve` prints that one.
fn manual(verb: Option<&str>) -> Result<(), Failure> {
    let mut command = Arguments::command();
    command.build();
    let page = match verb {
        None => command,
        Some(name) => {
            let found = command.find_subcommand(name).cloned();
            found.ok_or_else(|| format!("there is no verb {name}; edge-gallery --help lists them"))?
        }
    };
    clap_mangen::Man::new(page).render(&mut io::stdout())?;
    Ok(())
}
