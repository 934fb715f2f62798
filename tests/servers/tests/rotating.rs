//! The log of `cargo xtask up`.

#![allow(clippy::unwrap_used, reason = "a test may")]

use std::fs;

use servers::rotating::keep;

#[test]
fn one_old_log_is_kept_and_no_line_is_torn() {
    let folder = tempfile::tempdir().unwrap();
    let (path, old) = (folder.path().join("gallery.log"), folder.path().join("gallery.log.1"));
    // A log of an earlier run counts.
    fs::write(&path, "an earlier run\n".repeat(6)).unwrap();
    let lines: String = (0..25).map(|number| format!("line {number:04}")).collect::<Vec<_>>().join("\n") + "\n";
    keep(lines.as_bytes(), &path, 100).unwrap();
    let (now, before) = (fs::read_to_string(&path).unwrap(), fs::read_to_string(&old).unwrap());
    assert!(now.len() <= 100 && before.len() <= 100, "{now}{before}");
    assert_eq!(format!("{before}{now}"), lines[lines.len() - before.len() - now.len()..]);
    assert!(before.starts_with("line ") && now.ends_with("line 0024\n"));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    // A line that is too long for any log is kept all the same.
    keep("x".repeat(300).as_bytes(), &path, 100).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().len(), 300);
}
