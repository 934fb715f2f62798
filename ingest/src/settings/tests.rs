//! What a `gallery.toml` may say, and the words for what it may not.

use super::*;

const FULL: &str = r#"
name = "family"
title = "Our pictures"
subtitle = "Since 1998 & before"
cover = "2024/June/beach at night.jpg"
time_zone = "europe/berlin"
order = "oldest first"

[[albums]]
title = "Italy"
folders = ["2019/Italy/", "2021/Rome"]
globs = ["**/*italy*.jpg"]

[[albums]]
title = "Summer"
from = 2024-06-01
to = "2024-08-31"
order = "newest first"

[[albums]]
title = "The day"
folders = ["2024"]
from = 2024-06-15T12:00:00+02:00
to = 2024-06-15T18:00:00
"#;

/// The titles, and the places of the items in each.
fn albums<'a>(text: &str, items: &[(&'a str, &str)]) -> Vec<(String, Vec<&'a str>)> {
    let found = Settings::parse(text).unwrap().albums(items);
    found.into_iter().map(|(title, indices)| (title, indices.into_iter().map(|it| items[it].0).collect())).collect()
}

fn album<'a>(lines: &str, items: &[(&'a str, &str)]) -> Vec<&'a str> {
    albums(&format!("order = \"oldest first\"\n[[albums]]\ntitle = \"A\"\n{lines}"), items).remove(0).1
}

#[test]
fn every_setting_is_read_and_written_as_json() {
    let settings = Settings::parse(FULL).unwrap();
    assert_eq!(settings.time_zone.as_deref(), Some("Europe/Berlin"));
    assert_eq!(settings.zone().iana_name(), Some("Europe/Berlin"));
    assert_eq!(settings.albums[0].folders, ["2019/Italy", "2021/Rome"]);
    let json = serde_json::to_value(&settings).unwrap();
    assert_eq!(json["name"], "family");
    assert_eq!(
        json["albums"][1],
        serde_json::json!({
            "title": "Summer", "from": "2024-06-01", "to": "2024-08-31", "order": "newest first",
        })
    );
    assert_eq!(json["albums"][2]["from"], "2024-06-15T10:00:00Z");
    assert_eq!(serde_json::from_value::<Settings>(json).unwrap(), settings);
    assert_eq!(serde_json::to_string(&Settings::default()).unwrap(), "{}");
}

#[test]
fn a_mistake_is_named_with_its_line() {
    for (text, start, end) in [
        ("name = \"a\"\ntitel = \"b\"", "gallery.toml, line 2: ", "no setting `titel`: did you mean `title`?"),
        (
            "x = 1",
            "gallery.toml, line 1: ",
            "one of `name`, `title`, `subtitle`, `cover`, `time_zone`, `order`, `albums`",
        ),
        ("[[albums]]\ntitle = \"a\"\nglob = []", "gallery.toml, line 3: ", "did you mean `globs`?"),
        ("\norder = \"oldest\"", "gallery.toml, line 2: ", "write one of `oldest first`, `newest first`"),
        ("\norder = \"newest frist\"", "gallery.toml, line 2: ", "did you mean `newest first`?"),
        ("name = 3", "gallery.toml, line 1: ", "expected a string"),
        ("name = \"a\"\nname = \"b\"", "gallery.toml, line 2: ", "duplicate key"),
        ("name = \"a", "gallery.toml, line 1: ", "expected `\"`"),
        ("name = \"\"", "gallery.toml, line 1: ", "write something, or leave the line out"),
        ("name = \"a/b\"", "gallery.toml, line 1: ", "holds a slash: leave it out"),
        ("\n\ntitle = \"a\\nb\"", "gallery.toml, line 3: ", "a control character: leave it out"),
        ("time_zone = \"Berlin\"", "gallery.toml, line 1: ", "did you mean \"Europe/Berlin\"?"),
        ("time_zone = \"Europe/Belrin\"", "gallery.toml, line 1: ", "did you mean \"Europe/Berlin\"?"),
        ("time_zone = \"?\"", "gallery.toml, line 1: ", "write a name such as \"Europe/Berlin\""),
        ("cover = \"/home/a.jpg\"", "gallery.toml, line 1: ", "as in \"2024/June\""),
        ("cover = 'C:\\a.jpg'", "gallery.toml, line 1: ", "as in \"2024/June\""),
        ("cover = \"a/../../b.jpg\"", "gallery.toml, line 1: ", "and no . or .."),
        ("[[albums]]\nfolders = [\"a\"]", "gallery.toml, line 1: ", "missing field `title`"),
        ("[[albums]]\ntitle = \"a\"\nfolders = [\"../b\"]", "gallery.toml, line 3: ", "and no . or .."),
        ("[[albums]]\ntitle = \"a\"\nglobs = [\"[z-a]\"]", "gallery.toml, line 3: ", "invalid range; 'z' > 'a'"),
        (
            "[[albums]]\ntitle = \"a\"\nglobs = [\"/a\"]",
            "gallery.toml, line 3: ",
            "patterns are for paths below the library",
        ),
        ("[[albums]]\ntitle = \"a\"\nfrom = \"June\"", "gallery.toml, line 3: ", "with or without +02:00"),
        ("[[albums]]\ntitle = \"a\"\nfrom = 12:00:00", "gallery.toml, line 3: ", "with or without +02:00"),
        ("[[albums]]\ntitle = \"a\"\nto = 2024", "gallery.toml, line 3: ", "with or without +02:00"),
        ("[[albums]]\ntitle = \"a\"", "gallery.toml: the album \"a\" is of nothing", "or from and to"),
        (
            "[[albums]]\ntitle = \"a\"\nfrom = 2024-02-02\nto = 2024-02-01",
            "gallery.toml: the album \"a\" ends before it begins",
            "swap from and to",
        ),
        (
            "[[albums]]\ntitle = \"a\"\nfolders = [\"a\"]\n[[albums]]\ntitle = \"a\"\nfolders = [\"b\"]",
            "gallery.toml: two albums are called \"a\"",
            "rename one",
        ),
    ] {
        let error = Settings::parse(text).unwrap_err();
        assert!(error.starts_with(start) && error.ends_with(end), "{text}\n{error}");
        assert!(!error.contains(char::is_control), "{error:?}");
    }
}

