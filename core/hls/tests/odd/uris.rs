//! URIs of every form. Their base is `hls/film/v/720p.m3u8`, one folder below the prefix.

use crate::Case;

pub const CASES: &[Case] = &[
    Case { name: "relative", text: "#EXTM3U\n#EXTINF:6,\na.ts\n", uris: &["Segment v/a.ts"] },
    Case { name: "encoded once", text: "#EXTM3U\n#EXTINF:6,\nseg%20one.ts\n", uris: &["Segment v/seg one.ts"] },
    Case {
        name: "decoded only once",
        text: "#EXTM3U\n#EXTINF:6,\nseg%2520one%252e%252e%252f.ts\n",
        uris: &["Segment v/seg%20one%2e%2e%2f.ts"],
    },
    Case {
        name: "encoded ? # and %",
        text: "#EXTM3U\n#EXTINF:6,\na%3Fb%23c%25d.ts\n",
        uris: &["Segment v/a?b#c%d.ts"],
    },
    Case { name: "plus is not a space", text: "#EXTM3U\n#EXTINF:6,\na+b.ts\n", uris: &["Segment v/a+b.ts"] },
    Case {
        name: "UTF-8 encoded and bare",
        text: "#EXTM3U\n#EXTINF:6,\n%C3%A9%e4%BD%a0.ts\n#EXTINF:6,\né你.ts\n",
        uris: &["Segment v/é你.ts", "Segment v/é你.ts"],
    },
    Case {
        name: "NFC and NFD stay apart",
        text: "#EXTM3U\n#EXTINF:6,\n\u{e9}.ts\n#EXTINF:6,\ne\u{301}.ts\n",
        uris: &["Segment v/\u{e9}.ts", "Segment v/e\u{301}.ts"],
    },
    Case {
        name: "bare spaces, as ffmpeg writes them",
        text: "#EXTM3U\n#EXTINF:6,\nmy film 001.ts\n",
        uris: &["Segment v/my film 001.ts"],
    },
    Case {
        name: "query",
        text: "#EXTM3U\n#EXTINF:6,\na.ts?b=c/../d&e=%2F#f?g\n",
        uris: &["Segment v/a.ts|?b=c/../d&e=%2F#f?g"],
    },
    Case { name: "fragment", text: "#EXTM3U\n#EXTINF:6,\na.ts#t=1?2\n", uris: &["Segment v/a.ts|#t=1?2"] },
    Case { name: "empty query", text: "#EXTM3U\n#EXTINF:6,\na.ts?\n", uris: &["Segment v/a.ts|?"] },
    Case {
        name: "own folder",
        text: "#EXTM3U\n#EXTINF:6,\n./a.ts\n#EXTINF:6,\n././x/./a.ts\n",
        uris: &["Segment v/a.ts", "Segment v/x/a.ts"],
    },
    Case {
        name: "up, but inside the prefix",
        text: "#EXTM3U\n#EXTINF:6,\n../w/a.ts\n#EXTINF:6,\n../a.ts\n",
        uris: &["Segment w/a.ts", "Segment a.ts"],
    },
    Case {
        name: "down and up again",
        text: "#EXTM3U\n#EXTINF:6,\nx/y/../../a.ts\n#EXTINF:6,\nx//../a.ts\n",
        uris: &["Segment v/a.ts", "Segment v/x/a.ts"],
    },
    Case {
        name: "dots that are no dot segments",
        text: "#EXTM3U\n#EXTINF:6,\n.../..a/.b/c../a..ts\n",
        uris: &["Segment v/.../..a/.b/c../a..ts"],
    },
    Case {
        name: "encoded dots that are no dot segments",
        text: "#EXTM3U\n#EXTINF:6,\n%2e%2e%2e/a%2e%2ets\n",
        uris: &["Segment v/.../a..ts"],
    },
    Case { name: "no drive letters", text: "#EXTM3U\n#EXTINF:6,\nx/y:/../a.ts\n", uris: &["Segment v/x/a.ts"] },
    Case { name: "double slashes stay", text: "#EXTM3U\n#EXTINF:6,\nx//a.ts\n", uris: &["Segment v/x//a.ts"] },
    Case {
        name: "all reserved and unreserved marks",
        text: "#EXTM3U\n#EXTINF:6,\na-._~!$&'()*+,;=:@b.ts\n",
        uris: &["Segment v/a-._~!$&'()*+,;=:@b.ts"],
    },
    Case {
        name: "colon after the first segment",
        text: "#EXTM3U\n#EXTINF:6,\n./seg:1\n#EXTINF:6,\nx/seg:1\n",
        uris: &["Segment v/seg:1", "Segment v/x/seg:1"],
    },
    Case {
        name: "colon, but no scheme before it",
        text: "#EXTM3U\n#EXTINF:6,\n12:30.ts\n#EXTINF:6,\na_b:c.ts\n",
        uris: &["Segment v/12:30.ts", "Segment v/a_b:c.ts"],
    },
    Case {
        name: "absolute, below the public base",
        text: "#EXTM3U\n#EXTINF:6,\nhttps://cdn.example/media/hls/film/x/a%20b.ts?q\n#EXTINF:6,\nHTTPS://CDN.Example/media/hls/film/a.ts\n",
        uris: &["Segment x/a b.ts|?q", "Segment a.ts"],
    },
    Case {
        name: "scheme-relative",
        text: "#EXTM3U\n#EXTINF:6,\n//cdn.example/media/hls/film/v/./a.ts\n",
        uris: &["Segment v/a.ts"],
    },
    Case {
        name: "absolute in an attribute",
        text: "#EXTM3U\n#EXT-X-MAP:URI=\"https://cdn.example/media/hls/film/init.mp4\"\n#EXTINF:6,\na.m4s\n",
        uris: &["Map init.mp4", "Segment v/a.m4s"],
    },
    Case {
        name: "no extension, dot file",
        text: "#EXTM3U\n#EXTINF:6,\na\n#EXTINF:6,\n.ts\n",
        uris: &["Segment v/a", "Segment v/.ts"],
    },
    Case {
        name: "percent in either case of hex",
        text: "#EXTM3U\n#EXTINF:6,\n%7e%7E%41.ts\n",
        uris: &["Segment v/~~A.ts"],
    },
];
