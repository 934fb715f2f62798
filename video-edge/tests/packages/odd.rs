//! Packages of other programs, each odd in its own way.

use crate::walk::{Package, mark};

/// A package's name, and what it holds.
pub struct Odd {
    pub name: &'static str,
    pub package: Package,
}

/// Builds a package. The files that no playlist is are made from their places.
struct Builder(Package);

impl Builder {
    fn master(lines: &str) -> Self {
        Self(Package::new()).list("master.m3u8", &format!("{lines}\n"))
    }

    fn list(mut self, place: &str, lines: &str) -> Self {
        self.0.insert(place.to_owned(), format!("#EXTM3U\n{}\n{lines}", mark(place)));
        self
    }

    /// A media playlist with a line of tags and some segments.
    fn media(self, place: &str, tags: &str, segments: &[&str]) -> Self {
        let segments = segments.iter().map(|uri| ["#EXTINF:4,\n", uri, "\n"].concat()).collect::<Vec<_>>().concat();
        self.list(place, &format!("#EXT-X-TARGETDURATION:4\n{tags}\n{segments}#EXT-X-ENDLIST\n"))
    }

    fn files(mut self, places: &[&str]) -> Self {
        self.0.extend(places.iter().map(|place| ((*place).to_owned(), format!("the content of {place}"))));
        self
    }

    fn change(mut self, change: impl Fn(&str) -> String) -> Self {
        self.0.values_mut().for_each(|text| *text = change(text));
        self
    }

    fn named(self, name: &'static str) -> Odd {
        Odd { name, package: self.0 }
    }
}

/// The tag and the URI of a variant.
fn variant(uri: &str) -> String {
    format!("#EXT-X-STREAM-INF:BANDWIDTH=1000000\n{uri}\n")
}

pub fn all() -> Vec<Odd> {
    [vec![ours()], folders(), extras(), names()].into_iter().flatten().collect()
}

/// A film as ingest packages it: one file for each variant, sound and subtitles beside, chapters, and pictures to seek
/// by.
fn ours() -> Odd {
    let ranges = |file: &str, also: &str| {
        let map = format!("#EXT-X-MAP:URI=\"{file}\",BYTERANGE=\"812@0\"\n{also}");
        let segment = |range: &str| format!("#EXTINF:4.000000,\n#EXT-X-BYTERANGE:{range}\n{file}\n");
        let segments = ["123456@812", "98765", "54321"].map(segment).concat();
        format!("#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:4\n#EXT-X-PLAYLIST-TYPE:VOD\n{map}{segments}#EXT-X-ENDLIST\n")
    };
    let rung = |name: &str| {
        format!(
            "#EXT-X-STREAM-INF:BANDWIDTH=2000000,CODECS=\"avc1.64001f,mp4a.40.2\",NAME=\"{name}\",AUDIO=\"sound\",\
             SUBTITLES=\"text\"\n{name}.m3u8\n"
        )
    };
    let keys = |name: &str| format!("#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=90000,URI=\"{name}-iframes.m3u8\"\n");
    let master = "#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n\
        #EXT-X-SESSION-DATA:DATA-ID=\"com.apple.hls.chapters\",URI=\"chapters.json\"\n\
        #EXT-X-SESSION-DATA:DATA-ID=\"edge-gallery.previews\",URI=\"previews.vtt\"\n\
        #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"sound\",NAME=\"English\",CHANNELS=\"2\",URI=\"sound-1.m3u8\"\n\
        #EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"text\",NAME=\"Deutsch\",FORCED=NO,URI=\"text-1.m3u8\"\n"
        .to_owned();
    let mut builder = Builder::master(&[master, rung("720p"), rung("360p"), keys("720p"), keys("360p")].concat());
    for name in ["720p", "360p"] {
        builder = builder
            .list(&format!("{name}.m3u8"), &ranges(&format!("{name}.mp4"), ""))
            .list(&format!("{name}-iframes.m3u8"), &ranges(&format!("{name}.mp4"), "#EXT-X-I-FRAMES-ONLY\n"));
    }
    builder
        .list("sound-1.m3u8", &ranges("sound-1.mp4", ""))
        .media("text-1.m3u8", "", &["text-1.vtt"])
        .files(&["720p.mp4", "360p.mp4", "sound-1.mp4", "text-1.vtt", "chapters.json", "previews.vtt"])
        .named("one file for each variant, as ingest makes them")
}

