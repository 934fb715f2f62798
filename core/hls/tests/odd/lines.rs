//! Line ends, blank lines, comments, and white space around a URI.

use crate::Case;

pub const CASES: &[Case] = &[
    Case {
        name: "LF",
        text: "#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXTINF:6,\na.ts\n#EXTINF:6,\nb.ts\n#EXT-X-ENDLIST\n",
        uris: &["Segment a.ts", "Segment b.ts"],
    },
    Case {
        name: "CRLF",
        text: "#EXTM3U\r\n#EXT-X-TARGETDURATION:6\r\n#EXTINF:6,\r\na.ts\r\n#EXT-X-KEY:METHOD=AES-128,URI=\"k\"\r\n#EXTINF:6,\r\nb.ts\r\n#EXT-X-ENDLIST\r\n",
        uris: &["Segment a.ts", "Key k", "Segment b.ts"],
    },
    Case {
        name: "mixed line ends",
        text: "#EXTM3U\r\n#EXTINF:6,\na.ts\r\n#EXTINF:6,\r\nb.ts\n#EXT-X-ENDLIST\r\n",
        uris: &["Segment a.ts", "Segment b.ts"],
    },
    Case {
        name: "line ends doubled on the way",
        text: "#EXTM3U\r\r\n#EXTINF:6,\r\r\na.ts\r\r\n",
        uris: &["Segment a.ts"],
    },
    Case { name: "no last newline, tag", text: "#EXTM3U\n#EXTINF:6,\na.ts\n#EXT-X-ENDLIST", uris: &["Segment a.ts"] },
    Case { name: "no last newline, URI", text: "#EXTM3U\n#EXT-X-ENDLIST\n#EXTINF:6,\na.ts", uris: &["Segment a.ts"] },
    Case { name: "ends with CR", text: "#EXTM3U\r\n#EXTINF:6,\r\na.ts\r", uris: &["Segment a.ts"] },
    Case { name: "byte order mark", text: "\u{feff}#EXTM3U\n#EXTINF:6,\na.ts\n", uris: &["Segment a.ts"] },
    Case {
        name: "byte order mark and CRLF",
        text: "\u{feff}#EXTM3U\r\n#EXTINF:6,\r\na.ts\r\n",
        uris: &["Segment a.ts"],
    },
    Case { name: "space after the header", text: "#EXTM3U \t\n#EXTINF:6,\na.ts\n", uris: &["Segment a.ts"] },
    Case {
        name: "blank lines everywhere",
        text: "#EXTM3U\n\n\n#EXTINF:6,\n\n\na.ts\n\n\r\n\n#EXT-X-ENDLIST\n\n\n",
        uris: &["Segment a.ts"],
    },
    Case {
        name: "lines of white space only",
        text: "#EXTM3U\n   \n\t\n#EXTINF:6,\n \t \r\na.ts\n  ",
        uris: &["Segment a.ts"],
    },
    Case {
        name: "spaces around URIs stay",
        text: "#EXTM3U\n#EXTINF:6,\n  a.ts\t \r\n#EXTINF:6,\n\tb.ts\n",
        uris: &["Segment a.ts", "Segment b.ts"],
    },
    Case {
        name: "spaces after tags",
        text: "#EXTM3U\n#EXTINF:6.5 , title \na.ts\n#EXT-X-ENDLIST  \n",
        uris: &["Segment a.ts"],
    },
    Case {
        name: "comments, also between tag and URI",
        text: "#EXTM3U\n# a comment\n#EXTINF:6,\n#comment.ts\n#\n##EXT-X-KEY:URI=\"no\"\na.ts\n#EXT\n",
        uris: &["Segment a.ts"],
    },
    Case {
        name: "URIs in comments and titles are none",
        text: "#EXTM3U\n# see https://evil.example/../x and ../y\n#EXTINF:6,URI=\"../../t.ts\"\na.ts\n",
        uris: &["Segment a.ts"],
    },
    Case {
        name: "unknown tags",
        text: "#EXTM3U\n#EXT-X-FUTURE:URI=\"../../no\",N=1\n#EXT-X-TARGETDURATION:6\n#EXTFOO\n#EXT-X-CUE-OUT:30\n#EXTINF:6,\n#EXT-X-CUE-OUT-CONT:8/30\na.ts\n#EXT-X-IMAGE:URI=\"n.jpg\"\n",
        uris: &["Segment a.ts"],
    },
    Case {
        name: "lower-case tags are comments",
        text: "#EXTM3U\n#ext-x-key:METHOD=AES-128,URI=\"../k\"\n#Ext-X-Map:URI=\"../m\"\n#EXTINF:6,\n#extinf:7,\na.ts\n#ext-x-endlist\n",
        uris: &["Segment a.ts"],
    },
    Case {
        name: "tags that only begin like others",
        text: "#EXTM3U\n#EXT-X-KEYS:URI=\"../k\"\n#EXT-X-MAPPING:URI=\"../m\"\n#EXT-X-KEY\n#EXTINF:6,\na.ts\n#EXT-X-ENDLISTS\n",
        uris: &["Segment a.ts"],
    },
    Case { name: "TAB in a title", text: "#EXTM3U\n#EXTINF:6,\tone\ttwo\t\na.ts\n", uris: &["Segment a.ts"] },
    Case {
        name: "titles in any script",
        text: "#EXTM3U\n#EXTINF:6,Grüße 你好 🎬, \"q\"\na.ts\n",
        uris: &["Segment a.ts"],
    },
    Case {
        name: "no comma after the duration",
        text: "#EXTM3U\n#EXTINF:6\na.ts\n#EXTINF:6.25\nb.ts\n",
        uris: &["Segment a.ts", "Segment b.ts"],
    },
    Case { name: "end list first", text: "#EXTM3U\n#EXT-X-ENDLIST\n#EXTINF:6,\na.ts\n", uris: &["Segment a.ts"] },
    Case {
        name: "end list between tag and URI",
        text: "#EXTM3U\n#EXTINF:6,\n#EXT-X-ENDLIST\na.ts\n",
        uris: &["Segment a.ts"],
    },
    Case { name: "no segments yet", text: "#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXT-X-MEDIA-SEQUENCE:0\n", uris: &[] },
    Case { name: "header twice", text: "#EXTM3U\n#EXTM3U\n#EXTINF:6,\na.ts\n", uris: &["Segment a.ts"] },
];
