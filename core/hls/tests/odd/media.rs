//! Media playlists: every tag that holds a URI, and the tags around them.

use crate::Case;

pub const CASES: &[Case] = &[
    Case {
        name: "two MAPs with byte ranges",
        text: "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:6\n#EXT-X-MAP:URI=\"init.mp4\",BYTERANGE=\"720@0\"\n#EXTINF:6.006,\na.m4s\n#EXT-X-DISCONTINUITY\n#EXT-X-MAP:BYTERANGE=\"700@720\",URI=\"init.mp4\"\n#EXTINF:5.005,\nb.m4s\n#EXT-X-ENDLIST\n",
        uris: &["Map init.mp4", "Segment a.m4s", "Map init.mp4", "Segment b.m4s"],
    },
    Case {
        name: "implicit byte-range offsets: one file many times",
        text: "#EXTM3U\n#EXT-X-VERSION:4\n#EXTINF:6,\n#EXT-X-BYTERANGE:1000@0\nall.ts\n#EXTINF:6,\n#EXT-X-BYTERANGE:1200\nall.ts\n#EXT-X-BYTERANGE:900\n#EXTINF:6,\nall.ts\n",
        uris: &["Segment all.ts", "Segment all.ts", "Segment all.ts"],
    },
    Case {
        name: "key rotation, KEY NONE",
        text: "#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI=\"k/1.key\",IV=0x0123456789abcdef0123456789ABCDEF\n#EXTINF:6,\na.ts\n#EXT-X-KEY:METHOD=NONE\n#EXTINF:6,\nb.ts\n#EXT-X-KEY:IV=0x00,URI=\"k/2.key\",METHOD=AES-128\n#EXTINF:6,\nc.ts\n",
        uris: &["Key k/1.key", "Segment a.ts", "Segment b.ts", "Key k/2.key", "Segment c.ts"],
    },
    Case {
        name: "KEY NONE has no URI, even if it has one",
        text: "#EXTM3U\n#EXT-X-KEY:URI=\"../../k\",METHOD=NONE\n#EXTINF:6,\na.ts\n",
        uris: &["Segment a.ts"],
    },
    Case {
        name: "several key systems, skd: and data: stay",
        text: "#EXTM3U\n#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"skd://id/../1\",KEYFORMAT=\"com.apple.streamingkeydelivery\",KEYFORMATVERSIONS=\"1\"\n#EXT-X-KEY:METHOD=SAMPLE-AES-CTR,URI=\"data:text/plain;base64,AAAA,BB==\",KEYFORMAT=\"urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed\"\n#EXT-X-KEY:METHOD=AES-128,URI=\"k.bin\",KEYFORMAT=\"identity\"\n#EXTINF:6,\na.ts\n",
        uris: &["Key k.bin", "Segment a.ts"],
    },
    Case {
        name: "keys by other schemes stay",
        text: "#EXTM3U\n#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"urn:uuid:1\"\n#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"seg:1\"\n#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"com.example.drm+v1:odd\\thing?x#y\"\n#EXTINF:6,\na.ts\n",
        uris: &["Segment a.ts"],
    },
    Case {
        name: "a segment and a MAP inside the playlist",
        text: "#EXTM3U\n#EXT-X-MAP:URI=\"data:video/mp4;base64,AAAA\"\n#EXTINF:6,\nDATA:video/mp4;base64,AAAA\n#EXTINF:6,\na.m4s\n",
        uris: &["Segment a.m4s"],
    },
    Case {
        name: "attribute URI in other tags' values",
        text: "#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,KEYFORMAT=\"URI=../x,URI=\",URI=\"k\"\n#EXTINF:6,\na.ts\n",
        uris: &["Key k", "Segment a.ts"],
    },
    Case {
        name: "spaces between attributes, a comma at the end",
        text: "#EXTM3U\n#EXT-X-KEY: METHOD=AES-128 , URI=\"k\" ,IV=0x01,\n#EXTINF:6,\na.ts\n",
        uris: &["Key k", "Segment a.ts"],
    },
    Case {
        name: "spaces inside the quotes stay",
        text: "#EXTM3U\n#EXT-X-MAP:URI=\"  init.mp4 \"\n#EXTINF:6,\na.m4s\n",
        uris: &["Map init.mp4", "Segment a.m4s"],
    },
    Case {
        name: "attribute given twice: both are rewritten",
        text: "#EXTM3U\n#EXT-X-MAP:URI=\"a.mp4\",URI=\"b.mp4\"\n#EXTINF:6,\na.m4s\n",
        uris: &["Map a.mp4", "Map b.mp4", "Segment a.m4s"],
    },
    Case {
        name: "attributes that only look like URI",
        text: "#EXTM3U\n#EXT-X-MAP:X-URI=\"../n\",uri=\"../n\",Uri=\"n\",URI2=\"n\",URI=\"init.mp4\"\n#EXTINF:6,\na.m4s\n",
        uris: &["Map init.mp4", "Segment a.m4s"],
    },
    Case {
        name: "discontinuity, gap, bitrate, date",
        text: "#EXTM3U\n#EXT-X-DISCONTINUITY-SEQUENCE:3\n#EXT-X-BITRATE:1200\n#EXT-X-PROGRAM-DATE-TIME:2026-02-28T23:59:59.999+01:00\n#EXTINF:6,\na.ts\n#EXT-X-DISCONTINUITY\n#EXT-X-GAP\n#EXTINF:6,\nb.ts\n",
        uris: &["Segment a.ts", "Segment b.ts"],
    },
    Case {
        name: "DATERANGE with SCTE-35",
        text: "#EXTM3U\n#EXT-X-DATERANGE:ID=\"splice-6FFFFFF0\",START-DATE=\"2026-03-05T11:15:00Z\",PLANNED-DURATION=59.993,SCTE35-OUT=0xFC002F0000000000FF\n#EXTINF:6,\na.ts\n",
        uris: &["Segment a.ts"],
    },
    Case {
        name: "interstitial by URI and by list",
        text: "#EXTM3U\n#EXT-X-DATERANGE:ID=\"a\",CLASS=\"com.apple.hls.interstitial\",START-DATE=\"2026-01-01T00:00:00Z\",X-ASSET-URI=\"ad/1.m3u8\",X-RESTRICT=\"SKIP,JUMP\"\n#EXT-X-DATERANGE:ID=\"b\",X-ASSET-LIST=\"ad/list.json?n=1\",CLASS=\"com.apple.hls.interstitial\"\n#EXTINF:6,\na.ts\n",
        uris: &["Asset ad/1.m3u8", "Asset ad/list.json|?n=1", "Segment a.ts"],
    },
    Case {
        name: "interstitials of other hosts and schemes stay",
        text: "#EXTM3U\n#EXT-X-DATERANGE:ID=\"a\",X-ASSET-URI=\"https://ads.example/../1.m3u8?a=%2F\"\n#EXT-X-DATERANGE:ID=\"b\",X-ASSET-LIST=\"//ads.example/list\"\n#EXT-X-DATERANGE:ID=\"c\",X-ASSET-URI=\"ads:1\"\n#EXTINF:6,\na.ts\n",
        uris: &["Segment a.ts"],
    },
    Case {
        name: "DATERANGE: a preload's X-URI, but no client attribute",
        text: "#EXTM3U\n#EXT-X-DATERANGE:ID=\"p\",CLASS=\"com.apple.hls.preload\",X-URI=\"ad/list.json\",X-COM-EXAMPLE-URI=\"../no\"\n#EXT-X-DATERANGE:ID=\"q\",CLASS=\"com.example\",X-URI=\"../../no\",URI=\"../no\"\n#EXTINF:6,\na.ts\n",
        uris: &["Asset ad/list.json", "Segment a.ts"],
    },
    Case {
        name: "low latency",
        text: "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-VERSION:9\n#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.0,CAN-SKIP-UNTIL=24\n#EXT-X-PART-INF:PART-TARGET=0.33334\n#EXT-X-MEDIA-SEQUENCE:266\n#EXT-X-SKIP:SKIPPED-SEGMENTS=3,RECENTLY-REMOVED-DATERANGES=\"a\tb\"\n#EXT-X-PART:DURATION=0.33334,URI=\"266.mp4\",BYTERANGE=\"500@0\",INDEPENDENT=YES\n#EXT-X-PART:DURATION=0.33334,URI=\"266.mp4\",BYTERANGE=\"500\"\n#EXTINF:4.00008,\n266.mp4\n#EXT-X-PART:DURATION=0.33334,URI=\"267.0.mp4\",GAP=YES\n#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"267.1.mp4\",BYTERANGE-START=0\n#EXT-X-RENDITION-REPORT:URI=\"1M.m3u8\",LAST-MSN=267,LAST-PART=1\n#EXT-X-RENDITION-REPORT:URI=\"./4M.m3u8?_HLS_msn=1\",LAST-MSN=267\n",
        uris: &[
            "Part 266.mp4",
            "Part 266.mp4",
            "Segment 266.mp4",
            "Part 267.0.mp4",
            "PreloadHint 267.1.mp4",
            "RenditionReport 1M.m3u8",
            "RenditionReport 4M.m3u8|?_HLS_msn=1",
        ],
    },
    Case {
        name: "only parts so far",
        text: "#EXTM3U\n#EXT-X-PART:DURATION=0.3,URI=\"1.0.mp4\"\n",
        uris: &["Part 1.0.mp4"],
    },
    Case {
        name: "I-frames only",
        text: "#EXTM3U\n#EXT-X-VERSION:4\n#EXT-X-I-FRAMES-ONLY\n#EXT-X-MAP:URI=\"init.mp4\"\n#EXTINF:2.002,\n#EXT-X-BYTERANGE:9400@376\na.mp4\n#EXTINF:2.002,\n#EXT-X-BYTERANGE:7144@47000\na.mp4\n#EXT-X-ENDLIST\n",
        uris: &["Map init.mp4", "Segment a.mp4", "Segment a.mp4"],
    },
    Case {
        name: "subtitles",
        text: "#EXTM3U\n#EXT-X-TARGETDURATION:60\n#EXTINF:60.000,\nsub/en 0.vtt\n#EXTINF:7,\nsub/en 1.webvtt\n#EXT-X-ENDLIST\n",
        uris: &["Segment sub/en 0.vtt", "Segment sub/en 1.webvtt"],
    },
    Case {
        name: "variables",
        text: "#EXTM3U\n#EXT-X-VERSION:8\n#EXT-X-DEFINE:NAME=\"dir\",VALUE=\"v/one%20two\"\n#EXT-X-DEFINE:NAME=\"n_-9\",VALUE=\"7\"\n#EXT-X-MAP:URI=\"{$dir}/init.mp4\"\n#EXTINF:6,{$title}\n{$dir}/seg{$n_-9}{$n_-9}.m4s?t={$n_-9}\n#EXTINF:6,\nplain.m4s\n",
        uris: &["Map v/one two/init.mp4", "Segment v/one two/seg77.m4s|?t=7", "Segment plain.m4s"],
    },
    Case {
        name: "variables from elsewhere, used outside URIs only",
        text: "#EXTM3U\n#EXT-X-DEFINE:IMPORT=\"id\"\n#EXT-X-DEFINE:QUERYPARAM=\"token\"\n#EXT-X-DATERANGE:ID=\"{$id}\",START-DATE=\"2026-01-01T00:00:00Z\"\n#EXTINF:6,\na.ts\n",
        uris: &["Segment a.ts"],
    },
    Case {
        name: "braces that are no variables",
        text: "#EXTM3U\n#EXTINF:6,\n{a}{$}{$ b}$c.ts\n",
        uris: &["Segment {a}{$}{$ b}$c.ts"],
    },
    Case {
        name: "tags the RFC has dropped, start, independent",
        text: "#EXTM3U\n#EXT-X-ALLOW-CACHE:YES\n#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-START:TIME-OFFSET=-1.5,PRECISE=YES\n#EXT-X-PLAYLIST-TYPE:EVENT\n#EXTINF:6,\na.ts\n",
        uris: &["Segment a.ts"],
    },
    Case {
        name: "durations: zero, many digits, fraction only",
        text: "#EXTM3U\n#EXTINF:0,\na.ts\n#EXTINF:000006.0060000000001,\nb.ts\n#EXTINF:.5,\nc.ts\n#EXTINF: 5. ,\nd.ts\n",
        uris: &["Segment a.ts", "Segment b.ts", "Segment c.ts", "Segment d.ts"],
    },
    Case {
        name: "header values that are no numbers",
        text: "#EXTM3U\n#EXT-X-TARGETDURATION:NaN\n#EXT-X-VERSION:\n#EXT-X-MEDIA-SEQUENCE:-1\n#EXTINF:6,\na.ts\n",
        uris: &["Segment a.ts"],
    },
];