/// Where the files lie.
fn folders() -> Vec<Odd> {
    let deep = "deep/".repeat(12);
    vec![
        Builder::master(&variant("720p.m3u8"))
            .media("720p.m3u8", "", &["720p_000.ts", "720p_001.ts"])
            .files(&["720p_000.ts", "720p_001.ts"])
            .named("all in one folder"),
        Builder::master(&(variant("720p/index.m3u8") + &variant("1080p/index.m3u8")))
            .media("720p/index.m3u8", "", &["seq0.ts", "seq1.ts"])
            .media("1080p/index.m3u8", "", &["seq0.ts"])
            .files(&["720p/seq0.ts", "720p/seq1.ts", "1080p/seq0.ts"])
            .named("a folder for each variant, with the same names in each"),
        Builder::master(&variant("720p.m3u8"))
            .media("720p.m3u8", "#EXT-X-MAP:URI=\"init/720p.mp4\"", &["720p/0.m4s", "last.m4s"])
            .files(&["init/720p.mp4", "720p/0.m4s", "last.m4s"])
            .named("segments in a folder, their playlist not"),
        Builder::master(&variant("video/720p/v.m3u8"))
            .media("video/720p/v.m3u8", "#EXT-X-MAP:URI=\"../init.mp4\"", &["../../segments/0.cmfv", "../../1.cmfv"])
            .files(&["video/init.mp4", "segments/0.cmfv", "1.cmfv"])
            .named("a playlist that names what lies above it"),
        Builder::master(&variant("v/./720p/../v.m3u8"))
            .media("v/v.m3u8", "", &["./a/../0.ts", "x//1.ts", ".../2.ts"])
            .files(&["v/0.ts", "v/x//1.ts", "v/.../2.ts"])
            .named("dot segments and doubled slashes"),
        Builder::master(&variant(&format!("{deep}v.m3u8")))
            .media(&format!("{deep}v.m3u8"), "", &["0.ts", "../1.ts"])
            .files(&[&format!("{deep}0.ts"), &format!("{}1.ts", "deep/".repeat(11))])
            .named("many folders"),
        Builder::master(&variant("all/one.m3u8"))
            .media("all/one.m3u8", "#EXT-X-MAP:URI=\"film.mp4\",BYTERANGE=\"700@0\"", &["film.mp4"; 3])
            .files(&["all/film.mp4"])
            .named("one file, byte ranges"),
        Builder::master(&(String::from("#EXT-X-DEFINE:NAME=\"q\",VALUE=\"720p\"\n") + &variant("{$q}/v.m3u8")))
            .media("720p/v.m3u8", "#EXT-X-DEFINE:NAME=\"d\",VALUE=\"../s\"", &["{$d}/{$d}.ts", "0.ts"])
            .files(&["s.ts", "720p/0.ts"])
            .named("variables"),
    ]
}

/// Tags with a URI each.
fn tags(of: &[(&str, &str)]) -> String {
    of.iter().map(|(tag, uri)| ["#EXT-X-", tag, "URI=\"", uri, "\"\n"].concat()).collect::<Vec<_>>().concat()
}