#[test]
fn lengths_are_counted_in_characters() {
    for (setting, longest) in [("name", 100), ("title", 200), ("subtitle", 1000)] {
        let parse = |length| Settings::parse(&format!("{setting} = \"{}\"", "é".repeat(length)));
        assert!(parse(longest).is_ok(), "{setting}");
        assert!(parse(longest + 1).unwrap_err().contains(&format!("longer than {longest} characters")), "{setting}");
    }
}

#[test]
fn the_file_may_be_missing_and_is_read_with_care() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join(FILE);
    assert_eq!(Settings::read(root.path()), Ok(Settings::default()));
    std::fs::write(&path, "\u{feff}name = \"a\"\r\n").unwrap();
    assert_eq!(Settings::read(root.path()).unwrap().name.as_deref(), Some("a"));
    std::fs::write(&path, "").unwrap();
    assert_eq!(Settings::read(root.path()), Ok(Settings::default()));
    std::fs::write(&path, b"name = \"\xff\"").unwrap();
    assert!(Settings::read(root.path()).unwrap_err().contains("save it as UTF-8"));
    std::fs::write(&path, vec![b'\n'; (1 << 20) + 1]).unwrap();
    assert!(Settings::read(root.path()).unwrap_err().contains("larger than 1 MiB"));
    std::fs::write(&path, "a = ".to_owned() + &"[".repeat(100_000)).unwrap();
    assert!(Settings::read(root.path()).unwrap_err().starts_with("gallery.toml, line 1: "));
    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir(&path).unwrap();
    assert!(Settings::read(root.path()).unwrap_err().contains("not a file"));
    #[cfg(unix)]
    {
        std::fs::remove_dir(&path).unwrap();
        std::os::unix::fs::symlink("nowhere", &path).unwrap();
        assert!(Settings::read(root.path()).unwrap_err().contains("cannot be read"));
        std::fs::remove_file(&path).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        assert!(Settings::read(root.path()).unwrap_err().contains("not a file"));
    }
}

#[test]
fn without_albums_the_first_folders_are_the_albums() {
    let items = [
        ("top.jpg", "2024-01-01T00:00:00Z"),
        ("b/x.jpg", "2024-01-02T00:00:00Z"),
        ("a/deep/y.jpg", "2024-01-03T00:00:00Z"),
        ("b/w.jpg", "2024-01-04T00:00:00Z"),
        ("b/v.jpg", "2024-01-02T00:00:00Z"),
    ];
    let a = ("a".to_owned(), vec!["a/deep/y.jpg"]);
    assert_eq!(albums("", &items), [a.clone(), ("b".to_owned(), vec!["b/w.jpg", "b/x.jpg", "b/v.jpg"])]);
    let oldest = albums("order = \"oldest first\"", &items);
    assert_eq!(oldest, [a, ("b".to_owned(), vec!["b/v.jpg", "b/x.jpg", "b/w.jpg"])]);
    assert!(albums("", &[]).is_empty());
}

