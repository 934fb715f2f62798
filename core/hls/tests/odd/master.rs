//! Master playlists. Their base is `hls/film/master.m3u8`.

use crate::Case;

pub const CASES: &[Case] = &[
    Case {
        name: "what ffmpeg writes",
        text: "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-STREAM-INF:BANDWIDTH=5605600,AVERAGE-BANDWIDTH=5000000,RESOLUTION=1920x1080,CODECS=\"avc1.640028,mp4a.40.2\",FRAME-RATE=29.970\n1080p.m3u8\n\n#EXT-X-STREAM-INF:BANDWIDTH=1605600,RESOLUTION=1280x720\n720p.m3u8\n\n",
        uris: &["Variant 1080p.m3u8", "Variant 720p.m3u8"],
    },
    Case {
        name: "audio groups, a rendition without a URI",
        text: "#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"aac\",NAME=\"English, main\",DEFAULT=YES,LANGUAGE=\"en\",URI=\"audio/en.m3u8\"\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"aac\",NAME=\"URI=../x\"\n#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID=\"cc\",NAME=\"CC\",INSTREAM-ID=\"CC1\"\n#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO=\"aac\",CLOSED-CAPTIONS=\"cc\"\nv.m3u8\n",
        uris: &["Rendition audio/en.m3u8", "Variant v.m3u8"],
    },
    Case {
        name: "subtitles and alternate angles",
        text: "#EXTM3U\n#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"s\",NAME=\"Deutsch\",FORCED=NO,URI=\"subs/de.m3u8\"\n#EXT-X-MEDIA:TYPE=VIDEO,GROUP-ID=\"v\",NAME=\"Left\",URI=\"left.m3u8\"\n#EXT-X-STREAM-INF:BANDWIDTH=1,SUBTITLES=\"s\",VIDEO=\"v\"\nv.m3u8\n",
        uris: &["Rendition subs/de.m3u8", "Rendition left.m3u8", "Variant v.m3u8"],
    },
    Case {
        name: "I-frame streams",
        text: "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nv.m3u8\n#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=86000,URI=\"iframe/v.m3u8\",CODECS=\"avc1.640028\"\n#EXT-X-I-FRAME-STREAM-INF:URI=\"iframe/w.m3u8\",BANDWIDTH=1\n",
        uris: &["Variant v.m3u8", "IFrames iframe/v.m3u8", "IFrames iframe/w.m3u8"],
    },
    Case {
        name: "only I-frame streams",
        text: "#EXTM3U\n#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=86000,URI=\"v.m3u8\"\n",
        uris: &["IFrames v.m3u8"],
    },
    Case {
        name: "session data by value, by URI, by name only",
        text: "#EXTM3U\n#EXT-X-SESSION-DATA:DATA-ID=\"com.example.title\",VALUE=\"URI=\",LANGUAGE=\"en\"\n#EXT-X-SESSION-DATA:DATA-ID=\"com.example.lyrics\",URI=\"lyrics.json\"\n#EXT-X-SESSION-DATA:DATA-ID=\"x\",URI=\"urn:isbn:1\",FORMAT=RAW\n#EXT-X-STREAM-INF:BANDWIDTH=1\nv.m3u8\n",
        uris: &["SessionData lyrics.json", "Variant v.m3u8"],
    },
    Case {
        name: "session keys",
        text: "#EXTM3U\n#EXT-X-SESSION-KEY:METHOD=AES-128,URI=\"k.bin\"\n#EXT-X-SESSION-KEY:METHOD=SAMPLE-AES,URI=\"skd://k\",KEYFORMAT=\"com.apple.streamingkeydelivery\"\n#EXT-X-SESSION-KEY:METHOD=NONE,URI=\"/no\"\n#EXT-X-STREAM-INF:BANDWIDTH=1\nv.m3u8\n",
        uris: &["SessionKey k.bin", "Variant v.m3u8"],
    },
    Case {
        name: "content steering",
        text: "#EXTM3U\n#EXT-X-CONTENT-STEERING:SERVER-URI=\"steer.json?v=1\",PATHWAY-ID=\"CDN-A\",URI=\"../no\"\n#EXT-X-STREAM-INF:BANDWIDTH=1,PATHWAY-ID=\"CDN-A\"\nv.m3u8\n",
        uris: &["Steering steer.json|?v=1", "Variant v.m3u8"],
    },
    Case {
        name: "content steering inside the playlist",
        text: "#EXTM3U\n#EXT-X-CONTENT-STEERING:SERVER-URI=\"data:application/json,%7B%7D\"\n#EXT-X-STREAM-INF:BANDWIDTH=1\nv.m3u8\n",
        uris: &["Variant v.m3u8"],
    },
    Case {
        name: "content steering by another host is left out",
        text: "#EXTM3U\n#EXT-X-CONTENT-STEERING:SERVER-URI=\"https://steer.example/a\",PATHWAY-ID=\"A\"\r\n#EXT-X-STREAM-INF:BANDWIDTH=1,PATHWAY-ID=\"A\"\nv.m3u8\n",
        uris: &["Variant v.m3u8"],
    },
    Case {
        name: "content steering by two servers, one of them outside",
        text: "#EXTM3U\n#EXT-X-CONTENT-STEERING:SERVER-URI=\"/a.json\",SERVER-URI=\"a.json\"\n#EXT-X-CONTENT-STEERING:SERVER-URI=\"b.json\"\n#EXT-X-STREAM-INF:BANDWIDTH=1\nv.m3u8\n",
        uris: &["Steering b.json", "Variant v.m3u8"],
    },
    Case {
        name: "session data of another host stays",
        text: "#EXTM3U\n#EXT-X-SESSION-DATA:DATA-ID=\"x\",URI=\"https://data.example/x.json?a=b\"\n#EXT-X-SESSION-DATA:DATA-ID=\"y\",URI=\"//data.example\"\n#EXT-X-SESSION-DATA:DATA-ID=\"z\",URI=\"https://cdn.example/media/hls/film/z.json\"\n#EXT-X-STREAM-INF:BANDWIDTH=1\nv.m3u8\n",
        uris: &["SessionData z.json", "Variant v.m3u8"],
    },
    Case {
        name: "image streams, which the RFC does not know",
        text: "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nv.m3u8\n#EXT-X-IMAGE-STREAM-INF:BANDWIDTH=9,RESOLUTION=320x180,CODECS=\"jpeg\",URI=\"tiles/i.m3u8\"\n",
        uris: &["Variant v.m3u8", "IFrames tiles/i.m3u8"],
    },
    Case {
        name: "every newer STREAM-INF attribute",
        text: "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1,SCORE=2.5,SUPPLEMENTAL-CODECS=\"dvh1.08.07/db4h\",HDCP-LEVEL=TYPE-1,ALLOWED-CPC=\"com.example:A/B\",VIDEO-RANGE=PQ,REQ-VIDEO-LAYOUT=\"CH-STEREO\",STABLE-VARIANT-ID=\"a/b=c\",URI=\"../no\"\nv.m3u8\n",
        uris: &["Variant v.m3u8"],
    },
    Case {
        name: "variables",
        text: "#EXTM3U\n#EXT-X-DEFINE:NAME=\"q\",VALUE=\"720p\"\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"{$q}\",NAME=\"a\",URI=\"{$q}/a.m3u8\"\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{$q}.m3u8\n",
        uris: &["Rendition 720p/a.m3u8", "Variant 720p.m3u8"],
    },
    Case {
        name: "comment and blank line before the URI",
        text: "#EXTM3U\r\n#EXT-X-STREAM-INF:BANDWIDTH=1\r\n\r\n# best\r\nv.m3u8\r\n",
        uris: &["Variant v.m3u8"],
    },
    Case {
        name: "same variant twice (redundant streams)",
        text: "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nv.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=1\nhttps://cdn.example/media/hls/film/v.m3u8\n",
        uris: &["Variant v.m3u8", "Variant v.m3u8"],
    },
    Case {
        name: "a media tag that does not belong",
        text: "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXT-X-STREAM-INF:BANDWIDTH=1\nv.m3u8\n",
        uris: &["Variant v.m3u8"],
    },
];
