//! The local gallery's configuration: it is made once and kept in the data folder, and only its owner may read it.

use std::{collections::BTreeMap, fs, io, io::Write as _, os::unix::fs::OpenOptionsExt as _, path::Path};

use crate::Failure;

/// Letters and digits that are not easily confused. There are 32, so that the low five bits of a byte choose one.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
const FILE: &str = "gallery.env";

/// Names and values for the gallery's and ingest's environment.
pub type Config = BTreeMap<String, String>;

/// Reads the data folder's configuration, or makes it. A given password is kept from then on.
pub fn load(data: &Path, password: Option<&str>) -> Result<Config, Failure> {
    let path = data.join(FILE);
    let mut config: Config = match fs::read_to_string(&path) {
        Ok(text) => {
            text.lines().filter_map(|line| line.split_once('=')).map(|(k, v)| (k.to_owned(), v.to_owned())).collect()
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Config::new(),
        Err(error) => return Err(format!("cannot read {}: {error}", path.display()).into()),
    };
    let before = config.clone();
    if let Some(password) = password {
        if password.trim().is_empty() || password.contains(['\n', '\r']) {
            return Err("--password must be a line of text that is not blank".into());
        }
        // The services would refuse it, and the one that works would be lost.
        if let Some(weakness) = gallery::password::weakness(password.trim()) {
            return Err(format!("--password is easy to guess, because {weakness}: choose another one").into());
        }
        config.insert("GALLERY_PASSWORD".to_owned(), password.to_owned());
    }
    let mut fill = |name: &str, make: &dyn Fn() -> Result<String, Failure>| -> Result<(), Failure> {
        if !config.contains_key(name) {
            config.insert(name.to_owned(), make()?);
        }
        Ok(())
    };
    // Sixteen characters of five bits each: 80 bits, which nobody can guess.
    fill("GALLERY_PASSWORD", &|| Ok([random(4)?, random(4)?, random(4)?, random(4)?].join("-")))?;
    fill("AUTH_SECRET", &|| random(48))?;
    fill("R2_ACCESS_KEY_ID", &|| random(20))?;
    fill("R2_SECRET_ACCESS_KEY", &|| random(40))?;
    fill("R2_BUCKET_NAME", &|| Ok("gallery".to_owned()))?;
    if config != before {
        write(&path, &config).map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    }
    // The caller's environment takes precedence over the file. In this way the gallery can use R2.
    for (name, value) in &mut config {
        let given = std::env::var(name).ok().filter(|given| !given.trim().is_empty());
        if let Some(given) = given.filter(|_| name != "GALLERY_PASSWORD" || password.is_none()) {
            *value = given;
        }
    }
    Ok(config)
}

fn random(length: usize) -> Result<String, Failure> {
    let mut bytes = vec![0; length];
    getrandom::fill(&mut bytes).map_err(|error| format!("the system gives no random bytes: {error}"))?;
    Ok(bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect())
}

fn write(path: &Path, config: &Config) -> io::Result<()> {
    let temporary = path.with_extension("new");
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&temporary)?;
    for (name, value) in config {
        writeln!(file, "{name}={value}")?;
    }
    file.sync_all()?;
    fs::rename(temporary, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_that_the_services_refuse_is_not_kept() {
        let data = tempfile::tempdir().unwrap();
        load(data.path(), Some("tulips and rain")).unwrap();
        let kept = || fs::read_to_string(data.path().join(FILE)).unwrap();
        let before = kept();
        assert!(before.contains("GALLERY_PASSWORD=tulips and rain\n"), "{before}");
        for refused in ["wedding", "wedding1", " ", "two\nlines of it"] {
            load(data.path(), Some(refused)).unwrap_err();
            assert_eq!(kept(), before, "{refused:?}");
        }
        load(data.path(), Some("rain and tulips")).unwrap();
        assert_eq!(kept(), before.replace("tulips and rain", "rain and tulips"));
    }
}