#[test]
fn an_album_is_of_places_and_times() {
    let items = [
        ("2019/Italy/a.jpg", "2019-07-01T10:00:00Z"),
        ("2019/Italy 2/b.jpg", "2019-07-02T10:00:00Z"),
        ("2024/day/c.jpg", "2024-06-14T22:00:00Z"),
        ("2024/day/d.jpg", "2024-06-15T10:00:00.100Z"),
        ("2024/day/e.jpg", "2024-06-15T21:59:59.999Z"),
        ("2024/day/f.jpg", "2024-06-15T22:00:00Z"),
        ("g-italy.jpg", "no date"),
    ];
    for (lines, expected) in [
        ("folders = [\"2019/Italy\"]", vec!["2019/Italy/a.jpg"]),
        ("folders = [\"2019\"]", vec!["2019/Italy/a.jpg", "2019/Italy 2/b.jpg"]),
        ("folders = [\"2019/Italy/a.jpg\", \"2\"]", vec![]),
        ("globs = [\"*/*/[cd].jpg\", \"*.jpg\"]", vec!["2024/day/c.jpg", "2024/day/d.jpg", "g-italy.jpg"]),
        ("folders = [\"2019/Italy\"]\nglobs = [\"**/*{ 2,ab}/**\"]", vec!["2019/Italy/a.jpg", "2019/Italy 2/b.jpg"]),
        ("to = 2019-07-01", vec!["2019/Italy/a.jpg"]),
        ("from = 2024-06-15\nto = 2024-06-15", vec!["2024/day/d.jpg", "2024/day/e.jpg", "2024/day/f.jpg"]),
        ("globs = [\"**/d.jpg\"]\nfrom = 2024-06-15", vec!["2024/day/d.jpg"]),
        ("globs = [\"**/d.jpg\"]\nfrom = 2024-06-16", vec![]),
        ("from = 2024-06-15T10:00:00.100Z\nto = 2024-06-15T10:00:00.100Z", vec!["2024/day/d.jpg"]),
        ("from = 9999-12-31", vec![]),
        ("globs = [\"**/d.jpg\"]\nto = 9999-12-31", vec!["2024/day/d.jpg"]),
        ("from = 9999-12-31\nto = 9999-12-31", vec![]),
    ] {
        assert_eq!(album(lines, &items), expected, "{lines}");
    }
}

#[test]
fn days_begin_in_the_time_zone_of_the_library() {
    let items =
        [("a.jpg", "2024-06-14T22:00:00Z"), ("b.jpg", "2024-06-15T22:00:00Z"), ("c.jpg", "2024-06-15T12:00:00")];
    for (zone, expected) in [
        ("UTC", vec!["c.jpg", "b.jpg"]),
        ("Europe/Berlin", vec!["a.jpg", "c.jpg"]),
        ("Pacific/Auckland", vec!["a.jpg", "c.jpg"]),
    ] {
        let text = format!(
            "time_zone = \"{zone}\"\norder = \"oldest first\"\n[[albums]]\ntitle = \"A\"\n\
             from = 2024-06-15\nto = 2024-06-15"
        );
        assert_eq!(albums(&text, &items)[0].1, expected, "{zone}");
    }
}

#[test]
fn an_item_may_be_in_several_albums_and_an_album_empty() {
    let items = [("2019/Italy/a.jpg", "2024-07-01T10:00:00Z"), ("2024/b.jpg", "2024-06-15T12:00:00Z")];
    let found = albums(FULL, &items);
    assert_eq!(
        found,
        [
            ("Italy".to_owned(), vec!["2019/Italy/a.jpg"]),
            ("Summer".to_owned(), vec!["2019/Italy/a.jpg", "2024/b.jpg"]),
            ("The day".to_owned(), vec!["2024/b.jpg"]),
        ]
    );
    assert_eq!(albums(FULL, &[])[1], ("Summer".to_owned(), vec![]));
}

#[test]
fn folders_and_globs_fit_names_in_either_spelling() {
    let (composed, decomposed) = ("\u{c9}t\u{e9}", "E\u{301}te\u{301}");
    let places = [format!("{composed}/a.jpg"), format!("{decomposed}/b.jpg"), "Ete/c.jpg".to_owned()];
    let items: Vec<_> = places.iter().map(|place| (place.as_str(), "2024-06-15T12:00:00Z")).collect();
    for name in [composed, decomposed] {
        for line in [format!("folders = [\"{name}\"]"), format!("globs = [\"**/{name}/?.jpg\"]")] {
            let mut found = album(&line, &items);
            found.sort_by_key(|place| place.rsplit('/').next());
            assert_eq!(found, [&places[0], &places[1]], "{line}");
        }
    }
}
