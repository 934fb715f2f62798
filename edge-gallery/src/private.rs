//! What the program makes is for its user alone, and what an earlier version made is put right.

use std::{io::Write as _, path::Path};

/// From this call on, new folders are 0700 and new files 0600.
pub fn umask() {
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
}

/// Takes the data folder, and what the program keeps in it, from everybody but its owner. Says so if there was
/// anything to take.
pub fn tidy(data: &Path) {
    #[cfg(unix)]
    {
        let count = unix::tidy(data);
        if count > 0 {
            let (files, data) = (if count == 1 { "file" } else { "files" }, data.display());
            let said = format!("edge-gallery: {count} {files} in {data} could be read by others; now only by you");
            let _ = writeln!(std::io::stderr(), "{said}");
        }
    }
}

#[cfg(unix)]
mod unix {
    use std::{
        fs, io,
        os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _},
        path::Path,
    };

    /// The databases. SQLite keeps others beside them.
    const DATABASES: [&str; 2] = ["kv.db", "gallery.db"];
    const BESIDE: [&str; 4] = ["", "-wal", "-shm", "-journal"];
    /// What the host keeps besides.
    const OTHERS: [&str; 2] = ["kv.id", "clock"];
    const STORE: &str = "store";

    /// How many files and folders others could read. The store, which may be large, is walked only if something above
    /// it was open.
    pub fn tidy(data: &Path) -> usize {
        let beside = |name: &'static str| BESIDE.map(|end| data.join(format!("{name}{end}")));
        let others = OTHERS.into_iter().chain([STORE]).map(|name| data.join(name));
        let top = std::iter::once(data.to_owned()).chain(others).chain(DATABASES.into_iter().flat_map(beside));
        // In a new folder there is nothing to read.
        let is_new = fs::read_dir(data).is_ok_and(|mut entries| entries.next().is_none());
        let mut closed = top.filter(|path| close(path).is_ok_and(|was_open| was_open && !is_new)).count();
        if closed > 0 {
            let mut folders = vec![data.join(STORE)];
            while let Some(folder) = folders.pop() {
                // A link is never followed: the store may hold one to a folder that is shared.
                let is_folder = fs::symlink_metadata(&folder).is_ok_and(|found| found.is_dir());
                for entry in fs::read_dir(&folder).ok().filter(|_| is_folder).into_iter().flatten().flatten() {
                    closed += usize::from(close(&entry.path()).is_ok_and(|was_open| was_open));
                    if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                        folders.push(entry.path());
                    }
                }
            }
        }
        closed
    }

    /// Whether others had any right to this file or folder. They have none now.
    fn close(path: &Path) -> io::Result<bool> {
        let found = fs::symlink_metadata(path)?;
        let is_file = found.is_file();
        let is_mine = found.uid() == rustix::process::geteuid().as_raw();
        let of_others = found.mode() & 0o077;
        if !is_mine || of_others == 0 || !(is_file || found.is_dir()) {
            return Ok(false);
        }
        // Through a handle, so that a link put there in the meantime is not followed.
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        let flags = i32::try_from(flags.bits()).map_err(io::Error::other)?;
        let file = fs::OpenOptions::new().read(true).custom_flags(flags).open(path)?;
        file.set_permissions(fs::Permissions::from_mode(if is_file { 0o600 } else { 0o700 }))?;
        Ok(true)
    }
}
