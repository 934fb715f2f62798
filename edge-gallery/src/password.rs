//! `edge-gallery password`: a hash for `GALLERY_PASSWORD`.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use gallery::password::{hash, weakness};
use zeroize::Zeroizing;

use crate::Failure;

/// Asks for the password twice, without echo. A script gives the password as one line on standard input.
pub fn run() -> Result<(), Failure> {
    let password = ask()?;
    if let Some(why) = weakness(&password) {
        let _ = writeln!(io::stderr(), "edge-gallery: this password is weak: {why}");
    }
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(|error| format!("the system gives no random bytes: {error}"))?;
    writeln!(io::stdout(), "{}", hash(&password, &salt)?)?;
    Ok(())
}

/// Asks for a new password. It is not empty.
pub fn ask() -> Result<Zeroizing<String>, Failure> {
    let password = if io::stdin().is_terminal() { twice()? } else { line()? };
    if password.is_empty() { Err("the password is empty".into()) } else { Ok(password) }
}

fn twice() -> Result<Zeroizing<String>, Failure> {
    let read = |prompt| rpassword::prompt_password(prompt).map(Zeroizing::new);
    let (first, second) = (read("Password: ")?, read("Again: ")?);
    if first == second { Ok(first) } else { Err("the two passwords are not the same".into()) }
}

fn line() -> Result<Zeroizing<String>, Failure> {
    let mut line = Zeroizing::new(String::new());
    io::stdin().lock().read_line(&mut line)?;
    Ok(Zeroizing::new(line.trim_end_matches(['\r', '\n']).to_owned()))
}
