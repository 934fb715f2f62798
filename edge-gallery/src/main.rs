//! The gallery as one program. Each verb has a module.

mod check;
mod ingest;
mod password;
mod serve;

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use clap::{CommandFactory as _, Parser, Subcommand};

/// The failure of a verb, as one line that says what is wrong and what to do.
type Failure = Box<dyn std::error::Error>;

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
    /// Read the configuration as a host would, and list what is missing, unreadable, weak or out of reach
    Check(check::Arguments),
    /// Make GALLERY_PASSWORD: asks for a password twice and prints its Argon2id hash
    Password,
    /// Print completions for a shell
    Completions { shell: clap_complete::Shell },
    /// Print the manual page, in roff
    Man,
}

fn main() -> ExitCode {
    let done = match Arguments::parse().verb {
        Verb::Serve(arguments) => serve::run(&arguments).map(|()| 0),
        Verb::Ingest(arguments) => ingest::run(&arguments),
        Verb::Check(arguments) => check::run(&arguments),
        Verb::Password => password::run().map(|()| 0),
        Verb::Completions { shell } => {
            clap_complete::generate(shell, &mut Arguments::command(), "edge-gallery", &mut io::stdout());
            Ok(0)
        }
        Verb::Man => {
            clap_mangen::Man::new(Arguments::command()).render(&mut io::stdout()).map(|()| 0).map_err(Into::into)
        }
    };
    match done {
        Ok(code) => code.into(),
        Err(failure) => {
            let _ = writeln!(io::stderr(), "edge-gallery: {failure}");
            ExitCode::FAILURE
        }
    }
}