/// What stands beside pictures and sound.
fn extras() -> Vec<Odd> {
    let film = |above: &str, inside: &str| {
        Builder::master(&format!("{above}\n{}", variant("720p/v.m3u8")))
            .media("720p/v.m3u8", inside, &["0.ts"])
            .files(&["720p/0.ts"])
    };
    let above = |of: &[(&str, &str)]| film(&tags(of), "");
    let inside = |of: &[(&str, &str)]| film("", &tags(of));
    let steering = "CONTENT-STEERING:PATHWAY-ID=\"A\",SERVER-";
    let asset = "DATERANGE:ID=\"a\",CLASS=\"com.apple.hls.interstitial\",X-ASSET-";
    let list = "#EXT-X-DATERANGE:ID=\"b\",X-ASSET-LIST=";
    vec![
        above(&[
            ("MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"en\",", "audio/en/prog.m3u8"),
            ("MEDIA:TYPE=SUBTITLES,GROUP-ID=\"s\",NAME=\"de\",", "subs/de.m3u8"),
        ])
        .media("audio/en/prog.m3u8", "", &["0.aac", "1.cmfa", "2.m4a"])
        .media("subs/de.m3u8", "", &["de/0.vtt", "de/1.webvtt"])
        .files(&["audio/en/0.aac", "audio/en/1.cmfa", "audio/en/2.m4a", "subs/de/0.vtt", "subs/de/1.webvtt"])
        .named("sound and subtitles"),
        film(
            &tags(&[
                ("SESSION-KEY:METHOD=AES-128,", "film.key"),
                ("SESSION-KEY:METHOD=AES-128,", "keys/1.bin"),
                ("SESSION-KEY:METHOD=AES-128,", "k"),
            ]),
            &tags(&[
                ("KEY:METHOD=AES-128,", "../keys/1.bin"),
                ("KEY:METHOD=AES-128,", "key"),
                ("KEY:METHOD=SAMPLE-AES,", "skd://1/../2"),
            ]),
        )
        .files(&["keys/1.bin", "720p/key", "film.key", "k"])
        .named("keys of any name"),
        above(&[
            ("SESSION-DATA:DATA-ID=\"a\",", "chapters.json"),
            ("SESSION-DATA:DATA-ID=\"b\",", "data/de/lyrics.JSON"),
            ("SESSION-DATA:DATA-ID=\"c\",", "note.html"),
            ("SESSION-DATA:DATA-ID=\"d\",", "logo.svg"),
            ("SESSION-DATA:DATA-ID=\"e\",", "https://data.example/x.json"),
            ("SESSION-DATA:DATA-ID=\"f\",", "//data.example/x"),
        ])
        .files(&["chapters.json", "data/de/lyrics.JSON", "note.html", "logo.svg"])
        .named("session data, some of it of another host"),
        above(&[
            ("I-FRAME-STREAM-INF:BANDWIDTH=9,", "trick/i.m3u8"),
            ("IMAGE-STREAM-INF:BANDWIDTH=9,", "trick/p.m3u8"),
        ])
        .media("trick/i.m3u8", "#EXT-X-I-FRAMES-ONLY", &["../720p/0.ts"])
        .media("trick/p.m3u8", "#EXT-X-IMAGES-ONLY", &["p/0.jpg"])
        .files(&["trick/p/0.jpg"])
        .named("pictures to seek by"),
        inside(&[(asset, "https://ads.example/1.m3u8?u=%2F"), (asset, "//ads.example/1"), (asset, "ads:1")])
            .named("interstitials of another host"),
        film("", &format!("{list}\"https://ads.example/list\"\n{list}\"../ads/list.json?n=1\""))
            .files(&["ads/list.json"])
            .named("lists of interstitials"),
        inside(&[(asset, "../ads/1.m3u8"), (asset, "2.mp4")])
            .media("ads/1.m3u8", "", &["1.ts"])
            .files(&["ads/1.ts", "720p/2.mp4"])
            .named("interstitials of its own"),
        above(&[(steering, "https://foreign-steering.example/?a")]).named("content steering by another host"),
        above(&[(steering, "steer/s.json?x=1")]).files(&["steer/s.json"]).named("content steering of its own"),
    ]
}

/// What the files are called, and how they are written.
fn names() -> Vec<Odd> {
    let odd = "a%20b%3Fc%23%25d;e+f&g=h@i~j%C3%A9%3A";
    let plain = "a b?c#%d;e+f&g=h@i~jé:";
    vec![
        Builder::master(&(variant("720p/v.m3u8") + &variant("v.m3u8")))
            .media("720p/v.m3u8", "", &["0.ts"])
            .media("v.m3u8", "", &["1.ts"])
            .files(&["720p/0.ts", "1.ts"])
            .change(|text| if text.starts_with('#') { format!("\u{feff}{text}") } else { text.to_owned() })
            .named("byte order marks"),
        Builder::master(&(variant("720p/v.m3u8") + &variant("v.m3u8")))
            .media("720p/v.m3u8", "", &["  0.ts\t", " 1.ts "])
            .media("v.m3u8", "", &["\t2.ts"])
            .files(&["720p/0.ts", "720p/1.ts", "2.ts"])
            .change(|text| {
                if text.starts_with('#') { text.replacen("\n#EXT-X", "\r\n\r\n#EXT-X", 9) } else { text.to_owned() }
            })
            .named("CRLF, blank lines, white space"),
        Builder::master(&(variant("LOW.M3U8") + &variant("mid/list.m3u") + &variant("hi/list") + &variant("top.txt")))
            .media("LOW.M3U8", "", &["0.TS"])
            .media("mid/list.m3u", "", &["0.ts"])
            .media("hi/list", "", &["0.ts"])
            .media("top.txt", "", &["1.ts"])
            .files(&["0.TS", "mid/0.ts", "hi/0.ts", "1.ts"])
            .named("playlists by other names"),
        Builder::master(&variant("720p/v.m3u8"))
            .media("720p/v.m3u8", "", &["0", "1.dat", "2.xyz", "3.TS", ".ts"])
            .files(&["720p/0", "720p/1.dat", "720p/2.xyz", "720p/3.TS", "720p/.ts"])
            .named("segments by other names"),
        Builder::master(&(variant(&format!("{odd}/{odd}.m3u8")) + &variant(&format!("{odd}.m3u8"))))
            .media(
                &format!("{plain}/{plain}.m3u8"),
                "",
                &[&format!("{odd}/{odd}.ts"), &format!("./{odd}.ts"), "é b.ts"],
            )
            .media(&format!("{plain}.m3u8"), "", &[&format!("{odd}.ts"), "in=720p&v=x.ts"])
            .files(&[
                &format!("{plain}/{plain}/{plain}.ts"),
                &format!("{plain}/{plain}.ts"),
                &format!("{plain}/é b.ts"),
                &format!("{plain}.ts"),
                "in=720p&v=x.ts",
            ])
            .named("every kind of character"),
        Builder::master(&(variant("720p/v.m3u8?in=x&v=1") + &variant("v.m3u8?list#t")))
            .media("720p/v.m3u8", "", &["0.ts?in=..&v=1#in", "1.ts#t=1"])
            .media("v.m3u8", "#EXT-X-MAP:URI=\"i.mp4?v=x\"", &["2.ts?in=720p", "3.ts?list", "4.ts?", "5.ts?&in=a"])
            .files(&["720p/0.ts", "720p/1.ts", "i.mp4", "2.ts", "3.ts", "4.ts", "5.ts"])
            .named("queries that mean something here"),
        Builder::master(&(variant("playlist/playlist.m3u8") + &variant("0123456789abcdef/~/v.m3u8")))
            .media("playlist/playlist.m3u8", "", &["playlist", "../playlist"])
            .media("0123456789abcdef/~/v.m3u8", "", &["~"])
            .files(&["playlist/playlist", "playlist", "0123456789abcdef/~/~"])
            .named("names that mean something here"),
        Builder::master(&variant("720p/v.m3u8"))
            .media("720p/v.m3u8", "", &["0.ts"])
            .files(&["720p/0.ts"])
            .change(|text| text.trim_end().to_owned())
            .named("no line end at the end"),
    ]
}
